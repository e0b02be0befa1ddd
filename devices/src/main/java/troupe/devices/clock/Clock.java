package troupe.devices.clock;

/**
 * The virtual time of one PC: nanoseconds since power-on, running only while the PC runs. Chips
 * turn it into their own ticks with {@link Frequency}.
 */
public interface Clock {
  /** Nanoseconds since power-on; never goes back. */
  long now();

  /**
   * Makes a timer, not armed. {@code action} runs on the machine's thread when the timer is due,
   * once for each {@link Timer#schedule}.
   */
  Timer timer(Runnable action);
}
