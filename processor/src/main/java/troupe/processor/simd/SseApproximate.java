package troupe.processor.simd;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/**
 * RCP and RSQRT ([SDM] vol. 2). The manual allows a relative error of 1.5 * 2^-12; here the result
 * is rounded to the nearest of 12 bits. They raise nothing, treat denormals as zeros, and flush
 * tiny results.
 */
public final class SseApproximate {
  private static final long LOW32 = 0xFFFF_FFFFL;
  private static final int SIGN = 1 << 31;
  private static final int INFINITY = 0xFF << 23;
  private static final int QUIET = 1 << 22;
  private static final int DEFAULT_NAN = SIGN | INFINITY | QUIET;
  private static final int SMALLEST_NORMAL = 1 << 23;

  /** The last bit that is kept, of 23 fraction bits. */
  private static final int LAST_BIT = 1 << 12;

  private SseApproximate() {}

  private interface Kernel {
    int compute(int a);
  }

  private static int rounded(float v) {
    return Float.floatToRawIntBits(v) + LAST_BIT / 2 & -LAST_BIT;
  }

  /** About 1 / a. */
  public static int reciprocal(int a) {
    int magnitude = a & ~SIGN;
    if (magnitude > INFINITY) {
      return a | QUIET;
    }
    if (magnitude < SMALLEST_NORMAL) {
      return a & SIGN | INFINITY;
    }
    if (magnitude == INFINITY) {
      return a & SIGN;
    }
    int r = rounded(1 / Float.intBitsToFloat(a));
    return (r & ~SIGN) < SMALLEST_NORMAL ? a & SIGN : r;
  }

  /** About 1 / sqrt(a). */
  public static int reciprocalSquareRoot(int a) {
    int magnitude = a & ~SIGN;
    if (magnitude > INFINITY) {
      return a | QUIET;
    }
    if (magnitude < SMALLEST_NORMAL) {
      return a & SIGN | INFINITY;
    }
    if (a < 0) {
      return DEFAULT_NAN;
    }
    if (magnitude == INFINITY) {
      return 0;
    }
    return rounded((float) (1 / Math.sqrt(Float.intBitsToFloat(a))));
  }

  private static long two(Kernel kernel, long v) {
    return (long) kernel.compute((int) (v >>> 32)) << 32 | kernel.compute((int) v) & LOW32;
  }

  private static void packed(Processor c, Insn i, Kernel kernel) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    s.xmm[2 * i.reg] = two(kernel, low);
    s.xmm[2 * i.reg + 1] = two(kernel, high);
  }

  private static void scalar(Processor c, Insn i, Kernel kernel) {
    SimdState s = SimdAccess.sse(c);
    int r = kernel.compute(SimdAccess.low32(c, i));
    s.xmm[2 * i.reg] = s.xmm[2 * i.reg] & ~LOW32 | r & LOW32;
  }

  public static void rcpps(Processor c, Insn i) {
    packed(c, i, SseApproximate::reciprocal);
  }

  public static void rcpss(Processor c, Insn i) {
    scalar(c, i, SseApproximate::reciprocal);
  }

  public static void rsqrtps(Processor c, Insn i) {
    packed(c, i, SseApproximate::reciprocalSquareRoot);
  }

  public static void rsqrtss(Processor c, Insn i) {
    scalar(c, i, SseApproximate::reciprocalSquareRoot);
  }
}
