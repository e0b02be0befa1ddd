package troupe.devices.piix4;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;

/** A block of I/O ports that a register moves; a base of 0 closes it. */
final class PortWindow {
  private final PortSpace ports;
  private final PortDevice device;
  private final int size;
  private int base;

  PortWindow(PortSpace ports, PortDevice device, int size) {
    this.ports = ports;
    this.device = device;
    this.size = size;
  }

  void move(int wanted) {
    if (wanted == base) {
      return;
    }
    if (base != 0) {
      ports.detach(base, size, device);
    }
    base = wanted;
    if (base != 0) {
      ports.attach(base, size, device);
    }
  }
}
