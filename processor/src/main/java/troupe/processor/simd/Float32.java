package troupe.processor.simd;

import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.simd.BinaryFloat.EQUAL;
import static troupe.processor.simd.BinaryFloat.GREATER;
import static troupe.processor.simd.BinaryFloat.LESS;

/**
 * Arithmetic on binary32 numbers, given by their encodings, under MXCSR. Rounding to nearest of
 * normal numbers and zeros with all exceptions masked is the host's own: no exception but an
 * inexact result can come of it, and whether it was inexact matters only until MXCSR says so
 * already. All else is {@link BinaryFloat}'s.
 *
 * <p>Where an exception is unmasked the caller has to end the instruction with {@link
 * SimdAccess#conclude}.
 */
public final class Float32 {
  private static final long LOW32 = 0xFFFF_FFFFL;

  private Float32() {}

  /** A zero, or more in magnitude than the least normal number. */
  private static boolean notTiny(int a) {
    return (a << 1) - 1 >>> 24 != 0;
  }

  private static boolean finite(int a) {
    return (a >>> 23 & 0xFF) != 0xFF;
  }

  private static boolean isZero(int a) {
    return a << 1 == 0;
  }

  public static int add(SimdState s, int a, int b) {
    if (s.nearestMasked() && notTiny(a) && notTiny(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      float sum = x + y;
      int r = Float.floatToRawIntBits(sum);
      if (finite(r) && notTiny(r)) {
        if ((s.mxcsr & INEXACT) == 0) {
          // In doubles nothing overflows, and the error of a sum is exact.
          double d = (double) x + y;
          double v = d - x;
          if (d != sum || (x - (d - v)) + (y - v) != 0) {
            s.mxcsr |= INEXACT;
          }
        }
        return r;
      }
    }
    int r = (int) BinaryFloat.add(s.begin(), 32, a & LOW32, b & LOW32);
    s.end();
    return r;
  }

  public static int subtract(SimdState s, int a, int b) {
    if (s.nearestMasked() && finite(b)) {
      return add(s, a, b ^ 1 << 31);
    }
    int r = (int) BinaryFloat.subtract(s.begin(), 32, a & LOW32, b & LOW32);
    s.end();
    return r;
  }

  public static int multiply(SimdState s, int a, int b) {
    if (s.nearestMasked() && notTiny(a) && notTiny(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      float product = x * y;
      int r = Float.floatToRawIntBits(product);
      if (isZero(r)) {
        if (isZero(a) || isZero(b)) {
          return r;
        }
      } else if (finite(r) && notTiny(r)) {
        if ((s.mxcsr & INEXACT) == 0 && (double) x * y != product) {
          s.mxcsr |= INEXACT;
        }
        return r;
      }
    }
    int r = (int) BinaryFloat.multiply(s.begin(), 32, a & LOW32, b & LOW32);
    s.end();
    return r;
  }

  public static int divide(SimdState s, int a, int b) {
    if (s.nearestMasked() && notTiny(a) && notTiny(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      float quotient = x / y;
      int r = Float.floatToRawIntBits(quotient);
      if (isZero(r)) {
        if (isZero(a)) {
          return r;
        }
      } else if (finite(r) && notTiny(r)) {
        if ((s.mxcsr & INEXACT) == 0 && (double) quotient * y != x) {
          s.mxcsr |= INEXACT;
        }
        return r;
      }
    }
    int r = (int) BinaryFloat.divide(s.begin(), 32, a & LOW32, b & LOW32);
    s.end();
    return r;
  }

  /** The square root of {@code b}; {@code a} is not used. */
  public static int squareRoot(SimdState s, int a, int b) {
    if (s.nearestMasked() && b > 0 && notTiny(b) && finite(b)) {
      float x = Float.intBitsToFloat(b);
      float root = (float) Math.sqrt(x);
      if ((s.mxcsr & INEXACT) == 0 && (double) root * root != x) {
        s.mxcsr |= INEXACT;
      }
      return Float.floatToRawIntBits(root);
    }
    int r = (int) BinaryFloat.squareRoot(s.begin(), 32, b & LOW32);
    s.end();
    return r;
  }

  // ---- Comparison: of normal numbers, infinities and zeros it raises nothing

  private static boolean comparable(int a) {
    return notTiny(a) && (a & -1 >>> 1) <= 0x7F80_0000;
  }

  /**
   * One of the four outcomes of {@link BinaryFloat}; quiet NaNs are invalid if {@code signaling}.
   */
  static int compare(SimdState s, boolean signaling, int a, int b) {
    if (comparable(a) && comparable(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      return x < y ? LESS : x > y ? GREATER : EQUAL;
    }
    int outcome = BinaryFloat.compare(s.begin(), 32, signaling, a & LOW32, b & LOW32);
    s.end();
    return outcome;
  }

  /** The lesser, or {@code b} if they are equal or unordered. */
  public static int minimum(SimdState s, int a, int b) {
    if (comparable(a) && comparable(b)) {
      return Float.intBitsToFloat(a) < Float.intBitsToFloat(b) ? a : b;
    }
    int r = (int) BinaryFloat.minimum(s.begin(), 32, a & LOW32, b & LOW32);
    s.end();
    return r;
  }

  /** The greater, or {@code b} if they are equal or unordered. */
  public static int maximum(SimdState s, int a, int b) {
    if (comparable(a) && comparable(b)) {
      return Float.intBitsToFloat(a) > Float.intBitsToFloat(b) ? a : b;
    }
    int r = (int) BinaryFloat.maximum(s.begin(), 32, a & LOW32, b & LOW32);
    s.end();
    return r;
  }

  // ---- Two in 64 bits

  public static long addTwo(SimdState s, long a, long b) {
    return join(add(s, (int) (a >>> 32), (int) (b >>> 32)), add(s, (int) a, (int) b));
  }

  public static long subtractTwo(SimdState s, long a, long b) {
    return join(subtract(s, (int) (a >>> 32), (int) (b >>> 32)), subtract(s, (int) a, (int) b));
  }

  public static long multiplyTwo(SimdState s, long a, long b) {
    return join(multiply(s, (int) (a >>> 32), (int) (b >>> 32)), multiply(s, (int) a, (int) b));
  }

  public static long divideTwo(SimdState s, long a, long b) {
    return join(divide(s, (int) (a >>> 32), (int) (b >>> 32)), divide(s, (int) a, (int) b));
  }

  public static long squareRootTwo(SimdState s, long a, long b) {
    return join(squareRoot(s, (int) (a >>> 32), (int) (b >>> 32)), squareRoot(s, (int) a, (int) b));
  }

  public static long minimumTwo(SimdState s, long a, long b) {
    return join(minimum(s, (int) (a >>> 32), (int) (b >>> 32)), minimum(s, (int) a, (int) b));
  }

  public static long maximumTwo(SimdState s, long a, long b) {
    return join(maximum(s, (int) (a >>> 32), (int) (b >>> 32)), maximum(s, (int) a, (int) b));
  }

  private static long join(int high, int low) {
    return (long) high << 32 | low & LOW32;
  }
}
