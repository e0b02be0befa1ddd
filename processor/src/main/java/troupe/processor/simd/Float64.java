package troupe.processor.simd;

import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.fpu.FloatOperation.NEAREST;

import troupe.processor.fpu.FloatOperation;

/**
 * Arithmetic on binary64 numbers, given by their encodings, with the exceptions of SSE. Rounding to
 * nearest of ordinary numbers is the host's own, with the error of the result computed to see
 * whether it was exact; all else is {@link BinaryFloat}'s.
 */
public final class Float64 {
  // Exponents between which neither a result nor its error comes near the ends of the range.
  private static final int LOWEST = 200;
  private static final int HIGHEST = 1900;

  private Float64() {}

  private static boolean ordinary(long a) {
    int exponent = (int) (a >>> 52) & 0x7FF;
    return exponent - LOWEST >>> 31 == 0 && exponent <= HIGHEST;
  }

  public static long add(FloatOperation f, long a, long b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      double sum = x + y;
      long r = Double.doubleToRawLongBits(sum);
      if (ordinary(r)) {
        double v = sum - x;
        if ((x - (sum - v)) + (y - v) != 0) {
          f.raised |= INEXACT;
        }
        return r;
      }
    }
    return BinaryFloat.add(f, 64, a, b);
  }

  public static long subtract(FloatOperation f, long a, long b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      return add(f, a, b ^ 1L << 63);
    }
    return BinaryFloat.subtract(f, 64, a, b);
  }

  public static long multiply(FloatOperation f, long a, long b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      double product = x * y;
      long r = Double.doubleToRawLongBits(product);
      if (ordinary(r)) {
        if (Math.fma(x, y, -product) != 0) {
          f.raised |= INEXACT;
        }
        return r;
      }
    }
    return BinaryFloat.multiply(f, 64, a, b);
  }

  public static long divide(FloatOperation f, long a, long b) {
    if (f.rounding == NEAREST && ordinary(a) && ordinary(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      double quotient = x / y;
      long r = Double.doubleToRawLongBits(quotient);
      if (ordinary(r)) {
        if (Math.fma(quotient, y, -x) != 0) {
          f.raised |= INEXACT;
        }
        return r;
      }
    }
    return BinaryFloat.divide(f, 64, a, b);
  }

  public static long squareRoot(FloatOperation f, long a) {
    if (f.rounding == NEAREST && a > 0 && ordinary(a)) {
      double x = Double.longBitsToDouble(a);
      double root = Math.sqrt(x);
      if (Math.fma(root, root, -x) != 0) {
        f.raised |= INEXACT;
      }
      return Double.doubleToRawLongBits(root);
    }
    return BinaryFloat.squareRoot(f, 64, a);
  }

  /** The lesser, or {@code b} if they are equal or unordered. */
  public static long minimum(FloatOperation f, long a, long b) {
    return BinaryFloat.minimum(f, 64, a, b);
  }

  /** The greater, or {@code b} if they are equal or unordered. */
  public static long maximum(FloatOperation f, long a, long b) {
    return BinaryFloat.maximum(f, 64, a, b);
  }
}
