package troupe.devices.bus;

/**
 * Memory as a bus-mastering chip sees it: physical addresses, no paging, no segments. Addresses are
 * unsigned 32-bit. Reads of nothing give all ones, writes to nothing are lost; neither throws.
 */
public interface BusMaster {
  void read(int address, byte[] target, int offset, int length);

  void write(int address, byte[] source, int offset, int length);

  /** Reads a little-endian 32-bit value. */
  default int read32(int address) {
    byte[] b = new byte[4];
    read(address, b, 0, 4);
    return b[0] & 0xFF | (b[1] & 0xFF) << 8 | (b[2] & 0xFF) << 16 | b[3] << 24;
  }

  /** Writes a little-endian 32-bit value. */
  default void write32(int address, int value) {
    byte[] b = {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)};
    write(address, b, 0, 4);
  }
}
