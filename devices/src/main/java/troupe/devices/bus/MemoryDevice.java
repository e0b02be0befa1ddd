package troupe.devices.bus;

/**
 * What a chip shows to the memory address space (a frame buffer, registers). Offsets are relative
 * to the window the chip was mapped at. Values are unsigned in the low bits of an int. Nothing a
 * guest does here may throw.
 */
public interface MemoryDevice {
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
