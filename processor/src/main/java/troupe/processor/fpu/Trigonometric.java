package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.DENORMAL;
import static troupe.processor.fpu.FloatOperation.INTEGER;

/**
 * FSIN, FCOS, FSINCOS, FPTAN on 80-bit numbers ([SDM] vol. 1, 8.3.8). The argument is reduced
 * exactly, but by the processor's pi of 66 bits (8.3.8, "Approximation of Pi"), as the chips do;
 * then as {@link Transcendental}.
 */
final class Trigonometric {
  /** Half of pi with 66 bits, in units of 2^-65: its low 64 bits, and the two above. */
  private static final long HALF_PI_LOW = 0x243F_6A88_85A3_08D3L;

  private static final long HALF_PI_HIGH = 3;

  /** From this exponent on an argument is out of range. */
  private static final int OUT_OF_RANGE = BIAS + 63;

  /** Below this exponent the argument's square is far below the last bit. */
  private static final int TINY = BIAS - 40;

  private static final Series SINE = Series.circular(15, 1);
  private static final Series COSINE = Series.circular(15, 0);

  private static final int SIN = 0;
  private static final int COS = 1;

  private Trigonometric() {}

  /**
   * Whether the argument is special (NaN, infinity, or an unmasked denormal), with the result then
   * in place.
   */
  static boolean special(FloatOperation f, int e, long s) {
    if (Float80.special(f, e, s)) {
      return true;
    }
    if (Float80.isInfinite(e, s)) {
      Float80.invalid(f);
      return true;
    }
    return Float80.isDenormal(e, s) && f.raise(DENORMAL);
  }

  /** Whether the finite argument is 2^63 or more, or less than -2^63. */
  static boolean outOfRange(int e) {
    return (e & 0x7FFF) >= OUT_OF_RANGE;
  }

  static void sine(FloatOperation f, int e, long s) {
    if (s == 0) {
      f.result(e, s);
    } else if (Float80.exponent(e, s) < TINY) {
      tiny(f, e, s, -1);
    } else {
      int quadrant = reduce(f, e, s);
      circular(f, quadrant, SIN);
      finish(f, (e & 0x8000) != 0);
    }
  }

  static void cosine(FloatOperation f, int e, long s) {
    if (s == 0) {
      f.result(BIAS, INTEGER);
    } else if (Float80.exponent(e, s) < TINY) {
      f.value(false, BIAS - 1, -1L, -1L);
      f.roundTo80(64);
    } else {
      int quadrant = reduce(f, e, s);
      circular(f, quadrant, COS);
      finish(f, false);
    }
  }

  static void tangent(FloatOperation f, int e, long s) {
    if (s == 0) {
      f.result(e, s);
    } else if (Float80.exponent(e, s) < TINY) {
      tiny(f, e, s, 1);
    } else {
      int quadrant = reduce(f, e, s);
      f.w.set(f.x);
      circular(f, quadrant, COS);
      f.z.set(f.x);
      f.x.set(f.w);
      f.w.set(f.z);
      circular(f, quadrant, SIN);
      f.x.divide(f.w);
      finish(f, (e & 0x8000) != 0);
    }
  }

  /** The argument itself, a trifle towards or away from zero. */
  private static void tiny(FloatOperation f, int e, long s, int direction) {
    long m = Float80.normalized(s);
    boolean negative = (e & 0x8000) != 0;
    int x = Float80.exponent(e, s);
    if (direction > 0) {
      f.value(negative, x, m, 1);
    } else {
      f.value(negative, x, m - 1, -1L);
    }
    f.roundTo80(64);
  }

  private static void finish(FloatOperation f, boolean negative) {
    boolean n = negative;
    if (f.x.hi < 0) {
      f.x.negate();
      n = !n;
    }
    f.x.toValue(f, n, 0);
    f.roundTo80(64);
  }

  /** f.x = sin or cos of (f.x + quadrant * pi/2), for |f.x| up to pi/4; uses f.y and f.z. */
  private static void circular(FloatOperation f, int quadrant, int shift) {
    int q = quadrant + shift & 3;
    f.y.set(f.x);
    f.y.multiply(f.x);
    if ((q & 1) == 0) {
      f.z.polynomial(f.y, SINE.high, SINE.low);
      f.x.multiply(f.z);
    } else {
      f.x.polynomial(f.y, COSINE.high, COSINE.low);
    }
    if (q >= 2) {
      f.x.negate();
    }
  }

  /**
   * f.x = |argument| less the nearest multiple of pi/2; returns the low two bits of that multiple.
   */
  private static int reduce(FloatOperation f, int e, long s) {
    int x = Float80.exponent(e, s);
    long m = Float80.normalized(s);
    if (x < BIAS - 1) {
      f.x.setSignificand(m);
      f.x.scale(Math.scalb(1.0, x - BIAS));
      return 0;
    }
    // m * 2^(x - BIAS + 2) modulo half of pi, all in units of 2^-65.
    long high = 0;
    long low = m;
    int quotient = 0;
    for (int n = x - BIAS + 2; n > 0; n--) {
      high = high << 1 | low >>> 63;
      low <<= 1;
      quotient <<= 1;
      if (notBelow(high, low)) {
        high = high - HALF_PI_HIGH - (Long.compareUnsigned(low, HALF_PI_LOW) < 0 ? 1 : 0);
        low -= HALF_PI_LOW;
        quotient++;
      }
    }
    boolean above = notBelow(high << 1 | low >>> 63, low << 1);
    if (above) {
      high = HALF_PI_HIGH - high - (Long.compareUnsigned(HALF_PI_LOW, low) < 0 ? 1 : 0);
      low = HALF_PI_LOW - low;
      quotient++;
    }
    double leading = high * 0x1p-1 + (low >>> 32) * 0x1p-33;
    double trailing = (low & 0xFFFF_FFFFL) * 0x1p-65;
    double sum = leading + trailing;
    f.x.set(sum, trailing - (sum - leading));
    if (above) {
      f.x.negate();
    }
    return quotient & 3;
  }

  private static boolean notBelow(long high, long low) {
    return high > HALF_PI_HIGH
        || high == HALF_PI_HIGH && Long.compareUnsigned(low, HALF_PI_LOW) >= 0;
  }
}
