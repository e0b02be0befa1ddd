package troupe.processor.fpu;

/** Unsigned division and square root of 128-bit integers. */
final class Wide {
  private static final long LOW = 0xFFFF_FFFFL;

  private Wide() {}

  /** Floor of high:low / divisor, for high below the divisor and a divisor with its top bit set. */
  static long divide(long high, long low, long divisor) {
    long q1 = divideStep(high, low >>> 32, divisor);
    long r1 = (high << 32 | low >>> 32) - q1 * divisor;
    long q0 = divideStep(r1, low & LOW, divisor);
    return q1 << 32 | q0;
  }

  /** Floor of (high * 2^32 + next) / divisor, a 32-bit digit ([Knuth] 4.3.1, algorithm D). */
  private static long divideStep(long high, long next, long divisor) {
    long d1 = divisor >>> 32;
    long d0 = divisor & LOW;
    long q = Long.divideUnsigned(high, d1);
    long r = high - q * d1;
    while (q > LOW || Long.compareUnsigned(q * d0, r << 32 | next) > 0) {
      q--;
      r += d1;
      if (r > LOW) {
        break;
      }
    }
    return q;
  }

  /** Floor of the square root of high:low, for high of at least 2^62. */
  static long squareRoot(long high, long low) {
    double estimate = Math.sqrt(unsignedToDouble(high)) * 0x1p32;
    long q = estimate >= 0x1p64 ? -1L : doubleToUnsigned(estimate);
    // Newton: the estimate is within 2^12 of the root, so that one step leaves an error of a few.
    long rl = low - q * q;
    long rh = high - Math.unsignedMultiplyHigh(q, q) - (Long.compareUnsigned(low, rl) < 0 ? 1 : 0);
    double remainder = rh * 0x1p64 + unsignedToDouble(rl);
    long change = (long) (remainder / (2 * unsignedToDouble(q)));
    long next = q + change;
    q = change > 0 && Long.compareUnsigned(next, q) < 0 ? -1L : next;
    while (squareAbove(q, high, low)) {
      q--;
    }
    while (q != -1L && !squareAbove(q + 1, high, low)) {
      q++;
    }
    return q;
  }

  /**
   * What follows a quotient with remainder {@code r}, as 64 bits of which only the first and
   * whether there are others count.
   */
  static long belowQuotient(long r, long divisor) {
    if (r == 0) {
      return 0;
    }
    int c = r < 0 ? 1 : Long.compareUnsigned(r << 1, divisor);
    return c == 0 ? Long.MIN_VALUE : c > 0 ? Long.MIN_VALUE | 1 : 1;
  }

  /** What follows the root {@code q} of high:low, like {@link #belowQuotient}. */
  static long belowRoot(long high, long low, long q) {
    // The remainder is below 2q + 1: it is above q exactly when the root is above q + 1/2.
    long rl = low - q * q;
    long rh = high - Math.unsignedMultiplyHigh(q, q) - (Long.compareUnsigned(low, rl) < 0 ? 1 : 0);
    if ((rh | rl) == 0) {
      return 0;
    }
    return rh != 0 || Long.compareUnsigned(rl, q) > 0 ? Long.MIN_VALUE | 1 : 1;
  }

  private static boolean squareAbove(long q, long high, long low) {
    int c = Long.compareUnsigned(Math.unsignedMultiplyHigh(q, q), high);
    return c > 0 || c == 0 && Long.compareUnsigned(q * q, low) > 0;
  }

  static double unsignedToDouble(long v) {
    return v >= 0 ? (double) v : (double) (v >>> 1 | v & 1) * 2;
  }

  private static long doubleToUnsigned(double v) {
    return v < 0x1p63 ? (long) v : (long) (v - 0x1p63) ^ Long.MIN_VALUE;
  }
}
