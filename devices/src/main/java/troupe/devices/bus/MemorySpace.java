package troupe.devices.bus;

/**
 * The physical memory address space as a chip with address registers sees it: windows appear, move
 * and go. RAM and the system ROM win over windows; where windows overlap, which one answers is not
 * defined. The machine implements it over the processor's memory map.
 */
public interface MemorySpace {
  /**
   * Makes {@code device} answer from {@code base} (unsigned) for {@code length} bytes, its offsets
   * counting from 0. A window that would pass the end of the 4 GiB space ends there. A device has
   * one window at a time: {@link #unmap} it first.
   */
  void map(MemoryDevice device, int base, int length);

  /** Takes the window of {@code device} away; harmless if it has none. */
  void unmap(MemoryDevice device);
}
