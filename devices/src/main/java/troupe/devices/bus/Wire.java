package troupe.devices.bus;

/**
 * One end of a level signal: an interrupt request line, A20M#, a gate. A chip drives the wire it
 * was given and does not know where it ends. Setting the level it already has is harmless.
 */
@FunctionalInterface
public interface Wire {
  /** A wire that ends nowhere. */
  Wire NONE = high -> {};

  void set(boolean high);

  /** A short active-high pulse. */
  default void pulse() {
    set(true);
    set(false);
  }
}
