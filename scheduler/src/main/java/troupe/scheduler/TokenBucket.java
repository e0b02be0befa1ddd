package troupe.scheduler;

/**
 * CPU nanoseconds that may be spent, refilled once every period. An overdraft is carried over, so
 * that the mean never exceeds the rate; savings are not, beyond one period's worth.
 */
final class TokenBucket {
  /** Nanoseconds between refills, the same instants for every VM. */
  static final long PERIOD = 10_000_000;

  private long perPeriod;
  private long tokens;
  private long lastRefill;

  TokenBucket(int percent, long now) {
    lastRefill = now / PERIOD;
    setPercent(percent);
    tokens = perPeriod;
  }

  void setPercent(int percent) {
    perPeriod = PERIOD * percent / 100;
    tokens = Math.min(tokens, perPeriod);
  }

  /** Nanoseconds that may be spent at {@code now}; zero or less when empty. */
  long available(long now) {
    long period = now / PERIOD;
    if (period > lastRefill) {
      long missed = Math.min(period - lastRefill, 1_000_000);
      tokens = Math.min(perPeriod, tokens + missed * perPeriod);
      lastRefill = period;
    }
    return tokens;
  }

  void spend(long nanos, long now) {
    tokens = available(now) - nanos;
  }

  /** As {@link #spend}, but what is spent past the last token is not owed. */
  void spendAtMost(long nanos, long now) {
    tokens = Math.max(0, available(now) - nanos);
  }

  /** When an empty bucket has tokens again. */
  long refilledAt(long now) {
    long periods = perPeriod == 0 ? 1 : Math.max(1, -available(now) / perPeriod + 1);
    return (now / PERIOD + periods) * PERIOD;
  }
}
