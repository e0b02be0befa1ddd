package troupe.processor.simd;

import static troupe.processor.fpu.FloatOperation.INEXACT;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.fpu.FloatOperation;

/** Conversions between integers, binary32 and binary64 ([SDM] vol. 2). */
public final class SseConvert {
  private static final long LOW32 = 0xFFFF_FFFFL;

  private SseConvert() {}

  // ---- Kernels

  private static long join(int high, int low) {
    return (long) high << 32 | low & LOW32;
  }

  public static int integerToSingle(SimdState s, int v) {
    float f = v;
    if (s.nearestMasked() && ((double) f == v || (s.mxcsr & INEXACT) != 0)) {
      return Float.floatToRawIntBits(f);
    }
    int r = (int) BinaryFloat.fromInteger(s.begin(), 32, v);
    s.end();
    return r;
  }

  public static long integerToDouble(int v) {
    return Double.doubleToRawLongBits(v);
  }

  /** Rounded as MXCSR says. */
  public static int singleToInteger(SimdState s, int v) {
    float f = Float.intBitsToFloat(v);
    double rounded = Math.rint(f);
    if (within(rounded) && (rounded == f || Math.abs(f) >= Float.MIN_NORMAL && s.nearestMasked())) {
      s.mxcsr |= rounded == f ? 0 : INEXACT;
      return (int) rounded;
    }
    int r = BinaryFloat.toInteger(s.begin(), 32, v & LOW32);
    s.end();
    return r;
  }

  /** Towards zero. */
  public static int singleTruncated(SimdState s, int v) {
    float f = Float.intBitsToFloat(v);
    int r = (int) f;
    // Denormals are left out: MXCSR may take those for zeros.
    if (within(f) && (r == f || Math.abs(f) >= Float.MIN_NORMAL && s.masked())) {
      s.mxcsr |= r == f ? 0 : INEXACT;
      return r;
    }
    r = BinaryFloat.toInteger(truncating(s), 32, v & LOW32);
    s.end();
    return r;
  }

  /** Rounded as MXCSR says. */
  public static int doubleToInteger(SimdState s, long v) {
    double d = Double.longBitsToDouble(v);
    double rounded = Math.rint(d);
    if (within(rounded)
        && (rounded == d || Math.abs(d) >= Double.MIN_NORMAL && s.nearestMasked())) {
      s.mxcsr |= rounded == d ? 0 : INEXACT;
      return (int) rounded;
    }
    int r = BinaryFloat.toInteger(s.begin(), 64, v);
    s.end();
    return r;
  }

  /** Towards zero. */
  public static int doubleTruncated(SimdState s, long v) {
    double d = Double.longBitsToDouble(v);
    int r = (int) d;
    if (within(d) && (r == d || Math.abs(d) >= Double.MIN_NORMAL && s.masked())) {
      s.mxcsr |= r == d ? 0 : INEXACT;
      return r;
    }
    r = BinaryFloat.toInteger(truncating(s), 64, v);
    s.end();
    return r;
  }

  private static boolean within(double d) {
    return d > Integer.MIN_VALUE && d < Integer.MAX_VALUE;
  }

  private static FloatOperation truncating(SimdState s) {
    FloatOperation f = s.begin();
    f.rounding = FloatOperation.TO_ZERO;
    return f;
  }

  public static long singleToDouble(SimdState s, int v) {
    int exponent = v >>> 23 & 0xFF;
    if (exponent != 0 && exponent != 0xFF || v << 1 == 0) {
      return Double.doubleToRawLongBits(Float.intBitsToFloat(v));
    }
    long r = BinaryFloat.convert(s.begin(), 32, 64, v & LOW32);
    s.end();
    return r;
  }

  public static int doubleToSingle(SimdState s, long v) {
    double d = Double.longBitsToDouble(v);
    float f = (float) d;
    int exponent = Float.floatToRawIntBits(f) >>> 23 & 0xFF;
    boolean exact = f == d;
    // Results near the least normal number may be tiny before they are rounded.
    boolean normal = exponent > 1 && exponent != 0xFF || v << 1 == 0;
    if (normal && s.nearestMasked()) {
      s.mxcsr |= exact ? 0 : INEXACT;
      return Float.floatToRawIntBits(f);
    }
    int r = (int) BinaryFloat.convert(s.begin(), 64, 32, v);
    s.end();
    return r;
  }

  private static long integersToSingles(SimdState s, long v) {
    return join(integerToSingle(s, (int) (v >>> 32)), integerToSingle(s, (int) v));
  }

  private static long singlesToIntegers(SimdState s, boolean truncate, long v) {
    int low = (int) v;
    int high = (int) (v >>> 32);
    return truncate
        ? join(singleTruncated(s, high), singleTruncated(s, low))
        : join(singleToInteger(s, high), singleToInteger(s, low));
  }

  private static long doublesToIntegers(SimdState s, boolean truncate, long low, long high) {
    return truncate
        ? join(doubleTruncated(s, high), doubleTruncated(s, low))
        : join(doubleToInteger(s, high), doubleToInteger(s, low));
  }

  // ---- Scalars

  public static void cvtsi2ss(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int v = SimdAccess.general32(c, i);
    int r = integerToSingle(s, v);
    SimdAccess.conclude(c, s);
    s.xmm[2 * i.reg] = s.xmm[2 * i.reg] & ~LOW32 | r & LOW32;
  }

