package troupe.processor.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Kernels against the host language's arithmetic, where that has the same meaning. */
final class Float80Test {
  private static final int ROUNDS = 20_000;
  private static final int MASKED = 0x3F;

  private final Random random = new Random(5);
  private final FloatOperation f = new FloatOperation();

  private interface Binary {
    void compute(FloatOperation f, int precision, int ea, long sa, int eb, long sb);
  }

  private interface Reference {
    double compute(double a, double b);
  }

  private double number() {
    return (random.nextDouble() - 0.5) * Math.scalb(1.0, random.nextInt(80) - 40);
  }

  private double viaFloat80(Binary kernel, double a, double b) {
    f.begin(FloatOperation.NEAREST, MASKED);
    Float80Formats.fromDouble(f, Double.doubleToRawLongBits(a));
    int ea = f.signExponent;
    long sa = f.significand;
    Float80Formats.fromDouble(f, Double.doubleToRawLongBits(b));
    kernel.compute(f, 53, ea, sa, f.signExponent, f.significand);
    return result();
  }

  private double result() {
    return Double.longBitsToDouble(Float80Formats.toDouble(f, f.signExponent, f.significand));
  }

  private void same(Binary kernel, Reference reference) {
    for (int n = 0; n < ROUNDS; n++) {
      double a = number();
      double b = number();
      assertEquals(reference.compute(a, b), viaFloat80(kernel, a, b), () -> a + ", " + b);
    }
  }

  @Test
  void withDoublePrecision() {
    same(Float80::add, (a, b) -> a + b);
    same(Float80::subtract, (a, b) -> a - b);
    same(Float80::multiply, (a, b) -> a * b);
    same(Float80::divide, (a, b) -> a / b);
    same(
        (f, p, ea, sa, eb, sb) -> Float80.squareRoot(f, p, ea & 0x7FFF, sa),
        (a, b) -> Math.sqrt(Math.abs(a)));
    same(
        (f, p, ea, sa, eb, sb) -> Float80Parts.remainder(f, true, ea, sa, eb, sb),
        (a, b) ->
            Math.getExponent(a) - Math.getExponent(b) > 60
                ? partial(a, b)
                : Math.IEEEremainder(a, b));
  }

  /** Where the reduction is partial there is nothing to compare with. */
  private double partial(double a, double b) {
    return viaFloat80(
        (f, p, ea, sa, eb, sb) -> Float80Parts.remainder(f, true, ea, sa, eb, sb), a, b);
  }

  private interface Unary {
    void compute(FloatOperation f, int e, long s);
  }

  private void close(Unary kernel, java.util.function.DoubleUnaryOperator reference, double range) {
    for (int n = 0; n < ROUNDS / 10; n++) {
      double a = (random.nextDouble() - 0.5) * 2 * range;
      f.begin(FloatOperation.NEAREST, MASKED);
      Float80Formats.fromDouble(f, Double.doubleToRawLongBits(a));
      kernel.compute(f, f.signExponent, f.significand);
      double wanted = reference.applyAsDouble(a);
      double found = result();
      assertTrue(
          Math.abs(found - wanted) <= 2 * Math.ulp(wanted), () -> a + ": " + found + ", " + wanted);
    }
  }

  @Test
  void transcendental() {
    close(Trigonometric::sine, Math::sin, 10);
    close(Trigonometric::cosine, Math::cos, 10);
    close(Trigonometric::tangent, Math::tan, 1.5);
    close(Transcendental::exponential, x -> Math.expm1(x * Math.log(2)), 1);
    close(
        (f, e, s) ->
            Transcendental.arcTangent(f, FloatOperation.BIAS, FloatOperation.INTEGER, e, s),
        Math::atan,
        30);
    close(
        (f, e, s) -> Transcendental.logarithmPlusOne(f, e, s, 0x3FFE, 0xB172_17F7_D1CF_79ACL),
        Math::log1p,
        0.29);
    close(
        (f, e, s) -> Transcendental.logarithm(f, e & 0x7FFF, s, 0x3FFE, 0xB172_17F7_D1CF_79ACL),
        x -> Math.log(Math.abs(x)),
        1000);
  }

  @Test
  void integersAndDecimals() {
    for (int n = 0; n < ROUNDS; n++) {
      long v = random.nextLong() >> random.nextInt(64);
      f.begin(FloatOperation.NEAREST, MASKED);
      Float80Formats.fromInteger(f, v);
      int e = f.signExponent;
      long s = f.significand;
      assertEquals(v, Float80Formats.toInteger(f, 64, e, s));
      assertEquals(0, f.raised);
      if (Math.abs(v) < 1_000_000_000_000_000_000L && v != Long.MIN_VALUE) {
        long low = Float80Formats.toDecimal(f, e, s);
        String digits = "%02X%016X".formatted(f.signExponent & 0xFF, low);
        assertEquals(Math.abs(v), Long.parseLong(digits));
        Float80Formats.fromDecimal(f, f.signExponent, low);
        assertEquals(e, f.signExponent);
        assertEquals(s, f.significand);
      }
    }
  }
}
