package troupe.processor.simd;

import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.simd.BinaryFloat.EQUAL;
import static troupe.processor.simd.BinaryFloat.GREATER;
import static troupe.processor.simd.BinaryFloat.LESS;

/**
 * Arithmetic on binary64 numbers, given by their encodings, under MXCSR. Rounding to nearest of
 * normal numbers and zeros with all exceptions masked is the host's own: no exception but an
 * inexact result can come of it, and whether it was inexact matters only until MXCSR says so
 * already. All else is {@link BinaryFloat}'s.
 *
 * <p>The usual case, in which nothing is left to be raised, is a small method that the JVM can
 * compile into its callers.
 *
 * <p>Where an exception is unmasked the caller has to end the instruction with {@link
 * SimdAccess#conclude}.
 */
public final class Float64 {
  // Exponents between which neither a result nor its error comes near the ends of the range.
  private static final int LOWEST = 200;
  private static final int HIGHEST = 1900;

  private Float64() {}

  /** A zero, or more in magnitude than the least normal number. */
  private static boolean notTiny(long a) {
    return (a << 1) - 1 >>> 53 != 0;
  }

  private static boolean finite(long a) {
    return (a >>> 52 & 0x7FF) != 0x7FF;
  }

  private static boolean isZero(long a) {
    return a << 1 == 0;
  }

  private static boolean ordinary(long a) {
    int exponent = (int) (a >>> 52) & 0x7FF;
    return exponent - LOWEST >>> 31 == 0 && exponent <= HIGHEST;
  }

  /** So far from the top that a sum cannot overflow. */
  private static boolean notHuge(long a) {
    return ((int) (a >>> 52) & 0x7FF) <= HIGHEST;
  }

  public static long add(SimdState s, long a, long b) {
    if (s.settled() && notTiny(a) && notTiny(b)) {
      long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
      if (finite(r) && notTiny(r)) {
        return r;
      }
    }
    return addUnsettled(s, a, b);
  }

  private static long addUnsettled(SimdState s, long a, long b) {
    if (s.nearestMasked() && notTiny(a) && notTiny(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      double sum = x + y;
      long r = Double.doubleToRawLongBits(sum);
      if (finite(r) && notTiny(r)) {
        if ((s.mxcsr & INEXACT) != 0) {
          return r;
        }
        if (notHuge(a) && notHuge(b)) {
          double v = sum - x;
          if ((x - (sum - v)) + (y - v) != 0) {
            s.mxcsr |= INEXACT;
          }
          return r;
        }
      }
    }
    long r = BinaryFloat.add(s.begin(), 64, a, b);
    s.end();
    return r;
  }

  public static long subtract(SimdState s, long a, long b) {
    if (s.nearestMasked() && finite(b)) {
      return add(s, a, b ^ 1L << 63);
    }
    long r = BinaryFloat.subtract(s.begin(), 64, a, b);
    s.end();
    return r;
  }

  public static long multiply(SimdState s, long a, long b) {
    if (s.settled() && notTiny(a) && notTiny(b)) {
      long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) * Double.longBitsToDouble(b));
      if (finite(r) && notTiny(r) && !isZero(r)) {
        return r;
      }
    }
    return multiplyUnsettled(s, a, b);
  }

  private static long multiplyUnsettled(SimdState s, long a, long b) {
    if (s.nearestMasked() && notTiny(a) && notTiny(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      double product = x * y;
      long r = Double.doubleToRawLongBits(product);
      if (isZero(r)) {
        if (isZero(a) || isZero(b)) {
          return r;
        }
      } else if (finite(r) && notTiny(r)) {
        if ((s.mxcsr & INEXACT) != 0) {
          return r;
        }
        if (ordinary(a) && ordinary(b) && ordinary(r)) {
          if (Math.fma(x, y, -product) != 0) {
            s.mxcsr |= INEXACT;
          }
          return r;
        }
      }
    }
    long r = BinaryFloat.multiply(s.begin(), 64, a, b);
    s.end();
    return r;
  }

  public static long divide(SimdState s, long a, long b) {
    if (s.settled() && notTiny(a) && notTiny(b)) {
      long r = Double.doubleToRawLongBits(Double.longBitsToDouble(a) / Double.longBitsToDouble(b));
      if (finite(r) && notTiny(r) && !isZero(r)) {
        return r;
      }
    }
    return divideUnsettled(s, a, b);
  }

  private static long divideUnsettled(SimdState s, long a, long b) {
    if (s.nearestMasked() && notTiny(a) && notTiny(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      double quotient = x / y;
      long r = Double.doubleToRawLongBits(quotient);
      if (isZero(r)) {
        if (isZero(a)) {
          return r;
        }
      } else if (finite(r) && notTiny(r)) {
        if ((s.mxcsr & INEXACT) != 0) {
          return r;
        }
        if (ordinary(a) && ordinary(b) && ordinary(r)) {
          if (Math.fma(quotient, y, -x) != 0) {
            s.mxcsr |= INEXACT;
          }
          return r;
        }
      }
    }
    long r = BinaryFloat.divide(s.begin(), 64, a, b);
    s.end();
    return r;
  }

  /** The square root of {@code b}; {@code a} is not used. */
  public static long squareRoot(SimdState s, long a, long b) {
    if (s.nearestMasked() && b > 0 && notTiny(b) && finite(b)) {
      double x = Double.longBitsToDouble(b);
      double root = Math.sqrt(x);
      if ((s.mxcsr & INEXACT) != 0) {
        return Double.doubleToRawLongBits(root);
      }
      if (ordinary(b)) {
        if (Math.fma(root, root, -x) != 0) {
          s.mxcsr |= INEXACT;
        }
        return Double.doubleToRawLongBits(root);
      }
    }
    long r = BinaryFloat.squareRoot(s.begin(), 64, b);
    s.end();
    return r;
  }

  // ---- Comparison: of normal numbers, infinities and zeros it raises nothing

  private static boolean comparable(long a) {
    return notTiny(a) && (a & -1L >>> 1) <= 0x7FF0_0000_0000_0000L;
  }

  /**
   * One of the four outcomes of {@link BinaryFloat}; quiet NaNs are invalid if {@code signaling}.
   */
  static int compare(SimdState s, boolean signaling, long a, long b) {
    if (comparable(a) && comparable(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      return x < y ? LESS : x > y ? GREATER : EQUAL;
    }
    int outcome = BinaryFloat.compare(s.begin(), 64, signaling, a, b);
    s.end();
    return outcome;
  }

  /** The lesser, or {@code b} if they are equal or unordered. */
  public static long minimum(SimdState s, long a, long b) {
    if (comparable(a) && comparable(b)) {
      return Double.longBitsToDouble(a) < Double.longBitsToDouble(b) ? a : b;
    }
    long r = BinaryFloat.minimum(s.begin(), 64, a, b);
    s.end();
    return r;
  }

  /** The greater, or {@code b} if they are equal or unordered. */
  public static long maximum(SimdState s, long a, long b) {
    if (comparable(a) && comparable(b)) {
      return Double.longBitsToDouble(a) > Double.longBitsToDouble(b) ? a : b;
    }
    long r = BinaryFloat.maximum(s.begin(), 64, a, b);
    s.end();
    return r;
  }
}
