package troupe.devices.i82443bx;

/**
 * What the host bridge decides about the first MiB: whether an access goes to DRAM or to the bus
 * behind it (ROM, video memory).
 */
public interface ShadowControl {
  /**
   * For {@code length} bytes from {@code base}, both multiples of 4 KiB: reads and writes go to
   * DRAM where true, to the PCI bus where false.
   */
  void shadow(int base, int length, boolean readRam, boolean writeRam);
}
