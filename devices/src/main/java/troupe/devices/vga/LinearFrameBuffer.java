package troupe.devices.vga;

import static troupe.devices.vga.VideoMemory.INT;
import static troupe.devices.vga.VideoMemory.SHORT;

import troupe.devices.bus.MemoryDevice;

/** Video memory as one row of bytes. Offsets past its end wrap. */
final class LinearFrameBuffer implements MemoryDevice {
  private final VideoMemory owner;
  private final byte[] memory;
  private final int mask;

  LinearFrameBuffer(VideoMemory owner) {
    this.owner = owner;
    memory = owner.bytes();
    mask = memory.length - 1;
  }

  @Override
  public int read8(int offset) {
    return memory[offset & mask] & 0xFF;
  }

  @Override
  public void write8(int offset, int value) {
    owner.changed();
    memory[offset & mask] = (byte) value;
  }

  @Override
  public int read16(int offset) {
    int at = offset & mask;
    return at < mask ? (short) SHORT.get(memory, at) & 0xFFFF : MemoryDevice.super.read16(offset);
  }

  @Override
  public void write16(int offset, int value) {
    int at = offset & mask;
    if (at < mask) {
      owner.changed();
      SHORT.set(memory, at, (short) value);
    } else {
      MemoryDevice.super.write16(offset, value);
    }
  }

  @Override
  public int read32(int offset) {
    int at = offset & mask;
    return at < mask - 2 ? (int) INT.get(memory, at) : MemoryDevice.super.read32(offset);
  }

  @Override
  public void write32(int offset, int value) {
    int at = offset & mask;
    if (at < mask - 2) {
      owner.changed();
      INT.set(memory, at, value);
    } else {
      MemoryDevice.super.write32(offset, value);
    }
  }
}
