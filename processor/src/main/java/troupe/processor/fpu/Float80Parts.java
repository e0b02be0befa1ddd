package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.DENORMAL;
import static troupe.processor.fpu.FloatOperation.INTEGER;
import static troupe.processor.fpu.FloatOperation.ZERO_DIVIDE;

/** Remainders and the parts of 80-bit numbers ([SDM] vol. 2, FPREM, FPREM1, FXTRACT). */
public final class Float80Parts {
  private Float80Parts() {}

  /** Returned by {@link #remainder}: the reduction is incomplete (C2). */
  public static final int INCOMPLETE = 8;

  /** Returned by {@link #remainder}: there is no quotient. */
  public static final int NONE = 16;

  /**
   * Remainder of a / b with a truncated quotient, or a nearest one if {@code nearest} (FPREM1).
   * Returns the low three bits of the quotient, {@link #INCOMPLETE} or {@link #NONE}.
   */
  public static int remainder(FloatOperation f, boolean nearest, int ea, long sa, int eb, long sb) {
    if (Float80.special(f, ea, sa, eb, sb)) {
      return NONE;
    }
    if (Float80.isInfinite(ea, sa) || Float80.isZero(eb, sb)) {
      Float80.invalid(f);
      return NONE;
    }
    if ((Float80.isDenormal(ea, sa) || Float80.isDenormal(eb, sb)) && f.raise(DENORMAL)) {
      return NONE;
    }
    if (Float80.isZero(ea, sa)) {
      f.result(ea, sa);
      return 0;
    }
    boolean negative = (ea & 0x8000) != 0;
    int xa = Float80.exponent(ea, sa);
    long ma = Float80.normalized(sa);
    if (Float80.isInfinite(eb, sb)) {
      exact(f, negative, xa, ma);
      return 0;
    }
    int xb = Float80.exponent(eb, sb);
    long mb = Float80.normalized(sb);
    int d = xa - xb;
    if (d < -1 || d < 0 && !nearest) {
      exact(f, negative, xa, ma);
      return 0;
    }
    if (d >= 64) {
      // A partial reduction by 32 to 63 bits of exponent.
      int n = d & 31 | 32;
      exact(f, negative, xb + d - n, (ma << n) - quotient(ma, mb, n) * mb);
      return INCOMPLETE;
    }
    long r;
    long q;
    if (d >= 0) {
      q = quotient(ma, mb, d);
      r = (ma << d) - q * mb;
      if (nearest) {
        boolean above = r < 0 || Long.compareUnsigned(r << 1, mb) > 0;
        if (above || r << 1 == mb && (q & 1) != 0) {
          r = mb - r;
          q++;
          negative = !negative;
        }
      }
      exact(f, negative, xb, r);
      if (r == 0) {
        f.result(ea & 0x8000, 0);
      }
    } else {
      // d is -1: a is below b; nearest takes 1 if a is above b/2, that is if ma is above mb.
      q = 0;
      if (Long.compareUnsigned(ma, mb) > 0) {
        q = 1;
        // b - a in units of a's last bit: 2 mb - ma, which fits.
        exact(f, !negative, xa, (mb << 1) - ma);
      } else {
        exact(f, negative, xa, ma);
      }
    }
    return (int) q & 7;
  }

  /** The number m * 2^(exponent - 63), exactly (it may be a denormal). */
  private static void exact(FloatOperation f, boolean negative, int exponent, long m) {
    if (m == 0) {
      f.result(negative ? 0x8000 : 0, 0);
      return;
    }
    f.value(negative, exponent, m, 0);
    f.roundTo80(64);
  }

  /** Low 64 bits of the quotient of m * 2^n and the divisor, for n below 64. */
  private static long quotient(long m, long divisor, int n) {
    long high = n == 0 ? 0 : m >>> (64 - n);
    return Wide.divide(high, m << n, divisor);
  }

  /** Exponent of a, as the result; false if a has no exponent and the result is final. */
  public static boolean extract(FloatOperation f, int e, long s) {
    if (Float80.special(f, e, s)) {
      return false;
    }
    if (Float80.isZero(e, s)) {
      f.raise(ZERO_DIVIDE);
      f.result(0xFFFF, INTEGER);
      return false;
    }
    if (Float80.isInfinite(e, s)) {
      f.result(0x7FFF, INTEGER);
      return false;
    }
    if (Float80.isDenormal(e, s) && f.raise(DENORMAL)) {
      return true;
    }
    Float80Formats.fromInteger(f, Float80.exponent(e, s) - BIAS);
    return true;
  }
}
