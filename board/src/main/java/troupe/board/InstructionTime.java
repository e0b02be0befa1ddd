package troupe.board;

import java.util.function.LongSupplier;

/**
 * Virtual time that passes by executed instructions, eight nanoseconds each, and jumps to the next
 * alarm when the processor waits. The jump itself waits for as long of host time, so that a guest
 * that waits for a user does not see hours pass; what the guest sees does not depend on it.
 *
 * <p>Alarms are looked at after instruction counts that depend on virtual time alone, never on when
 * a slice of host time ends.
 */
final class InstructionTime implements VirtualTime {
  static final int NANOS_PER_INSTRUCTION = 8;
  private static final long QUANTUM = 10_000;

  private final LongSupplier host;
  private final LongSupplier instructions;
  private long base;
  private boolean waiting;
  private boolean held = true;
  private long instructionsAtWait;
  private long hostAtWait;
  private long waited;

  /**
   * @param host nanoseconds from any origin, never going back
   * @param instructions executed so far
   */
  InstructionTime(LongSupplier host, LongSupplier instructions) {
    this.host = host;
    this.instructions = instructions;
  }

  @Override
  public long nanos() {
    return base + instructions.getAsLong() * NANOS_PER_INSTRUCTION;
  }

  @Override
  public void begin() {}

  @Override
  public long quantum(long nextAlarm) {
    long toAlarm = Math.ceilDiv(Math.max(1, nextAlarm - nanos()), NANOS_PER_INSTRUCTION);
    return Math.min(toAlarm, QUANTUM - instructions.getAsLong() % QUANTUM);
  }

  @Override
  public boolean idle(long nextAlarm) {
    if (!waiting || instructionsAtWait != instructions.getAsLong()) {
      waiting = true;
      instructionsAtWait = instructions.getAsLong();
      waited = 0;
      hostAtWait = host.getAsLong();
    }
    if (nextAlarm == Long.MAX_VALUE || hostNanosTo(nextAlarm) > 0) {
      return false;
    }
    waiting = false;
    base += Math.max(0, nextAlarm - nanos());
    return true;
  }

  @Override
  public long hostNanosTo(long nextAlarm) {
    if (nextAlarm == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long so = waited + (waiting && !held ? host.getAsLong() - hostAtWait : 0);
    return Math.max(0, nextAlarm - nanos() - so);
  }

  @Override
  public void hold() {
    if (!held) {
      held = true;
      waited += waiting ? host.getAsLong() - hostAtWait : 0;
    }
  }

  @Override
  public void resume() {
    if (held) {
      held = false;
      hostAtWait = host.getAsLong();
    }
  }

  @Override
  public void set(long nanos) {
    base = nanos - instructions.getAsLong() * NANOS_PER_INSTRUCTION;
    waiting = false;
  }
}
