package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.DENORMAL;
import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.fpu.FloatOperation.INTEGER;
import static troupe.processor.fpu.FloatOperation.UNDERFLOW;
import static troupe.processor.fpu.FloatOperation.ZERO_DIVIDE;

/**
 * F2XM1, FYL2X, FYL2XP1 and FPATAN on 80-bit numbers ([SDM] vol. 1, 8.3.8, 8.3.9; vol. 2 for the
 * special cases). Computed with about 100 bits and rounded once: within half a unit in the last
 * place but for a few in 2^30. Processors differ there in the last bit.
 */
final class Transcendental {
  private static final double LN2_HIGH = 0x1.62e42fefa39efp-1;
  private static final double LN2_LOW = 0x1.abc9e3b39803fp-56;
  private static final double LOG2E_HIGH = 0x1.71547652b82fep+0;
  private static final double LOG2E_LOW = 0x1.777d0ffda0d24p-56;
  private static final double PI_HIGH = 0x1.921fb54442d18p+1;
  private static final double PI_LOW = 0x1.1a62633145c07p-53;

  /** Significand of the square root of two. */
  private static final long SQUARE_ROOT_2 = 0xB504_F333_F9DE_6484L;

  /** Below this exponent only the first term of a series counts. */
  private static final int TINY = BIAS - 120;

  private static final Series EXPONENTIAL = Series.exponential(28);
  private static final Series LOGARITHM = Series.odd(24, false);
  private static final Series ARC_TANGENT = Series.odd(14, true);

  /** Steps of the table of arc tangents. */
  private static final int STEPS = 16;

  private static final double[] ARC_TANGENT_HIGH = new double[STEPS + 1];
  private static final double[] ARC_TANGENT_LOW = new double[STEPS + 1];

  static {
    // atan(k/n) = atan((k-1)/n) + atan((1/n) / (1 + k(k-1)/n^2)).
    DoubleDouble sum = new DoubleDouble();
    DoubleDouble t = new DoubleDouble();
    DoubleDouble square = new DoubleDouble();
    DoubleDouble series = new DoubleDouble();
    for (int k = 1; k <= STEPS; k++) {
      t.set(1.0 / STEPS, 0);
      t.divide(1 + (double) k * (k - 1) / (STEPS * STEPS), 0);
      smallArcTangent(t, square, series);
      sum.add(t);
      ARC_TANGENT_HIGH[k] = sum.hi;
      ARC_TANGENT_LOW[k] = sum.lo;
    }
  }

  private Transcendental() {}

  /** t = atan(t) for a small t. */
  private static void smallArcTangent(DoubleDouble t, DoubleDouble square, DoubleDouble series) {
    square.set(t);
    square.multiply(t);
    series.polynomial(square, ARC_TANGENT.high, ARC_TANGENT.low);
    t.multiply(series);
  }

  /** 2^x - 1; x outside -1 to 1 stays as it is, but for infinities. */
  static void exponential(FloatOperation f, int e, long s) {
    if (Float80.special(f, e, s)) {
      return;
    }
    boolean negative = (e & 0x8000) != 0;
    if (Float80.isInfinite(e, s)) {
      f.result(negative ? 0x8000 | BIAS : e, INTEGER);
      return;
    }
    if (s == 0) {
      f.result(e, s);
      return;
    }
    if (Float80.isDenormal(e, s) && f.raise(DENORMAL)) {
      return;
    }
    int x = Float80.exponent(e, s);
    if (x >= BIAS) {
      boolean one = x == BIAS && s == INTEGER;
      f.raised |= INEXACT;
      f.result(one && negative ? e - 1 : e, s);
      return;
    }
    f.x.setSignificand(Float80.normalized(s));
    f.x.multiply(LN2_HIGH, LN2_LOW);
    if (x < TINY) {
      f.x.toValue(f, negative, x - BIAS);
    } else {
      f.x.scale(Math.scalb(1.0, x - BIAS));
      if (negative) {
        f.x.negate();
      }
      f.y.polynomial(f.x, EXPONENTIAL.high, EXPONENTIAL.low);
      f.x.multiply(f.y);
      if (negative) {
        f.x.negate();
      }
      f.x.toValue(f, negative, 0);
    }
    f.roundTo80(64);
  }

