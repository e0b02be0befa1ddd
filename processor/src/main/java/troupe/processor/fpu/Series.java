package troupe.processor.fpu;

/** Coefficients of a power series, each as two doubles. */
final class Series {
  final double[] high;
  final double[] low;

  private Series(int terms) {
    high = new double[terms];
    low = new double[terms];
  }

  private void set(int n, DoubleDouble value) {
    high[n] = value.hi;
    low[n] = value.lo;
  }

  /** 1/(n+1)!: (e^x - 1) / x. */
  static Series exponential(int terms) {
    Series series = new Series(terms);
    DoubleDouble c = new DoubleDouble();
    c.set(1, 0);
    for (int n = 0; n < terms; n++) {
      c.divide(n + 1, 0);
      series.set(n, c);
    }
    return series;
  }

  /** 1/(2n+1), with alternating signs if asked: atanh(x) / x or atan(x) / x in x^2. */
  static Series odd(int terms, boolean alternating) {
    Series series = new Series(terms);
    DoubleDouble c = new DoubleDouble();
    for (int n = 0; n < terms; n++) {
      c.set(alternating && (n & 1) != 0 ? -1 : 1, 0);
      c.divide(2 * n + 1, 0);
      series.set(n, c);
    }
    return series;
  }

  /** (-1)^n / (2n + first)!: cos(x) for 0, sin(x) / x for 1, in x^2. */
  static Series circular(int terms, int first) {
    Series series = new Series(terms);
    DoubleDouble c = new DoubleDouble();
    c.set(1, 0);
    series.set(0, c);
    for (int n = 1; n < terms; n++) {
      int k = 2 * n + first;
      c.divide(-(double) k * (k - 1), 0);
      series.set(n, c);
    }
    return series;
  }
}
