package troupe.processor.simd;

import static troupe.processor.simd.BinaryFloat.EQUAL;
import static troupe.processor.simd.BinaryFloat.GREATER;
import static troupe.processor.simd.BinaryFloat.LESS;
import static troupe.processor.simd.BinaryFloat.UNORDERED;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.fpu.FloatOperation;

/** CMPcc, COMIS and UCOMIS ([SDM] vol. 2). */
public final class SseCompare {
  private static final long LOW32 = 0xFFFF_FFFFL;

  /** Outcomes that satisfy the predicates EQ, LT, LE, UNORD, NEQ, NLT, NLE, ORD. */
  private static final int[] SATISFYING = {
    EQUAL,
    LESS,
    LESS | EQUAL,
    UNORDERED,
    LESS | GREATER | UNORDERED,
    EQUAL | GREATER | UNORDERED,
    GREATER | UNORDERED,
    LESS | EQUAL | GREATER
  };

  /** Bit n set: predicate n signals quiet NaNs too. */
  private static final int SIGNALING = 0b0110_0110;

  private SseCompare() {}

  /** Whether predicate {@code n} holds. */
  private static boolean holds(FloatOperation f, int bits, int n, long a, long b) {
    int outcome = BinaryFloat.compare(f, bits, (SIGNALING >>> n & 1) != 0, a, b);
    return (outcome & SATISFYING[n]) != 0;
  }

  /** All ones if predicate {@code n} holds for binary32 numbers, else zero. */
  public static int compare32(FloatOperation f, int n, int a, int b) {
    return holds(f, 32, n, a & LOW32, b & LOW32) ? -1 : 0;
  }

  /** All ones if predicate {@code n} holds for binary64 numbers, else zero. */
  public static long compare64(FloatOperation f, int n, long a, long b) {
    return holds(f, 64, n, a, b) ? -1 : 0;
  }

  private static long two(FloatOperation f, int n, long a, long b) {
    int low = compare32(f, n, (int) a, (int) b);
    int high = compare32(f, n, (int) (a >>> 32), (int) (b >>> 32));
    return (long) high << 32 | low & LOW32;
  }

  public static void cmpps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    low = two(f, i.immediate & 7, s.xmm[d], low);
    high = two(f, i.immediate & 7, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  public static void cmppd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    low = compare64(f, i.immediate & 7, s.xmm[d], low);
    high = compare64(f, i.immediate & 7, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  public static void cmpss(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int b = SimdAccess.low32(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    int r = compare32(f, i.immediate & 7, (int) s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = s.xmm[d] & ~LOW32 | r & LOW32;
  }

  public static void cmpsd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long b = SimdAccess.low64(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    long r = compare64(f, i.immediate & 7, s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = r;
  }

  private static void toFlags(Processor c, Insn i, int bits, boolean signaling) {
    SimdState s = SimdAccess.sse(c);
    long b = bits == 32 ? SimdAccess.low32(c, i) & LOW32 : SimdAccess.low64(c, i);
    FloatOperation f = SimdAccess.begin(s);
    long a = s.xmm[2 * i.reg];
    int outcome = BinaryFloat.compare(f, bits, signaling, bits == 32 ? a & LOW32 : a, b);
    SimdAccess.conclude(c, s);
    int flags =
        switch (outcome) {
          case LESS -> Processor.CF;
          case EQUAL -> Processor.ZF;
          case GREATER -> 0;
          default -> Processor.ZF | Processor.PF | Processor.CF;
        };
    c.setArithmetic(Processor.ARITHMETIC, flags);
  }

  public static void comiss(Processor c, Insn i) {
    toFlags(c, i, 32, true);
  }

  public static void ucomiss(Processor c, Insn i) {
    toFlags(c, i, 32, false);
  }

  public static void comisd(Processor c, Insn i) {
    toFlags(c, i, 64, true);
  }

  public static void ucomisd(Processor c, Insn i) {
    toFlags(c, i, 64, false);
  }
}
