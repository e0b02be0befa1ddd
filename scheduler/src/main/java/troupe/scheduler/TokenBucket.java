package troupe.scheduler;

/**
 * CPU nanoseconds that may be spent, refilled once every period. How much may be saved and how much
 * may be owed is bounded.
 */
final class TokenBucket {
  /** Nanoseconds between refills, the same instants for every VM. */
  static final long PERIOD = 10_000_000;

  /** What a share owes at most, nanoseconds: a slice is not ended to the nanosecond. */
  private static final long SHARE_DEBT = 500_000;

  /** What a share may save at least, or small ones would never make a slice. */
  private static final long SHARE_SAVINGS = 2_000_000;

  /**
   * For how many periods a share may be made up for: the host may stall, or turn out to have less
   * to give than it had.
   */
  private static final int SHARE_PERIODS = 10;

  private static final int SLEEPER_PERIODS = 2;

  private final int periodsSaved;
  private final long leastSavings;
  private final long greatestDebt;
  private long perPeriod;
  private long tokens;
  private long lastRefill;

  private TokenBucket(
      double percent, int periodsSaved, long leastSavings, long greatestDebt, long now) {
    this.periodsSaved = periodsSaved;
    this.leastSavings = leastSavings;
    this.greatestDebt = greatestDebt;
    lastRefill = now / PERIOD;
    setPercent(percent, now);
    tokens = perPeriod;
  }

  /**
   * A bucket that never lets more through than its rate: all that is overspent is owed. What could
   * not be had in one period, as others were served first, may be had in the next.
   */
  static TokenBucket ofMaximum(double percent, long now) {
    return new TokenBucket(percent, 2, 0, Long.MAX_VALUE, now);
  }

  /**
   * A bucket that promises its rate: what could not be had in one period may be had in the next
   * ones, and what was had beyond it, while nobody else wanted it, is not owed.
   */
  static TokenBucket ofShare(double percent, long now) {
    return new TokenBucket(percent, SHARE_PERIODS, SHARE_SAVINGS, SHARE_DEBT, now);
  }

  /** Who wanted nothing for a while may save up no more than it needs to be served soon. */
  void forgetOld(long now) {
    tokens = Math.min(available(now), Math.max(SLEEPER_PERIODS * perPeriod, leastSavings));
  }

  /** Changes the rate, from the next refill on. */
  void setPercent(double percent, long now) {
    available(now);
    perPeriod = Math.round(PERIOD * percent / 100);
    tokens = Math.min(tokens, savings());
  }

  private long savings() {
    return Math.max(periodsSaved * perPeriod, leastSavings);
  }

  /** Nanoseconds that may be spent at {@code now}; zero or less when empty. */
  long available(long now) {
    long period = now / PERIOD;
    if (period > lastRefill) {
      long missed = Math.min(period - lastRefill, 1_000_000);
      tokens = Math.min(savings(), tokens + missed * perPeriod);
      lastRefill = period;
    }
    return tokens;
  }

  /**
   * In how many periods what is in the bucket came in; 0 if that is nothing out of the ordinary.
   */
  double lateness(long now) {
    long saved = available(now);
    boolean late = saved > Math.max(perPeriod + perPeriod / 2, leastSavings / 2);
    return late ? (double) saved / Math.max(1, perPeriod) : 0;
  }

  void spend(long nanos, long now) {
    tokens = Math.max(available(now) - nanos, -greatestDebt);
  }

  /** When an empty bucket has tokens again. */
  long refilledAt(long now) {
    long periods = perPeriod == 0 ? 1 : Math.max(1, -available(now) / perPeriod + 1);
    return (now / PERIOD + periods) * PERIOD;
  }
}
