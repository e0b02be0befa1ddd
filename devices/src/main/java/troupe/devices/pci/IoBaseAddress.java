package troupe.devices.pci;

import troupe.devices.bus.MemorySpace;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;

/** A window in I/O space. A base of 0 is not assigned yet; past 64 KiB nothing can reach it. */
final class IoBaseAddress implements BaseAddress {
  private static final int NOWHERE = 0;

  private final int offset;
  private final int size;
  private final PortDevice device;
  private PortSpace ports;
  private int base = NOWHERE;

  IoBaseAddress(int offset, int size, PortDevice device) {
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
    return false;
  }

  @Override
  public void connect(PortSpace ports, MemorySpace memory) {
    this.ports = ports;
  }

  @Override
  public void move(boolean enabled, int register) {
    int wanted = register & -size;
    if (!enabled || wanted >>> 16 != 0) {
      wanted = NOWHERE;
    }
    if (ports == null || wanted == base) {
      return;
    }
    if (base != NOWHERE) {
      ports.detach(base, size, device);
    }
    base = wanted;
    if (base != NOWHERE) {
      ports.attach(base, size, device);
    }
  }
}
