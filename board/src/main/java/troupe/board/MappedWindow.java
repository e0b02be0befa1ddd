package troupe.board;

import troupe.devices.bus.MemoryDevice;
import troupe.processor.memory.PhysicalMemory;

/**
 * A chip's window at a physical address. Around a window that does not fill its pages nothing
 * answers.
 */
record MappedWindow(MemoryDevice device, int base, int length) implements PhysicalMemory.Device {
  int lastPage() {
    return base + length - 1 >>> PhysicalMemory.PAGE_SHIFT;
  }

  private boolean inside(int address, int bytes) {
    int offset = address - base;
    return offset >= 0 && offset <= length - bytes;
  }

  @Override
  public int read8(int address) {
    return inside(address, 1) ? device.read8(address - base) : 0xFF;
  }

  @Override
  public int read16(int address) {
    return inside(address, 2) ? device.read16(address - base) : 0xFFFF;
  }

  @Override
  public int read32(int address) {
    return inside(address, 4) ? device.read32(address - base) : -1;
  }

  @Override
  public void write8(int address, int value) {
    if (inside(address, 1)) {
      device.write8(address - base, value);
    }
  }

  @Override
  public void write16(int address, int value) {
    if (inside(address, 2)) {
      device.write16(address - base, value);
    }
  }

  @Override
  public void write32(int address, int value) {
    if (inside(address, 4)) {
      device.write32(address - base, value);
    }
  }
}
