package troupe.devices.bus;

/**
 * What a chip shows to the I/O address space. Offsets are relative to the range the chip was
 * attached at; a chip never learns its port numbers. Values are unsigned in the low bits of an int.
 *
 * <p>Chips whose registers are wider than a byte override the 16- and 32-bit forms; for all others
 * a wide access is split into byte accesses at rising offsets, as an 8-bit device on a wider bus
 * sees it. Nothing a guest does here may throw.
 */
public interface PortDevice {
  /** Value of a register nobody drives. */
  int OPEN_BUS = 0xFF;

  int read8(int offset);

  void write8(int offset, int value);

  default int read16(int offset) {
    return read8(offset) | read8(offset + 1) << 8;
  }

  default void write16(int offset, int value) {
    write8(offset, value & 0xFF);
    write8(offset + 1, value >>> 8 & 0xFF);
  }

  default int read32(int offset) {
    return read16(offset) & 0xFFFF | read16(offset + 2) << 16;
  }

  default void write32(int offset, int value) {
    write16(offset, value & 0xFFFF);
    write16(offset + 2, value >>> 16);
  }
}
