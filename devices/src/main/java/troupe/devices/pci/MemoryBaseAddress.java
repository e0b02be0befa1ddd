package troupe.devices.pci;

import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.MemorySpace;
import troupe.devices.bus.PortSpace;

/** A window in memory space. A base of 0 is not assigned yet. */
final class MemoryBaseAddress implements BaseAddress {
  private static final int NOWHERE = 0;

  private final int offset;
  private final int size;
  private final MemoryDevice device;
  private MemorySpace memory;
  private int base = NOWHERE;

  MemoryBaseAddress(int offset, int size, MemoryDevice device) {
    this.offset = offset;
    this.size = size;
    this.device = device;
  }

  @Override
  public int offset() {
    return offset;
  }

  @Override
  public boolean inMemory() {
    return true;
  }

  @Override
  public void connect(PortSpace ports, MemorySpace memory) {
    this.memory = memory;
  }

  @Override
  public void move(boolean enabled, int register) {
    int wanted = enabled ? register & -size : NOWHERE;
    if (memory == null || wanted == base) {
      return;
    }
    if (base != NOWHERE) {
      memory.unmap(device);
    }
    base = wanted;
    if (base != NOWHERE) {
      memory.map(device, base, size);
    }
  }
}
