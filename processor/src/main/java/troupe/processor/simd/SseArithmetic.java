package troupe.processor.simd;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.fpu.FloatOperation;

/** ADD, SUB, MUL, DIV, MIN, MAX and SQRT, packed and scalar ([SDM] vol. 2). */
public final class SseArithmetic {
  private static final long LOW32 = 0xFFFF_FFFFL;

  private SseArithmetic() {}

  private interface Single {
    int compute(FloatOperation f, int a, int b);
  }

  private interface Double {
    long compute(FloatOperation f, long a, long b);
  }

  private static long two(FloatOperation f, Single kernel, long a, long b) {
    int low = kernel.compute(f, (int) a, (int) b);
    int high = kernel.compute(f, (int) (a >>> 32), (int) (b >>> 32));
    return (long) high << 32 | low & LOW32;
  }

  private static void packed(Processor c, Insn i, Single kernel) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    low = two(f, kernel, s.xmm[d], low);
    high = two(f, kernel, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  private static void packed(Processor c, Insn i, Double kernel) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    low = kernel.compute(f, s.xmm[d], low);
    high = kernel.compute(f, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  private static void scalar(Processor c, Insn i, Single kernel) {
    SimdState s = SimdAccess.sse(c);
    int b = SimdAccess.low32(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    int r = kernel.compute(f, (int) s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = s.xmm[d] & ~LOW32 | r & LOW32;
  }

  private static void scalar(Processor c, Insn i, Double kernel) {
    SimdState s = SimdAccess.sse(c);
    long b = SimdAccess.low64(c, i);
    FloatOperation f = SimdAccess.begin(s);
    int d = 2 * i.reg;
    long r = kernel.compute(f, s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = r;
  }

  public static void addps(Processor c, Insn i) {
    packed(c, i, (Single) Float32::add);
  }

  public static void addss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::add);
  }

  public static void addpd(Processor c, Insn i) {
    packed(c, i, (Double) Float64::add);
  }

  public static void addsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::add);
  }

  public static void subps(Processor c, Insn i) {
    packed(c, i, (Single) Float32::subtract);
  }

  public static void subss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::subtract);
  }

  public static void subpd(Processor c, Insn i) {
    packed(c, i, (Double) Float64::subtract);
  }

  public static void subsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::subtract);
  }

  public static void mulps(Processor c, Insn i) {
    packed(c, i, (Single) Float32::multiply);
  }

  public static void mulss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::multiply);
  }

  public static void mulpd(Processor c, Insn i) {
    packed(c, i, (Double) Float64::multiply);
  }

  public static void mulsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::multiply);
  }

  public static void divps(Processor c, Insn i) {
    packed(c, i, (Single) Float32::divide);
  }

  public static void divss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::divide);
  }

  public static void divpd(Processor c, Insn i) {
    packed(c, i, (Double) Float64::divide);
  }

  public static void divsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::divide);
  }

  public static void minps(Processor c, Insn i) {
    packed(c, i, (Single) Float32::minimum);
  }

  public static void minss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::minimum);
  }

  public static void minpd(Processor c, Insn i) {
    packed(c, i, (Double) Float64::minimum);
  }

  public static void minsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::minimum);
  }

  public static void maxps(Processor c, Insn i) {
    packed(c, i, (Single) Float32::maximum);
  }

  public static void maxss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::maximum);
  }

  public static void maxpd(Processor c, Insn i) {
    packed(c, i, (Double) Float64::maximum);
  }

  public static void maxsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::maximum);
  }

  public static void sqrtps(Processor c, Insn i) {
    packed(c, i, (Single) (f, a, b) -> Float32.squareRoot(f, b));
  }

  public static void sqrtss(Processor c, Insn i) {
    scalar(c, i, (Single) (f, a, b) -> Float32.squareRoot(f, b));
  }

  public static void sqrtpd(Processor c, Insn i) {
    packed(c, i, (Double) (f, a, b) -> Float64.squareRoot(f, b));
  }

  public static void sqrtsd(Processor c, Insn i) {
    scalar(c, i, (Double) (f, a, b) -> Float64.squareRoot(f, b));
  }
}
