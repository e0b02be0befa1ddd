package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.DENORMAL;
import static troupe.processor.fpu.FloatOperation.DOWN;
import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.fpu.FloatOperation.INTEGER;
import static troupe.processor.fpu.FloatOperation.INVALID;
import static troupe.processor.fpu.FloatOperation.OVERFLOW;
import static troupe.processor.fpu.FloatOperation.UNDERFLOW;
import static troupe.processor.fpu.FloatOperation.ZERO_DIVIDE;

/**
 * Arithmetic on 80-bit numbers, each a sign with a biased exponent (16 bits) and a significand with
 * an explicit integer bit ([SDM] vol. 1, 4.2.2, 8.2). Results and exceptions go to the {@link
 * FloatOperation}; an operation that it calls aborted has no result.
 *
 * <p>Precision is the number of significant bits of the result: 24, 53 or 64.
 */
public final class Float80 {
  public static final int SIGN = 0x8000;
  public static final int MAXIMUM_EXPONENT = 0x7FFF;
  public static final long QUIET = 1L << 62;
  public static final int INDEFINITE_SIGN_EXPONENT = 0xFFFF;
  public static final long INDEFINITE_SIGNIFICAND = 3L << 62;

  private Float80() {}

  // ---- Classes of numbers

  /** Finite with a set integer bit and a nonzero exponent. */
  static boolean isNormal(int e, long s) {
    return s < 0 && ((e + 1) & 0x7FFF) > 1;
  }

  /** An encoding that the 387 and later reject: unnormal, pseudo-infinity, pseudo-NaN. */
  static boolean isUnsupported(int e, long s) {
    return s >= 0 && (e & 0x7FFF) != 0;
  }

  static boolean isNan(int e, long s) {
    return (e & 0x7FFF) == MAXIMUM_EXPONENT && s << 1 != 0;
  }

  /** Infinity, where the number is known to be supported. */
  static boolean isInfinite(int e, long s) {
    return (e & 0x7FFF) == MAXIMUM_EXPONENT && s << 1 == 0;
  }

  static boolean isSignaling(int e, long s) {
    return isNan(e, s) && (s & QUIET) == 0;
  }

  static boolean isZero(int e, long s) {
    return (e & 0x7FFF) == 0 && s == 0;
  }

  static boolean isDenormal(int e, long s) {
    return (e & 0x7FFF) == 0 && s != 0;
  }

  /** Exponent of a finite nonzero number once its significand is normalized. */
  static int exponent(int e, long s) {
    int x = e & 0x7FFF;
    return x != 0 ? x : 1 - Long.numberOfLeadingZeros(s);
  }

  /** Normalized significand of a nonzero number. */
  static long normalized(long s) {
    return s << Long.numberOfLeadingZeros(s);
  }

  // ---- What operations share

