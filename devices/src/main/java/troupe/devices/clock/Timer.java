package troupe.devices.clock;

/** One alarm of a chip on its {@link Clock}. Not part of saved state: restore arms it anew. */
public interface Timer {
  /** Arms, or re-arms, for the virtual time {@code nanos}. A time already past is due at once. */
  void schedule(long nanos);

  void cancel();
}
