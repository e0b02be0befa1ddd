package troupe.board;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Virtual time at the pace of host time, made smooth. A host thread stands still now and then, for
 * other threads or other VMs; if the guest's time jumped by as much, its calibration loops would
 * fail and its ticks be lost. So time never passes faster than executed instructions allow, at
 * their usual cost; what it lags behind host time is made up for by letting instructions cost more,
 * the more the larger the lag. Past two seconds the rest is lost for good, as on a PC that was
 * stopped.
 *
 * <p>There is a limit to what an instruction costs: the clock of a guest that gets too little of
 * the host falls behind, for if it kept up the guest would do nothing but serve its timer.
 *
 * <p>While an interrupt waits that the guest does not take yet, time passes slowly for a while: a
 * stretch of code with interrupts off that takes this processor longer than one of its time must
 * not make the next tick fall onto one that is still waiting.
 */
final class HostTime implements VirtualTime {
  private static final long LONGEST_LAG = 2_000_000_000;

  /** Each this much of lag makes an instruction once more as long. */
  private static final double LAG_STEP = 40_000_000;

  private static final double LEAST_CATCH_UP = 1.25;

  /** Passes at each look if host time did, so that two looks differ within a block as well. */
  private static final long SHORTEST_STEP = 200;

  /** Of the usual cost of an instruction, while an interrupt waits. */
  private static final double SLOWED = 0.25;

  /** A guest that has not taken an interrupt for this long does not mean to. */
  private static final long LONGEST_WAIT = 10_000_000;

  private static final double CHEAPEST_INSTRUCTION = 4;
  private static final double DEAREST_INSTRUCTION = 200;

  /** While lag is made up for: 16,000 instructions for each of 250 ticks a second. */
  private static final double DEAREST_CATCH_UP = DEAREST_INSTRUCTION * LEAST_CATCH_UP;

  private static final double USUAL_INSTRUCTION = 15;

  /** Weight of the latest quantum in the usual cost of an instruction. */
  private static final double SMOOTHING = 1.0 / 16;

  private static final long SHORTEST_QUANTUM = 500;
  private static final long LONGEST_QUANTUM = 10_000;

  private final LongSupplier host;
  private final LongSupplier instructions;
  private final BooleanSupplier interruptWaiting;
  private long virtual;

  /** When the interrupt that waits began to, or {@link Long#MAX_VALUE}. */
  private long waitingSince = Long.MAX_VALUE;

  private long lag;
  private boolean held = true;
  private long lastHost;
  private long lastInstructions;
  private double cost = USUAL_INSTRUCTION;
  private long quantumHost;
  private long quantumInstructions;

  /**
   * @param host nanoseconds from any origin, never going back
   * @param instructions executed so far
   * @param interruptWaiting level of INTR
   */
  HostTime(LongSupplier host, LongSupplier instructions, BooleanSupplier interruptWaiting) {
    this.host = host;
    this.instructions = instructions;
    this.interruptWaiting = interruptWaiting;
  }

  @Override
  public long nanos() {
    if (held) {
      return virtual;
    }
    takeElapsed();
    long executed = instructions.getAsLong();
    long room = (long) ((executed - lastInstructions) * effectiveCost()) + SHORTEST_STEP;
    lastInstructions = executed;
    long step = Math.min(lag, room);
    lag -= step;
    virtual += step;
    return virtual;
  }

  private void takeElapsed() {
    long now = host.getAsLong();
    lag = Math.min(lag + Math.max(0, now - lastHost), LONGEST_LAG);
    lastHost = now;
  }

  private double effectiveCost() {
    if (!interruptWaiting.getAsBoolean()) {
      waitingSince = Long.MAX_VALUE;
    } else if (waitingSince == Long.MAX_VALUE) {
      waitingSince = virtual;
    }
    if (waitingSince <= virtual && virtual - waitingSince < LONGEST_WAIT) {
      return cost * SLOWED;
    }
    return Math.min(cost * (LEAST_CATCH_UP + lag / LAG_STEP), DEAREST_CATCH_UP);
  }

  @Override
  public void begin() {
    quantumHost = host.getAsLong();
    quantumInstructions = instructions.getAsLong();
  }

  @Override
  public long quantum(long nextAlarm) {
    long executed = instructions.getAsLong() - quantumInstructions;
    if (executed >= SHORTEST_QUANTUM) {
      double latest = (double) (lastHost - quantumHost) / executed;
      cost += (Math.clamp(latest, CHEAPEST_INSTRUCTION, DEAREST_INSTRUCTION) - cost) * SMOOTHING;
    }
    quantumHost = lastHost;
    quantumInstructions += executed;
    double toAlarm = (nextAlarm - virtual) / effectiveCost();
    return (long) Math.clamp(toAlarm, SHORTEST_QUANTUM, LONGEST_QUANTUM);
  }

  @Override
  public boolean idle(long nextAlarm) {
    if (held) {
      return virtual >= nextAlarm;
    }
    takeElapsed();
    long step = Math.clamp(nextAlarm - virtual, 0, lag);
    virtual += step;
    lag -= step;
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
    waitingSince = Long.MAX_VALUE;
    lastHost = host.getAsLong();
    lastInstructions = instructions.getAsLong();
  }
}
