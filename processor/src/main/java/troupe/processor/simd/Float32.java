package troupe.processor.simd;

import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.fpu.FloatOperation.NEAREST;

import troupe.processor.fpu.FloatOperation;

/**
 * Arithmetic on binary32 numbers, given by their encodings, with the exceptions of SSE. Rounding to
 * nearest of ordinary numbers is the host's own, with the error of the result computed to see
 * whether it was exact; all else is {@link BinaryFloat}'s.
 */
public final class Float32 {
  // Exponents between which neither a result nor its error comes near the ends of the range.
  private static final int LOWEST = 50;
  private static final int HIGHEST = 200;

  private Float32() {}

  private static boolean ordinary(int a) {
    int exponent = a >>> 23 & 0xFF;
    return exponent - LOWEST >>> 31 == 0 && exponent <= HIGHEST;
  }

  public static int add(FloatOperation f, int a, int b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      float sum = x + y;
      int r = Float.floatToRawIntBits(sum);
      if (ordinary(r)) {
        float v = sum - x;
        if ((x - (sum - v)) + (y - v) != 0) {
          f.raised |= INEXACT;
        }
        return r;
      }
    }
    return (int) BinaryFloat.add(f, 32, a & 0xFFFF_FFFFL, b & 0xFFFF_FFFFL);
  }

  public static int subtract(FloatOperation f, int a, int b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      return add(f, a, b ^ 1 << 31);
    }
    return (int) BinaryFloat.subtract(f, 32, a & 0xFFFF_FFFFL, b & 0xFFFF_FFFFL);
  }

  public static int multiply(FloatOperation f, int a, int b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      float product = x * y;
      int r = Float.floatToRawIntBits(product);
      if (ordinary(r)) {
        if (Math.fma(x, y, -product) != 0) {
          f.raised |= INEXACT;
        }
        return r;
      }
    }
    return (int) BinaryFloat.multiply(f, 32, a & 0xFFFF_FFFFL, b & 0xFFFF_FFFFL);
  }

  public static int divide(FloatOperation f, int a, int b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      float quotient = x / y;
      int r = Float.floatToRawIntBits(quotient);
      if (ordinary(r)) {
        if (Math.fma(quotient, y, -x) != 0) {
          f.raised |= INEXACT;
        }
        return r;
      }
    }
    return (int) BinaryFloat.divide(f, 32, a & 0xFFFF_FFFFL, b & 0xFFFF_FFFFL);
  }

  public static int squareRoot(FloatOperation f, int a) {
    if (f.rounding == NEAREST && a > 0 && ordinary(a)) {
      float x = Float.intBitsToFloat(a);
      float root = (float) Math.sqrt(x);
      if (Math.fma(root, root, -x) != 0) {
        f.raised |= INEXACT;
      }
      return Float.floatToRawIntBits(root);
    }
    return (int) BinaryFloat.squareRoot(f, 32, a & 0xFFFF_FFFFL);
  }

  /** The lesser, or {@code b} if they are equal or unordered. */
  public static int minimum(FloatOperation f, int a, int b) {
    return (int) BinaryFloat.minimum(f, 32, a & 0xFFFF_FFFFL, b & 0xFFFF_FFFFL);
  }

  /** The greater, or {@code b} if they are equal or unordered. */
  public static int maximum(FloatOperation f, int a, int b) {
    return (int) BinaryFloat.maximum(f, 32, a & 0xFFFF_FFFFL, b & 0xFFFF_FFFFL);
  }
}
