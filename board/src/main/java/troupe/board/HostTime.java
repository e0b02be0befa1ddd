package troupe.board;

import java.util.function.LongSupplier;

/**
 * Virtual time at the pace of host time. While the PC is not run (other VMs are) its time cannot
 * pass, or ticks would be lost: what it lags behind is made up for afterwards, time then going
 * faster the more it lags. Past two seconds the rest is lost for good, as on a PC that was stopped.
 */
final class HostTime implements VirtualTime {
  /** A longer gap between two looks means that the PC was not run in between. */
  private static final long LONGEST_STEP = 2_000_000;

  private static final long LONGEST_LAG = 2_000_000_000;

  /** Each this much of lag makes time once faster. */
  private static final long LAG_STEP = 8_000_000;

  private static final int LEAST_CATCH_UP = 3;

  /** Assumed for quanta alone: 100 million instructions a second. */
  private static final int NANOS_PER_INSTRUCTION = 10;

  private static final long SHORTEST_QUANTUM = 500;
  private static final long LONGEST_QUANTUM = 10_000;

  private final LongSupplier host;
  private long virtual;
  private long lastHost;
  private long lag;
  private boolean held = true;

  /**
   * @param host nanoseconds from any origin, never going back
   */
  HostTime(LongSupplier host) {
    this.host = host;
  }

  @Override
  public long nanos() {
    if (held) {
      return virtual;
    }
    long passed = elapsed();
    if (passed > LONGEST_STEP) {
      lag = Math.min(lag + passed - LONGEST_STEP, LONGEST_LAG);
      passed = LONGEST_STEP;
    }
    if (lag > 0) {
      long more = Math.min(lag, passed * (LEAST_CATCH_UP + lag / LAG_STEP));
      lag -= more;
      passed += more;
    }
    virtual += passed;
    return virtual;
  }

  private long elapsed() {
    long now = host.getAsLong();
    long passed = Math.max(0, now - lastHost);
    lastHost = now;
    return passed;
  }

  @Override
  public long quantum(long nextAlarm) {
    long instructions = (nextAlarm - virtual) / NANOS_PER_INSTRUCTION;
    return Math.clamp(instructions, SHORTEST_QUANTUM, LONGEST_QUANTUM);
  }

  @Override
  public boolean idle(long nextAlarm) {
    if (held) {
      return virtual >= nextAlarm;
    }
    long passed = elapsed() + lag;
    long step = Math.clamp(nextAlarm - virtual, 0, passed);
    virtual += step;
    lag = Math.min(passed - step, LONGEST_LAG);
    return virtual >= nextAlarm;
  }

  @Override
  public long hostNanosTo(long nextAlarm) {
    if (nextAlarm == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long since = held ? 0 : Math.max(0, host.getAsLong() - lastHost);
    return Math.max(0, nextAlarm - virtual - lag - since);
  }

  @Override
  public void hold() {
    if (!held) {
      nanos();
      held = true;
    }
  }

  @Override
  public void resume() {
    if (held) {
      held = false;
      lastHost = host.getAsLong();
    }
  }

  @Override
  public void set(long nanos) {
    virtual = nanos;
    lag = 0;
    lastHost = host.getAsLong();
  }
}
