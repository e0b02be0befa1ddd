package troupe.processor.fpu;

/**
 * A number of about 106 bits, the unevaluated sum of two doubles, which operations replace in place
 * ([Dekker 1971], with fused multiply-add). What the transcendental instructions compute with.
 */
final class DoubleDouble {
  double hi;
  double lo;

  void set(double hi, double lo) {
    this.hi = hi;
    this.lo = lo;
  }

  void set(DoubleDouble b) {
    hi = b.hi;
    lo = b.lo;
  }

  /** The significand of an 80-bit number as a number from 1 to 2, exactly. */
  void setSignificand(long s) {
    set((s >>> 11) * 0x1p-52, (s & 0x7FF) * 0x1p-63);
  }

  void negate() {
    hi = -hi;
    lo = -lo;
  }

  /** Multiplies by a power of two. */
  void scale(double powerOfTwo) {
    hi *= powerOfTwo;
    lo *= powerOfTwo;
  }

  void add(DoubleDouble b) {
    add(b.hi, b.lo);
  }

  void add(double bh, double bl) {
    double s = hi + bh;
    double v = s - hi;
    double e = (hi - (s - v)) + (bh - v);
    double t = lo + bl;
    double u = t - lo;
    double g = (lo - (t - u)) + (bl - u);
    e += t;
    double h = s + e;
    e = e - (h - s) + g;
    hi = h + e;
    lo = e - (hi - h);
  }

  void subtract(DoubleDouble b) {
    add(-b.hi, -b.lo);
  }

  void multiply(DoubleDouble b) {
    multiply(b.hi, b.lo);
  }

  void multiply(double bh, double bl) {
    double p = hi * bh;
    double e = Math.fma(hi, bh, -p) + (hi * bl + lo * bh);
    hi = p + e;
    lo = e - (hi - p);
  }

  void divide(DoubleDouble b) {
    divide(b.hi, b.lo);
  }

  void divide(double bh, double bl) {
    double q1 = hi / bh;
    subtractProduct(q1, bh, bl);
    double q2 = hi / bh;
    subtractProduct(q2, bh, bl);
    double q3 = hi / bh;
    double h = q1 + q2;
    double e = q2 - (h - q1) + q3;
    hi = h + e;
    lo = e - (hi - h);
  }

  private void subtractProduct(double q, double bh, double bl) {
    double p = q * bh;
    double e = Math.fma(q, bh, -p) + q * bl;
    double h = p + e;
    add(-h, -(e - (h - p)));
  }

  /** The polynomial in {@code x} whose coefficients are given, lowest first. */
  void polynomial(DoubleDouble x, double[] high, double[] low) {
    int n = high.length - 1;
    set(high[n], low[n]);
    while (--n >= 0) {
      multiply(x);
      add(high[n], low[n]);
    }
  }

  /**
   * Makes this positive number times 2^{@code scale} the unrounded value of {@code f}, as an
   * inexact one.
   */
  void toValue(FloatOperation f, boolean negative, int scale) {
    int e = Math.getExponent(hi);
    long m = (Double.doubleToRawLongBits(hi) & (1L << 52) - 1 | 1L << 52) << 11;
    double below = lo * Math.scalb(1.0, 63 - e);
    double whole = Math.floor(below);
    // Just below one this rounds to one.
    double fraction = Math.min(below - whole, Math.nextDown(1.0)) * 0x1p32;
    long upper = (long) fraction;
    long lower = (long) ((fraction - upper) * 0x1p32);
    f.value(negative, FloatOperation.BIAS + e + scale, m + (long) whole, upper << 32 | lower | 1);
  }
}