  /** y * log2(x). */
  static void logarithm(FloatOperation f, int ex, long sx, int ey, long sy) {
    if (Float80.special(f, ex, sx, ey, sy)) {
      return;
    }
    int signY = ey & 0x8000;
    boolean zeroY = Float80.isZero(ey, sy);
    boolean infiniteY = Float80.isInfinite(ey, sy);
    if (Float80.isZero(ex, sx)) {
      if (zeroY) {
        Float80.invalid(f);
        return;
      }
      if (!infiniteY) {
        f.raise(ZERO_DIVIDE);
      }
      f.result(signY ^ 0x8000 | 0x7FFF, INTEGER);
      return;
    }
    if ((ex & 0x8000) != 0) {
      Float80.invalid(f);
      return;
    }
    boolean one = ex == BIAS && sx == INTEGER;
    boolean infiniteX = Float80.isInfinite(ex, sx);
    if (infiniteX && zeroY || one && infiniteY) {
      Float80.invalid(f);
      return;
    }
    if ((Float80.isDenormal(ex, sx) || Float80.isDenormal(ey, sy)) && f.raise(DENORMAL)) {
      return;
    }
    int sign = signY ^ (ex < BIAS ? 0x8000 : 0);
    if (infiniteX || infiniteY) {
      f.result(sign | 0x7FFF, INTEGER);
      return;
    }
    if (zeroY || one) {
      f.result(sign, 0);
      return;
    }
    int e = Float80.exponent(ex, sx) - BIAS;
    long m = Float80.normalized(sx);
    if (m == INTEGER) {
      // Exact but for the last rounding, though reported as inexact.
      f.raised |= INEXACT;
      Float80Formats.fromInteger(f, Math.abs(e));
      f.multiply(
          sign != 0,
          f.signExponent,
          f.significand,
          Float80.exponent(ey, sy),
          Float80.normalized(sy));
      f.roundTo80(64);
      if ((f.signExponent & 0x7FFF) == 0) {
        f.raised |= UNDERFLOW;
      }
      return;
    }
    f.x.setSignificand(m);
    if (Long.compareUnsigned(m, SQUARE_ROOT_2) > 0) {
      f.x.scale(0.5);
      e++;
    }
    binaryLogarithm(f, e);
    times(f, ey, sy, signY != 0);
  }

  /** f.x = log2(f.x) + e, for f.x from the roots of 1/2 to 2. */
  private static void binaryLogarithm(FloatOperation f, int e) {
    f.y.set(f.x);
    f.y.add(1, 0);
    f.x.add(-1, 0);
    f.x.divide(f.y);
    seriesOfLogarithm(f);
    f.x.add(e, 0);
  }

  /** f.x = 2 atanh(f.x) * log2(e). */
  private static void seriesOfLogarithm(FloatOperation f) {
    f.y.set(f.x);
    f.y.multiply(f.x);
    f.z.polynomial(f.y, LOGARITHM.high, LOGARITHM.low);
    f.x.multiply(f.z);
    f.x.multiply(2 * LOG2E_HIGH, 2 * LOG2E_LOW);
  }

  /** The result is f.x * y. */
  private static void times(FloatOperation f, int ey, long sy, boolean negativeY) {
    boolean negative = negativeY;
    if (f.x.hi < 0) {
      f.x.negate();
      negative = !negative;
    }
    f.y.setSignificand(Float80.normalized(sy));
    f.x.multiply(f.y);
    f.x.toValue(f, negative, Float80.exponent(ey, sy) - BIAS);
    f.roundTo80(64);
  }

  /** y * log2(x + 1). */
  static void logarithmPlusOne(FloatOperation f, int ex, long sx, int ey, long sy) {
    if (Float80.special(f, ex, sx, ey, sy)) {
      return;
    }
    boolean negativeX = (ex & 0x8000) != 0;
    int sign = (ex ^ ey) & 0x8000;
    boolean zeroX = Float80.isZero(ex, sx);
    boolean zeroY = Float80.isZero(ey, sy);
    boolean infiniteX = Float80.isInfinite(ex, sx);
    boolean infiniteY = Float80.isInfinite(ey, sy);
    boolean below = negativeX && (ex & 0x7FFF) >= BIAS;
    if (below || zeroX && infiniteY || infiniteX && zeroY) {
      Float80.invalid(f);
      return;
    }
    if ((Float80.isDenormal(ex, sx) || Float80.isDenormal(ey, sy)) && f.raise(DENORMAL)) {
      return;
    }
    if (infiniteX || infiniteY) {
      f.result(sign | 0x7FFF, INTEGER);
      return;
    }
    if (zeroX || zeroY) {
      f.result(sign, 0);
      return;
    }
    int x = Float80.exponent(ex, sx);
    f.x.setSignificand(Float80.normalized(sx));
    if (x < TINY) {
      f.x.multiply(LOG2E_HIGH, LOG2E_LOW);
      f.y.setSignificand(Float80.normalized(sy));
      f.x.multiply(f.y);
      f.x.toValue(f, sign != 0, x - BIAS + Float80.exponent(ey, sy) - BIAS);
      f.roundTo80(64);
      return;
    }
    if (x < BIAS - 1) {
      f.x.scale(Math.scalb(1.0, x - BIAS));
      if (negativeX) {
        f.x.negate();
      }
      f.y.set(f.x);
      f.y.add(2, 0);
      f.x.divide(f.y);
      seriesOfLogarithm(f);
    } else {
      // Outside what the instruction promises: the logarithm of the sum.
      int e = Math.min(x - BIAS, 200);
      f.x.scale(Math.scalb(1.0, e));
      if (negativeX) {
        f.x.negate();
      }
      f.x.add(1, 0);
      int n = Math.getExponent(f.x.hi);
      f.x.scale(Math.scalb(1.0, -n));
      if (f.x.hi > Math.sqrt(2)) {
        f.x.scale(0.5);
        n++;
      }
      binaryLogarithm(f, n + (x - BIAS - e));
    }
    times(f, ey, sy, (ey & 0x8000) != 0);
  }

