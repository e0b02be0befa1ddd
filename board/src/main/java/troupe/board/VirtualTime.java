package troupe.board;

import troupe.devices.clock.TimerQueue;

/** Where the nanoseconds of a PC's clock come from while it runs. */
sealed interface VirtualTime extends TimerQueue.Source permits HostTime, InstructionTime {
  /** A slice begins: the PC was not run before it. */
  void begin();

  /** Instructions to run before alarms are looked at again; {@code nextAlarm} in virtual time. */
  long quantum(long nextAlarm);

  /**
   * The processor waits: lets time go on, at most to {@code nextAlarm}. True if it is there, or
   * past it.
   */
  boolean idle(long nextAlarm);

  /** Host nanoseconds that {@link #idle} still needs to get to {@code nextAlarm}. */
  long hostNanosTo(long nextAlarm);

  /** Time stands still until {@link #resume}. */
  void hold();

  void resume();

  /** Sets the present moment, after a restore. */
  void set(long nanos);
}
