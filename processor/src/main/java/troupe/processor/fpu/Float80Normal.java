package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.fpu.FloatOperation.INTEGER;
import static troupe.processor.fpu.FpuState.C1;

/**
 * The common case of x87 arithmetic, written for speed: normal operands and results, rounded to
 * nearest with 64 bits, so that the only exception is a masked inexact result. It computes what
 * {@link Float80} would, without its {@link FloatOperation}, and puts the result into a physical
 * register. A method returns false, and has changed nothing, if the case is not that common;
 * callers have made sure of the control word ({@link FpuState#plain}).
 *
 * <p>Sums of numbers that differ by less than 2^64 and products are held exactly in 128 bits before
 * they are rounded; quotients and roots have their remainder instead of the low 64 bits.
 */
final class Float80Normal {
  // Exponents of operands and results: so far from the ends that a sum cannot leave the range.
  private static final int LOWEST = 128;
  private static final int HIGHEST = 0x7F00;

  /** Place of C1 in the status word. */
  private static final int C1_SHIFT = 9;

  private Float80Normal() {}

  private static boolean inRange(int exponent) {
    return exponent >= LOWEST && exponent <= HIGHEST;
  }

  /** Rounds high:low, whose top bit is set, into physical register {@code n}. */
  private static void round(FpuState s, int n, int signExponent, long high, long low) {
    // Up if above one half, or at one half and odd; without a branch, as it is not predictable.
    long rest = low << 1 | high & 1;
    long up = (low & (rest | -rest)) >>> 63;
    long h = high + up;
    int e = signExponent;
    if (h == 0) {
      h = INTEGER;
      e++;
    }
    s.status = s.status & ~C1 | (low != 0 ? INEXACT : 0) | (int) up << C1_SHIFT;
    s.significand[n] = h;
    s.signExponent[n] = e;
  }

  private static void exact(FpuState s, int n, int e, long m) {
    s.status &= ~C1;
    s.significand[n] = m;
    s.signExponent[n] = e;
  }

  /** a + b. */
  static boolean sum(FpuState s, int n, int ea, long sa, int eb, long sb) {
    int d = (ea & 0x7FFF) - (eb & 0x7FFF);
    if ((sa & sb) >= 0 || d > 63 || d < -63 || !inRange(ea & 0x7FFF) || !inRange(eb & 0x7FFF)) {
      return zeroSum(s, n, ea, sa, eb, sb);
    }
    // The larger exponent first, exchanging without a branch.
    int less = d >> 31;
    int exponents = (ea ^ eb) & less;
    long significands = (sa ^ sb) & less;
    return ordered(
        s, n, ea ^ exponents, sa ^ significands, eb ^ exponents, sb ^ significands, Math.abs(d));
  }

  /** a + b where the exponent of b is less by {@code d}, from 0 to 63. */
  private static boolean ordered(FpuState s, int n, int ea, long sa, int eb, long sb, int d) {
    long bh = sb >>> d;
    long bl = sb << 1 << (63 - d);
    if ((ea ^ eb) >= Float80.SIGN) {
      return difference(s, n, ea, sa, bh, bl);
    }
    long h = sa + bh;
    int carry = (h ^ INTEGER) < (sa ^ INTEGER) ? 1 : 0;
    long low = bl >>> carry | bl & carry | h << 63 & -(long) carry;
    round(s, n, ea + carry, h >>> carry | (long) carry << 63, low);
    return true;
  }

  private static boolean difference(FpuState s, int n, int ea, long sa, long bh, long bl) {
    int e = ea;
    long l = -bl;
    long h = sa - bh - (bl != 0 ? 1 : 0);
    if (bh < 0 && (sa ^ INTEGER) < (bh ^ INTEGER)) {
      // The exponents are equal, so that there is no low half.
      h = -h;
      e ^= Float80.SIGN;
    }
    if (h == 0) {
      if (l != 0) {
        return false;
      }
      exact(s, n, 0, 0);
      return true;
    }
    int z = Long.numberOfLeadingZeros(h);
    round(s, n, e - z, h << z | l >>> 1 >>> (63 - z), l << z);
    return true;
  }

