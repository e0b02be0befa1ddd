package troupe.processor.simd;

import static troupe.processor.simd.BinaryFloat.EQUAL;
import static troupe.processor.simd.BinaryFloat.GREATER;
import static troupe.processor.simd.BinaryFloat.LESS;
import static troupe.processor.simd.BinaryFloat.UNORDERED;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

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

  /** All ones if predicate {@code n} holds for binary32 numbers, else zero. */
  public static int compare32(SimdState s, int n, int a, int b) {
    int outcome = Float32.compare(s, (SIGNALING >>> n & 1) != 0, a, b);
    return (outcome & SATISFYING[n]) != 0 ? -1 : 0;
  }

  /** All ones if predicate {@code n} holds for binary64 numbers, else zero. */
  public static long compare64(SimdState s, int n, long a, long b) {
    int outcome = Float64.compare(s, (SIGNALING >>> n & 1) != 0, a, b);
    return (outcome & SATISFYING[n]) != 0 ? -1 : 0;
  }

  /** As {@link #compare32} for two in 64 bits. */
  public static long compareTwo(SimdState s, int n, long a, long b) {
    int low = compare32(s, n, (int) a, (int) b);
    int high = compare32(s, n, (int) (a >>> 32), (int) (b >>> 32));
    return (long) high << 32 | low & LOW32;
  }

  public static void cmpps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    int d = 2 * i.reg;
    low = compareTwo(s, i.immediate & 7, s.xmm[d], low);
    high = compareTwo(s, i.immediate & 7, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  public static void cmppd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    int d = 2 * i.reg;
    low = compare64(s, i.immediate & 7, s.xmm[d], low);
    high = compare64(s, i.immediate & 7, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  public static void cmpss(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int b = SimdAccess.low32(c, i);
    int d = 2 * i.reg;
    int r = compare32(s, i.immediate & 7, (int) s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = s.xmm[d] & ~LOW32 | r & LOW32;
  }

  public static void cmpsd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long b = SimdAccess.low64(c, i);
    int d = 2 * i.reg;
    long r = compare64(s, i.immediate & 7, s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = r;
  }

  /** The arithmetic flags that tell the outcome of comparing binary32 numbers. */
  public static int flags32(SimdState s, boolean signaling, int a, int b) {
    return flags(Float32.compare(s, signaling, a, b));
  }

  /** The arithmetic flags that tell the outcome of comparing binary64 numbers. */
  public static int flags64(SimdState s, boolean signaling, long a, long b) {
    return flags(Float64.compare(s, signaling, a, b));
  }

  private static int flags(int outcome) {
    return switch (outcome) {
      case LESS -> Processor.CF;
      case EQUAL -> Processor.ZF;
      case GREATER -> 0;
      default -> Processor.ZF | Processor.PF | Processor.CF;
    };
  }

  private static void single(Processor c, Insn i, boolean signaling) {
    SimdState s = SimdAccess.sse(c);
    int b = SimdAccess.low32(c, i);
    int flags = flags32(s, signaling, (int) s.xmm[2 * i.reg], b);
    SimdAccess.conclude(c, s);
    c.setAllArithmetic(flags);
  }

  private static void real64(Processor c, Insn i, boolean signaling) {
    SimdState s = SimdAccess.sse(c);
    long b = SimdAccess.low64(c, i);
    int flags = flags64(s, signaling, s.xmm[2 * i.reg], b);
    SimdAccess.conclude(c, s);
    c.setAllArithmetic(flags);
  }

  public static void comiss(Processor c, Insn i) {
    single(c, i, true);
  }

  public static void ucomiss(Processor c, Insn i) {
    single(c, i, false);
  }

  public static void comisd(Processor c, Insn i) {
    real64(c, i, true);
  }

  public static void ucomisd(Processor c, Insn i) {
    real64(c, i, false);
  }
}