  public static void cvtsi2sd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    s.xmm[2 * i.reg] = integerToDouble(SimdAccess.general32(c, i));
  }

  public static void cvtss2sd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int v = SimdAccess.low32(c, i);
    long r = singleToDouble(s, v);
    SimdAccess.conclude(c, s);
    s.xmm[2 * i.reg] = r;
  }

  public static void cvtsd2ss(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    int r = doubleToSingle(s, v);
    SimdAccess.conclude(c, s);
    s.xmm[2 * i.reg] = s.xmm[2 * i.reg] & ~LOW32 | r & LOW32;
  }

  private static void singleToRegister(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sse(c);
    int v = SimdAccess.low32(c, i);
    int r = truncate ? singleTruncated(s, v) : singleToInteger(s, v);
    SimdAccess.conclude(c, s);
    c.r[i.reg] = r;
  }

  private static void doubleToRegister(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    int r = truncate ? doubleTruncated(s, v) : doubleToInteger(s, v);
    SimdAccess.conclude(c, s);
    c.r[i.reg] = r;
  }

  public static void cvtss2si(Processor c, Insn i) {
    singleToRegister(c, i, false);
  }

  public static void cvttss2si(Processor c, Insn i) {
    singleToRegister(c, i, true);
  }

  public static void cvtsd2si(Processor c, Insn i) {
    doubleToRegister(c, i, false);
  }

  public static void cvttsd2si(Processor c, Insn i) {
    doubleToRegister(c, i, true);
  }

  // ---- XMM registers

  public static void cvtdq2ps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    low = integersToSingles(s, low);
    high = integersToSingles(s, high);
    SimdAccess.conclude(c, s);
    set(s, i.reg, low, high);
  }

  private static void set(SimdState s, int n, long low, long high) {
    s.xmm[2 * n] = low;
    s.xmm[2 * n + 1] = high;
  }

  private static void singlesToIntegers(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    low = singlesToIntegers(s, truncate, low);
    high = singlesToIntegers(s, truncate, high);
    SimdAccess.conclude(c, s);
    set(s, i.reg, low, high);
  }

  public static void cvtps2dq(Processor c, Insn i) {
    singlesToIntegers(c, i, false);
  }

  public static void cvttps2dq(Processor c, Insn i) {
    singlesToIntegers(c, i, true);
  }

  public static void cvtdq2pd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    set(s, i.reg, integerToDouble((int) v), integerToDouble((int) (v >>> 32)));
  }

  private static void doublesToIntegers(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    long r = doublesToIntegers(s, truncate, low, high);
    SimdAccess.conclude(c, s);
    set(s, i.reg, r, 0);
  }

  public static void cvtpd2dq(Processor c, Insn i) {
    doublesToIntegers(c, i, false);
  }

  public static void cvttpd2dq(Processor c, Insn i) {
    doublesToIntegers(c, i, true);
  }

  public static void cvtps2pd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    long low = singleToDouble(s, (int) v);
    long high = singleToDouble(s, (int) (v >>> 32));
    SimdAccess.conclude(c, s);
    set(s, i.reg, low, high);
  }

  public static void cvtpd2ps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    long r = join(doubleToSingle(s, high), doubleToSingle(s, low));
    SimdAccess.conclude(c, s);
    set(s, i.reg, r, 0);
  }

  // ---- MMX registers

  /**
   * The operand of CVTPI2PS and CVTPI2PD: from memory it touches no MMX state ([SDM] vol. 2,
   * CVTPI2PD).
   */
  private static long fromMmx(Processor c, Insn i) {
    if (i.rm < 0) {
      SimdAccess.sse(c);
      return c.read64(i.segment, c.effectiveAddress(i));
    }
    SimdAccess.sseWithMmx(c);
    c.fpu.enterMmx();
    return c.fpu.mmx(i.rm);
  }

  public static void cvtpi2ps(Processor c, Insn i) {
    long v = fromMmx(c, i);
    SimdState s = c.simd;
    long r = integersToSingles(s, v);
    SimdAccess.conclude(c, s);
    s.xmm[2 * i.reg] = r;
  }

  public static void cvtpi2pd(Processor c, Insn i) {
    long v = fromMmx(c, i);
    SimdState s = c.simd;
    set(s, i.reg, integerToDouble((int) v), integerToDouble((int) (v >>> 32)));
  }

  private static void singlesToMmx(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sseWithMmx(c);
    long v = SimdAccess.low64(c, i);
    c.fpu.enterMmx();
    long r = singlesToIntegers(s, truncate, v);
    SimdAccess.conclude(c, s);
    c.fpu.setMmx(i.reg, r);
  }

  public static void cvtps2pi(Processor c, Insn i) {
    singlesToMmx(c, i, false);
  }

  public static void cvttps2pi(Processor c, Insn i) {
    singlesToMmx(c, i, true);
  }

  private static void doublesToMmx(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sseWithMmx(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    c.fpu.enterMmx();
    long r = doublesToIntegers(s, truncate, low, high);
    SimdAccess.conclude(c, s);
    c.fpu.setMmx(i.reg, r);
  }

  public static void cvtpd2pi(Processor c, Insn i) {
    doublesToMmx(c, i, false);
  }

  public static void cvttpd2pi(Processor c, Insn i) {
    doublesToMmx(c, i, true);
  }
}
