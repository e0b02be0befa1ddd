package troupe.processor.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import troupe.processor.fpu.FloatOperation;

/** The exact arithmetic against the host language's, and the fast one against the exact one. */
final class BinaryFloatTest {
  private static final int ROUNDS = 50_000;
  private static final long LOW32 = 0xFFFF_FFFFL;

  private final Random random = new Random(3);
  private final FloatOperation f = new FloatOperation();
  private final SimdState s = new SimdState();

  private interface Exact {
    long compute(FloatOperation f, int bits, long a, long b);
  }

  private interface Fast64 {
    long compute(SimdState s, long a, long b);
  }

  private interface Fast32 {
    int compute(SimdState s, int a, int b);
  }

  private interface Reference64 {
    double compute(double a, double b);
  }

  private interface Reference32 {
    float compute(float a, float b);
  }

  private void begin() {
    f.begin(FloatOperation.NEAREST, 0x3F);
    s.mxcsr = SimdState.MXCSR_RESET;
  }

  private void doubles(Exact exact, Fast64 fast, Reference64 reference) {
    for (int n = 0; n < ROUNDS; n++) {
      long a = random.nextLong();
      long b =
          n % 3 == 0
              ? random.nextLong()
              : a + ((random.nextLong() >> random.nextInt(64)) & -1L >>> 4);
      begin();
      long r = exact.compute(f, 64, a, b);
      double wanted = reference.compute(Double.longBitsToDouble(a), Double.longBitsToDouble(b));
      if (!Double.isNaN(wanted)) {
        assertEquals(Double.doubleToRawLongBits(wanted), r);
      }
      assertEquals(r, fast.compute(s, a, b));
      assertEquals(f.raised, s.mxcsr & FloatOperation.EXCEPTIONS);
      // What has been inexact before stays so, and nothing else changes by it.
      s.mxcsr = SimdState.MXCSR_RESET | FloatOperation.INEXACT;
      assertEquals(r, fast.compute(s, a, b));
      assertEquals(f.raised | FloatOperation.INEXACT, s.mxcsr & FloatOperation.EXCEPTIONS);
    }
  }

  private void singles(Exact exact, Fast32 fast, Reference32 reference) {
    for (int n = 0; n < ROUNDS; n++) {
      int a = random.nextInt();
      int b = n % 3 == 0 ? random.nextInt() : a + (random.nextInt() >> random.nextInt(32));
      begin();
      int r = (int) exact.compute(f, 32, a & LOW32, b & LOW32);
      float wanted = reference.compute(Float.intBitsToFloat(a), Float.intBitsToFloat(b));
      if (!Float.isNaN(wanted)) {
        assertEquals(Float.floatToRawIntBits(wanted), r);
      }
      assertEquals(r, fast.compute(s, a, b));
      assertEquals(f.raised, s.mxcsr & FloatOperation.EXCEPTIONS);
      // What has been inexact before stays so, and nothing else changes by it.
      s.mxcsr = SimdState.MXCSR_RESET | FloatOperation.INEXACT;
      assertEquals(r, fast.compute(s, a, b));
      assertEquals(f.raised | FloatOperation.INEXACT, s.mxcsr & FloatOperation.EXCEPTIONS);
    }
  }

  @Test
  void binary64() {
    doubles(BinaryFloat::add, Float64::add, (a, b) -> a + b);
    doubles(BinaryFloat::subtract, Float64::subtract, (a, b) -> a - b);
    doubles(BinaryFloat::multiply, Float64::multiply, (a, b) -> a * b);
    doubles(BinaryFloat::divide, Float64::divide, (a, b) -> a / b);
    doubles(
        (op, bits, a, b) -> BinaryFloat.squareRoot(op, bits, a),
        (state, a, b) -> Float64.squareRoot(state, 0, a),
        (a, b) -> Math.sqrt(a));
  }

  @Test
  void binary32() {
    singles(BinaryFloat::add, Float32::add, (a, b) -> a + b);
    singles(BinaryFloat::subtract, Float32::subtract, (a, b) -> a - b);
    singles(BinaryFloat::multiply, Float32::multiply, (a, b) -> a * b);
    singles(BinaryFloat::divide, Float32::divide, (a, b) -> a / b);
    singles(
        (op, bits, a, b) -> BinaryFloat.squareRoot(op, bits, a),
        (state, a, b) -> Float32.squareRoot(state, 0, a),
        (a, b) -> (float) Math.sqrt(a));
  }

  @Test
  void conversions() {
    for (int n = 0; n < ROUNDS; n++) {
      long a = random.nextLong();
      double v = Double.longBitsToDouble(a);
      begin();
      if (!Double.isNaN(v)) {
        assertEquals(Float.floatToRawIntBits((float) v), (int) BinaryFloat.convert(f, 64, 32, a));
      }
      float w = Float.intBitsToFloat((int) a);
      if (!Float.isNaN(w)) {
        assertEquals(Double.doubleToRawLongBits(w), BinaryFloat.convert(f, 32, 64, a & LOW32));
      }
      assertEquals(Float.floatToRawIntBits((int) a), (int) BinaryFloat.fromInteger(f, 32, (int) a));
      double small = (random.nextDouble() - 0.5) * Math.scalb(1.0, random.nextInt(34));
      double rounded = Math.rint(small);
      int wanted =
          rounded > Integer.MAX_VALUE || rounded < Integer.MIN_VALUE
              ? Integer.MIN_VALUE
              : (int) rounded;
      assertEquals(wanted, BinaryFloat.toInteger(f, 64, Double.doubleToRawLongBits(small)));
    }
  }
}