  /** Invalid operation: the result is the default NaN. */
  static void invalid(FloatOperation f) {
    f.raise(INVALID);
    f.result(INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
  }

  /** Raises the denormal exception if an operand asks for it; true if that ends the operation. */
  private static boolean denormals(FloatOperation f, int ea, long sa, int eb, long sb) {
    return (f.denormalOperand || isDenormal(ea, sa) || isDenormal(eb, sb)) && f.raise(DENORMAL);
  }

  /** Handles an unsupported operand or a NaN of one: true if there was one. */
  static boolean special(FloatOperation f, int e, long s) {
    if (isUnsupported(e, s)) {
      invalid(f);
      return true;
    }
    if (isNan(e, s)) {
      if ((s & QUIET) == 0) {
        f.raise(INVALID);
      }
      f.result(e, s | QUIET);
      return true;
    }
    return false;
  }

  /**
   * Handles unsupported operands and NaNs of two ([SDM] vol. 1, table 4-7): true if there was one.
   */
  static boolean special(FloatOperation f, int ea, long sa, int eb, long sb) {
    if (isUnsupported(ea, sa) || isUnsupported(eb, sb)) {
      invalid(f);
      return true;
    }
    boolean nanA = isNan(ea, sa);
    boolean nanB = isNan(eb, sb);
    if (!nanA && !nanB) {
      return false;
    }
    boolean signalingA = isSignaling(ea, sa);
    boolean signalingB = isSignaling(eb, sb);
    if (signalingA || signalingB) {
      f.raise(INVALID);
    }
    boolean first;
    if (nanA && nanB) {
      if (signalingA != signalingB) {
        first = signalingB;
      } else {
        int c = Long.compareUnsigned(sa, sb);
        first = c != 0 ? c > 0 : (ea & SIGN) == 0;
      }
    } else {
      first = nanA;
    }
    f.result(first ? ea : eb, (first ? sa : sb) | QUIET);
    return true;
  }

  /** Rounds a number that was one operand of an exact operation, to the precision. */
  private static void same(FloatOperation f, int precision, int e, long s) {
    f.value((e & SIGN) != 0, exponent(e, s), normalized(s), 0);
    f.roundTo80(precision);
  }

  // ---- Arithmetic

  /** a + b. */
  public static void add(FloatOperation f, int precision, int ea, long sa, int eb, long sb) {
    if (isNormal(ea, sa) && isNormal(eb, sb) && !f.denormalOperand) {
      sum(f, precision, ea, ea & 0x7FFF, sa, eb, eb & 0x7FFF, sb);
    } else {
      addSpecial(f, precision, ea, sa, eb, sb);
    }
  }

  /** a - b. */
  public static void subtract(FloatOperation f, int precision, int ea, long sa, int eb, long sb) {
    if (isNormal(ea, sa) && isNormal(eb, sb) && !f.denormalOperand) {
      sum(f, precision, ea, ea & 0x7FFF, sa, eb ^ SIGN, eb & 0x7FFF, sb);
    } else if (!special(f, ea, sa, eb, sb)) {
      addSpecial(f, precision, ea, sa, eb ^ SIGN, sb);
    }
  }

  private static void sum(
      FloatOperation f, int precision, int sea, int ea, long sa, int seb, int eb, long sb) {
    if (f.add((sea & SIGN) != 0, ea, sa, (seb & SIGN) != 0, eb, sb)) {
      f.roundTo80(precision);
    } else {
      f.result(f.rounding == DOWN ? SIGN : 0, 0);
    }
  }

  private static void addSpecial(
      FloatOperation f, int precision, int ea, long sa, int eb, long sb) {
    if (special(f, ea, sa, eb, sb)) {
      return;
    }
    boolean infinityA = isInfinite(ea, sa);
    boolean infinityB = isInfinite(eb, sb);
    if (infinityA && infinityB && ea != eb) {
      invalid(f);
    } else if (denormals(f, ea, sa, eb, sb)) {
      return;
    } else if (infinityA) {
      f.result(ea, sa);
    } else if (infinityB) {
      f.result(eb, sb);
    } else if (sa == 0 && sb == 0) {
      f.result(ea == eb ? ea : f.rounding == DOWN ? SIGN : 0, 0);
    } else if (sa == 0) {
      same(f, precision, eb, sb);
    } else if (sb == 0) {
      same(f, precision, ea, sa);
    } else {
      sum(f, precision, ea, exponent(ea, sa), normalized(sa), eb, exponent(eb, sb), normalized(sb));
    }
  }

  /** a * b. */
  public static void multiply(FloatOperation f, int precision, int ea, long sa, int eb, long sb) {
    int sign = (ea ^ eb) & SIGN;
    if (isNormal(ea, sa) && isNormal(eb, sb) && !f.denormalOperand) {
      f.multiply(sign != 0, ea & 0x7FFF, sa, eb & 0x7FFF, sb);
      f.roundTo80(precision);
    } else {
      multiplySpecial(f, precision, sign, ea, sa, eb, sb);
    }
  }

  private static void multiplySpecial(
      FloatOperation f, int precision, int sign, int ea, long sa, int eb, long sb) {
    if (special(f, ea, sa, eb, sb)) {
      return;
    }
    boolean infinite = isInfinite(ea, sa) || isInfinite(eb, sb);
    boolean zero = isZero(ea, sa) || isZero(eb, sb);
    if (infinite && zero) {
      invalid(f);
      return;
    }
    if (denormals(f, ea, sa, eb, sb)) {
      return;
    }
    if (infinite) {
      f.result(sign | MAXIMUM_EXPONENT, INTEGER);
      return;
    }
    if (zero) {
      f.result(sign, 0);
      return;
    }
    f.multiply(sign != 0, exponent(ea, sa), normalized(sa), exponent(eb, sb), normalized(sb));
    f.roundTo80(precision);
  }

  /** a / b. */
  public static void divide(FloatOperation f, int precision, int ea, long sa, int eb, long sb) {
    int sign = (ea ^ eb) & SIGN;
    if (isNormal(ea, sa) && isNormal(eb, sb) && !f.denormalOperand) {
      f.divide(sign != 0, ea & 0x7FFF, sa, eb & 0x7FFF, sb);
      f.roundTo80(precision);
    } else {
      divideSpecial(f, precision, sign, ea, sa, eb, sb);
    }
  }

  private static void divideSpecial(
      FloatOperation f, int precision, int sign, int ea, long sa, int eb, long sb) {
    if (special(f, ea, sa, eb, sb)) {
      return;
    }
    boolean infinityA = isInfinite(ea, sa);
    boolean infinityB = isInfinite(eb, sb);
    boolean zeroA = isZero(ea, sa);
    boolean zeroB = isZero(eb, sb);
    if (infinityA && infinityB || zeroA && zeroB) {
      invalid(f);
      return;
    }
    if (zeroB && !infinityA) {
      f.raise(ZERO_DIVIDE);
      f.result(sign | MAXIMUM_EXPONENT, INTEGER);
      return;
    }
    if (denormals(f, ea, sa, eb, sb)) {
      return;
    }
    if (infinityA) {
      f.result(sign | MAXIMUM_EXPONENT, INTEGER);
      return;
    }
    if (zeroA || infinityB) {
      f.result(sign, 0);
      return;
    }
    f.divide(sign != 0, exponent(ea, sa), normalized(sa), exponent(eb, sb), normalized(sb));
    f.roundTo80(precision);
  }

  /** Square root. */
  public static void squareRoot(FloatOperation f, int precision, int e, long s) {
    if (special(f, e, s)) {
      return;
    }
    if (isZero(e, s)) {
      f.result(e, s);
      return;
    }
    if ((e & SIGN) != 0) {
      invalid(f);
      return;
    }
    if (isInfinite(e, s)) {
      f.result(e, s);
      return;
    }
    if (isDenormal(e, s) && f.raise(DENORMAL)) {
      return;
    }
    f.squareRoot(exponent(e, s), normalized(s));
    f.roundTo80(precision);
  }

  /** Rounds to an integral value (FRNDINT). */
  public static void roundToIntegral(FloatOperation f, int e, long s) {
    if (special(f, e, s)) {
      return;
    }
    if (isInfinite(e, s) || isZero(e, s)) {
      f.result(e, s);
      return;
    }
    if (isDenormal(e, s) && f.raise(DENORMAL)) {
      return;
    }
    if ((e & 0x7FFF) >= BIAS + 63) {
      f.result(e, s);
      return;
    }
    int sign = e & SIGN;
    f.value(sign != 0, exponent(e, s), normalized(s), 0);
    long magnitude = f.roundToMagnitude();
    if (magnitude == 0) {
      f.result(sign, 0);
    } else {
      int n = Long.numberOfLeadingZeros(magnitude);
      f.result(sign | BIAS + 63 - n, magnitude << n);
    }
  }

  /** a * 2^trunc(b) (FSCALE). */
  public static void scale(FloatOperation f, int ea, long sa, int eb, long sb) {
    if (special(f, ea, sa, eb, sb)) {
      return;
    }
    int sign = ea & SIGN;
    if (isInfinite(eb, sb)) {
      boolean down = (eb & SIGN) != 0;
      if (down ? isInfinite(ea, sa) : isZero(ea, sa)) {
        invalid(f);
        return;
      }
      if (denormals(f, ea, sa, eb, sb)) {
        return;
      }
      if (down) {
        f.result(sign, 0);
      } else {
        f.result(sign | MAXIMUM_EXPONENT, INTEGER);
      }
      return;
    }
    if (denormals(f, ea, sa, eb, sb)) {
      return;
    }
    if (isInfinite(ea, sa) || isZero(ea, sa)) {
      f.result(ea, sa);
      return;
    }
    int by;
    int magnitude = (eb & 0x7FFF) - BIAS;
    if (magnitude < 0) {
      by = 0;
    } else if (magnitude >= 17) {
      by = 0x1_0000;
    } else {
      by = (int) (sb >>> (63 - magnitude));
    }
    if ((eb & SIGN) != 0) {
      by = -by;
    }
    f.value(sign != 0, exponent(ea, sa) + by, normalized(sa), 0);
    f.roundTo80(64);
    // Unmasked, and beyond what the wrapped exponent can tell.
    if (f.exponent < 1 && (f.raised & ~f.masks & UNDERFLOW) != 0) {
      f.raised |= INEXACT;
      f.roundedUp = false;
      f.result(sign, 0);
    } else if (f.exponent > 0x7FFE && (f.raised & ~f.masks & OVERFLOW) != 0) {
      f.raised |= INEXACT;
      f.roundedUp = true;
      f.result(sign | MAXIMUM_EXPONENT, INTEGER);
    }
  }

  // ---- Comparison

  public static final int LESS = -1;
  public static final int EQUAL = 0;
  public static final int GREATER = 1;
  public static final int UNORDERED = 2;

  /**
   * Compares; raises invalid for unsupported operands and signaling NaNs, and for quiet NaNs too
   * unless {@code quiet}.
   */
  public static int compare(FloatOperation f, boolean quiet, int ea, long sa, int eb, long sb) {
    if (isUnsupported(ea, sa) || isUnsupported(eb, sb)) {
      f.raise(INVALID);
      return UNORDERED;
    }
    if (isNan(ea, sa) || isNan(eb, sb)) {
      if (!quiet || isSignaling(ea, sa) || isSignaling(eb, sb)) {
        f.raise(INVALID);
      }
      return UNORDERED;
    }
    denormals(f, ea, sa, eb, sb);
    if (sa == 0 && sb == 0) {
      return EQUAL;
    }
    boolean na = (ea & SIGN) != 0;
    boolean nb = (eb & SIGN) != 0;
    if (sa == 0) {
      return nb ? GREATER : LESS;
    }
    if (sb == 0) {
      return na ? LESS : GREATER;
    }
    if (na != nb) {
      return na ? LESS : GREATER;
    }
    int xa = exponent(ea, sa);
    int xb = exponent(eb, sb);
    int c =
        xa != xb ? Integer.compare(xa, xb) : Long.compareUnsigned(normalized(sa), normalized(sb));
    return c == 0 ? EQUAL : c > 0 != na ? GREATER : LESS;
  }
}