  /** The angle of (x, y), from -pi to pi. */
  static void arcTangent(FloatOperation f, int ex, long sx, int ey, long sy) {
    if (Float80.special(f, ex, sx, ey, sy)) {
      return;
    }
    if ((Float80.isDenormal(ex, sx) || Float80.isDenormal(ey, sy)) && f.raise(DENORMAL)) {
      return;
    }
    boolean left = (ex & 0x8000) != 0;
    boolean negative = (ey & 0x8000) != 0;
    boolean zeroX = Float80.isZero(ex, sx);
    boolean zeroY = Float80.isZero(ey, sy);
    boolean infiniteX = Float80.isInfinite(ex, sx);
    boolean infiniteY = Float80.isInfinite(ey, sy);
    if (infiniteX && infiniteY) {
      quarters(f, negative, left ? 3 : 1);
      return;
    }
    if (infiniteX || zeroY) {
      if (left) {
        quarters(f, negative, 4);
      } else {
        f.result(ey & 0x8000, 0);
      }
      return;
    }
    if (infiniteY || zeroX) {
      quarters(f, negative, 2);
      return;
    }
    int x = Float80.exponent(ex, sx);
    int y = Float80.exponent(ey, sy);
    long mx = Float80.normalized(sx);
    long my = Float80.normalized(sy);
    int d = y - x;
    if (d > 100) {
      quarters(f, negative, 2);
    } else if (d < -100) {
      if (left) {
        quarters(f, negative, 4);
      } else {
        // The quotient, less a trifle.
        f.divide(negative, y, my, x, mx);
        if (f.low == 0) {
          f.high--;
          f.low = -1;
          f.value(negative, f.exponent, f.high, f.low);
        } else if (f.low == INTEGER) {
          f.low--;
        }
        f.roundTo80(64);
      }
    } else {
      boolean steep = d > 0 || d == 0 && Long.compareUnsigned(my, mx) > 0;
      f.x.setSignificand(steep ? mx : my);
      f.y.setSignificand(steep ? my : mx);
      f.x.scale(Math.scalb(1.0, steep ? -d : d));
      f.x.divide(f.y);
      octant(f);
      if (steep) {
        f.x.negate();
        f.x.add(PI_HIGH / 2, PI_LOW / 2);
      }
      if (left) {
        f.x.negate();
        f.x.add(PI_HIGH, PI_LOW);
      }
      f.x.toValue(f, negative, 0);
      f.roundTo80(64);
    }
  }

  /** f.x = atan(f.x), for 0 to 1. */
  private static void octant(FloatOperation f) {
    int k = (int) (f.x.hi * STEPS + 0.5);
    if (k > 0) {
      // atan(x) = atan(c) + atan((x - c) / (1 + c x)).
      double c = (double) k / STEPS;
      f.y.set(f.x);
      f.y.multiply(c, 0);
      f.y.add(1, 0);
      f.x.add(-c, 0);
      f.x.divide(f.y);
    }
    smallArcTangent(f.x, f.y, f.z);
    f.x.add(ARC_TANGENT_HIGH[k], ARC_TANGENT_LOW[k]);
  }

  /** The result is n quarters of pi. */
  private static void quarters(FloatOperation f, boolean negative, int n) {
    f.x.set(PI_HIGH, PI_LOW);
    f.x.multiply(n * 0.25, 0);
    f.x.toValue(f, negative, 0);
    f.roundTo80(64);
  }
}
