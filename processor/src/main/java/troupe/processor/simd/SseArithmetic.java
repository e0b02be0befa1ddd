package troupe.processor.simd;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** ADD, SUB, MUL, DIV, MIN, MAX and SQRT, packed and scalar ([SDM] vol. 2). */
public final class SseArithmetic {
  private static final long LOW32 = 0xFFFF_FFFFL;

  private SseArithmetic() {}

  private interface Single {
    int compute(SimdState s, int a, int b);
  }

  private interface Double {
    long compute(SimdState s, long a, long b);
  }

  private static void packed(Processor c, Insn i, Double kernel) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    int d = 2 * i.reg;
    low = kernel.compute(s, s.xmm[d], low);
    high = kernel.compute(s, s.xmm[d + 1], high);
    SimdAccess.conclude(c, s);
    s.xmm[d] = low;
    s.xmm[d + 1] = high;
  }

  private static void scalar(Processor c, Insn i, Single kernel) {
    SimdState s = SimdAccess.sse(c);
    int b = SimdAccess.low32(c, i);
    int d = 2 * i.reg;
    int r = kernel.compute(s, (int) s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = s.xmm[d] & ~LOW32 | r & LOW32;
  }

  private static void scalar(Processor c, Insn i, Double kernel) {
    SimdState s = SimdAccess.sse(c);
    long b = SimdAccess.low64(c, i);
    int d = 2 * i.reg;
    long r = kernel.compute(s, s.xmm[d], b);
    SimdAccess.conclude(c, s);
    s.xmm[d] = r;
  }

  public static void addps(Processor c, Insn i) {
    packed(c, i, Float32::addTwo);
  }

  public static void addss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::add);
  }

  public static void addpd(Processor c, Insn i) {
    packed(c, i, Float64::add);
  }

  public static void addsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::add);
  }

  public static void subps(Processor c, Insn i) {
    packed(c, i, Float32::subtractTwo);
  }

  public static void subss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::subtract);
  }

  public static void subpd(Processor c, Insn i) {
    packed(c, i, Float64::subtract);
  }

  public static void subsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::subtract);
  }

  public static void mulps(Processor c, Insn i) {
    packed(c, i, Float32::multiplyTwo);
  }

  public static void mulss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::multiply);
  }

  public static void mulpd(Processor c, Insn i) {
    packed(c, i, Float64::multiply);
  }

  public static void mulsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::multiply);
  }

  public static void divps(Processor c, Insn i) {
    packed(c, i, Float32::divideTwo);
  }

  public static void divss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::divide);
  }

  public static void divpd(Processor c, Insn i) {
    packed(c, i, Float64::divide);
  }

  public static void divsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::divide);
  }

  public static void minps(Processor c, Insn i) {
    packed(c, i, Float32::minimumTwo);
  }

  public static void minss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::minimum);
  }

  public static void minpd(Processor c, Insn i) {
    packed(c, i, Float64::minimum);
  }

  public static void minsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::minimum);
  }

  public static void maxps(Processor c, Insn i) {
    packed(c, i, Float32::maximumTwo);
  }

  public static void maxss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::maximum);
  }

  public static void maxpd(Processor c, Insn i) {
    packed(c, i, Float64::maximum);
  }

  public static void maxsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::maximum);
  }

  public static void sqrtps(Processor c, Insn i) {
    packed(c, i, Float32::squareRootTwo);
  }

  public static void sqrtss(Processor c, Insn i) {
    scalar(c, i, (Single) Float32::squareRoot);
  }

  public static void sqrtpd(Processor c, Insn i) {
    packed(c, i, Float64::squareRoot);
  }

  public static void sqrtsd(Processor c, Insn i) {
    scalar(c, i, (Double) Float64::squareRoot);
  }
}
