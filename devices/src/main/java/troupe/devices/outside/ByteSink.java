package troupe.devices.outside;

/** Where a serial or parallel port puts the bytes that the guest sends. */
@FunctionalInterface
public interface ByteSink {
  /** A sink that drops everything. */
  ByteSink NONE = value -> true;

  /**
   * Takes one byte (0 to 255). False when there is no room: the port then keeps the byte, stays
   * busy, and offers it again when told by its {@code sinkReady()}.
   */
  boolean offer(int value);
}