  private static boolean isNormalOrZero(int e, long m) {
    return Float80.isNormal(e, m) || Float80.isZero(e, m);
  }

  /** Sums of which one operand is zero are exact. */
  private static boolean zeroSum(FpuState s, int n, int ea, long sa, int eb, long sb) {
    if ((sa & sb) != 0 || !isNormalOrZero(ea, sa) || !isNormalOrZero(eb, sb)) {
      return false;
    }
    if (sa != 0) {
      exact(s, n, ea, sa);
    } else if (sb != 0) {
      exact(s, n, eb, sb);
    } else {
      exact(s, n, ea & eb, 0);
    }
    return true;
  }

  /** a * b. */
  static boolean product(FpuState s, int n, int ea, long sa, int eb, long sb) {
    int e = (ea & 0x7FFF) + (eb & 0x7FFF) - BIAS;
    if ((sa & sb) >= 0 || !inRange(e) || !inRange(ea & 0x7FFF) || !inRange(eb & 0x7FFF)) {
      return zeroProduct(s, n, ea, sa, eb, sb);
    }
    long h = Math.unsignedMultiplyHigh(sa, sb);
    long l = sa * sb;
    int shift = (int) (~h >>> 63);
    long top = h << shift | l >>> 63 & shift;
    round(s, n, (ea ^ eb) & Float80.SIGN | e + 1 - shift, top, l << shift);
    return true;
  }

  private static boolean zeroProduct(FpuState s, int n, int ea, long sa, int eb, long sb) {
    if (sa != 0 && sb != 0 || !isNormalOrZero(ea, sa) || !isNormalOrZero(eb, sb)) {
      return false;
    }
    exact(s, n, (ea ^ eb) & Float80.SIGN, 0);
    return true;
  }

  /** a / b. */
  static boolean quotient(FpuState s, int n, int ea, long sa, int eb, long sb) {
    int e = (ea & 0x7FFF) - (eb & 0x7FFF) + BIAS;
    if ((sa & sb) >= 0 || !inRange(e) || !inRange(ea & 0x7FFF) || !inRange(eb & 0x7FFF)) {
      return false;
    }
    // A dividend below the divisor, so that the quotient has its top bit at its place.
    int shift = (sa ^ INTEGER) >= (sb ^ INTEGER) ? 1 : 0;
    long low = sa << 63 & -(long) shift;
    long q = Wide.divide(sa >>> shift, low, sb);
    long r = low - q * sb;
    round(s, n, (ea ^ eb) & Float80.SIGN | e - 1 + shift, q, Wide.belowQuotient(r, sb));
    return true;
  }

  /** Square root. */
  static boolean root(FpuState s, int n, int e, long m) {
    if (m >= 0 || !inRange(e)) {
      return false;
    }
    // BIAS is odd: an odd exponent stands for an even power of two, of which there is a half.
    int shift = e & 1;
    long high = m >>> shift;
    long low = m << 63 & -(long) shift;
    long q = Wide.squareRoot(high, low);
    round(s, n, e + BIAS - 1 + shift >> 1, q, Wide.belowRoot(high, low, q));
    return true;
  }

  /**
   * Compares numbers that are normal or zero: {@link Float80#LESS}, {@link Float80#EQUAL} or {@link
   * Float80#GREATER}; or {@link Float80#UNORDERED} if one is something else.
   */
  static int compare(int ea, long sa, int eb, long sb) {
    if (!isNormalOrZero(ea, sa) || !isNormalOrZero(eb, sb)) {
      return Float80.UNORDERED;
    }
    if ((ea ^ eb) >= Float80.SIGN) {
      return (sa | sb) == 0 ? Float80.EQUAL : ea >= Float80.SIGN ? Float80.LESS : Float80.GREATER;
    }
    int magnitudes = ea != eb ? ea - eb : Long.compareUnsigned(sa, sb);
    int c = ea >= Float80.SIGN ? -magnitudes : magnitudes;
    return c < 0 ? Float80.LESS : c > 0 ? Float80.GREATER : Float80.EQUAL;
  }
}
