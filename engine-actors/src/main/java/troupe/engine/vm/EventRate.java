package troupe.engine.vm;

/**
 * Lets through what a guest may cause again and again, such as resets, only so often: the event log
 * is for all VMs. Times are nanoseconds from any origin.
 */
final class EventRate {
  /** Events at once. */
  static final int MOST_AT_ONCE = 20;

  /** Between two events from then on. */
  static final long INTERVAL = 5_000_000_000L;

  /** Until when the events that were let through have used up the time; at most the burst ahead. */
  private long usedUntil;

  private long leftOut;
  private boolean begun;

  /** Counts an event; false if it is to be left out. */
  boolean next(long now) {
    if (!begun || usedUntil - now < 0) {
      begun = true;
      usedUntil = now;
    }
    if (usedUntil - now > (MOST_AT_ONCE - 1) * INTERVAL) {
      leftOut++;
      return false;
    }
    usedUntil += INTERVAL;
    return true;
  }

  /** How many were left out since the last call. */
  long takeLeftOut() {
    long count = leftOut;
    leftOut = 0;
    return count;
  }
}
