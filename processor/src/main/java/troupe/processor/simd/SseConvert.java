package troupe.processor.simd;

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

  public static int integerToSingle(FloatOperation f, int v) {
    return (int) BinaryFloat.fromInteger(f, 32, v);
  }

  public static long integerToDouble(int v) {
    return Double.doubleToRawLongBits(v);
  }

  public static int singleToInteger(FloatOperation f, int v) {
    return BinaryFloat.toInteger(f, 32, v & LOW32);
  }

  public static int doubleToInteger(FloatOperation f, long v) {
    return BinaryFloat.toInteger(f, 64, v);
  }

  public static long singleToDouble(FloatOperation f, int v) {
    return BinaryFloat.convert(f, 32, 64, v & LOW32);
  }

  public static int doubleToSingle(FloatOperation f, long v) {
    return (int) BinaryFloat.convert(f, 64, 32, v);
  }

  private static long integersToSingles(FloatOperation f, long v) {
    return join(integerToSingle(f, (int) (v >>> 32)), integerToSingle(f, (int) v));
  }

  private static long singlesToIntegers(FloatOperation f, long v) {
    return join(singleToInteger(f, (int) (v >>> 32)), singleToInteger(f, (int) v));
  }

  private static FloatOperation begin(SimdState s, boolean truncate) {
    FloatOperation f = SimdAccess.begin(s);
    if (truncate) {
      f.rounding = FloatOperation.TO_ZERO;
    }
    return f;
  }

  // ---- Scalars

  public static void cvtsi2ss(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int v = SimdAccess.general32(c, i);
    int r = integerToSingle(SimdAccess.begin(s), v);
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
    long r = singleToDouble(SimdAccess.begin(s), v);
    SimdAccess.conclude(c, s);
    s.xmm[2 * i.reg] = r;
  }

  public static void cvtsd2ss(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    int r = doubleToSingle(SimdAccess.begin(s), v);
    SimdAccess.conclude(c, s);
    s.xmm[2 * i.reg] = s.xmm[2 * i.reg] & ~LOW32 | r & LOW32;
  }

  private static void singleToRegister(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sse(c);
    int v = SimdAccess.low32(c, i);
    int r = singleToInteger(begin(s, truncate), v);
    SimdAccess.conclude(c, s);
    c.r[i.reg] = r;
  }

  private static void doubleToRegister(Processor c, Insn i, boolean truncate) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    int r = doubleToInteger(begin(s, truncate), v);
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
    FloatOperation f = SimdAccess.begin(s);
    low = integersToSingles(f, low);
    high = integersToSingles(f, high);
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
    FloatOperation f = begin(s, truncate);
    low = singlesToIntegers(f, low);
    high = singlesToIntegers(f, high);
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
    FloatOperation f = begin(s, truncate);
    long r = join(doubleToInteger(f, high), doubleToInteger(f, low));
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
    FloatOperation f = SimdAccess.begin(s);
    long low = singleToDouble(f, (int) v);
    long high = singleToDouble(f, (int) (v >>> 32));
    SimdAccess.conclude(c, s);
    set(s, i.reg, low, high);
  }

  public static void cvtpd2ps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    FloatOperation f = SimdAccess.begin(s);
    long r = join(doubleToSingle(f, high), doubleToSingle(f, low));
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
    long r = integersToSingles(SimdAccess.begin(s), v);
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
    long r = singlesToIntegers(begin(s, truncate), v);
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
    FloatOperation f = begin(s, truncate);
    long r = join(doubleToInteger(f, high), doubleToInteger(f, low));
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
