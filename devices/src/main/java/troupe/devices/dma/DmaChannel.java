package troupe.devices.dma;

/**
 * One DMA channel as the device on it sees it. The device asks for service whenever it has bytes;
 * transfers take no time.
 */
public interface DmaChannel {
  /**
   * Whether a request would be served: the channel is unmasked and its controller enabled. After
   * terminal count a channel without autoinitialization masks itself.
   */
  boolean ready();

  /**
   * Moves bytes from the device to memory (a "write" or "verify" transfer). Stops early at terminal
   * count; moves nothing when not {@link #ready()} or when programmed for the other direction.
   *
   * @param length in bytes; on a 16-bit channel even
   * @return bytes taken
   */
  int toMemory(byte[] source, int offset, int length);

  /** Moves bytes from memory to the device (a "read" transfer); otherwise as {@link #toMemory}. */
  int fromMemory(byte[] target, int offset, int length);

  /** Whether the last transfer ended in terminal count (the TC pin). */
  boolean terminalCount();
}
