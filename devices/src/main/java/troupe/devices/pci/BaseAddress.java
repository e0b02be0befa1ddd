package troupe.devices.pci;

import troupe.devices.bus.MemorySpace;
import troupe.devices.bus.PortSpace;

/** One base address register and the window it opens ([PCI 2.1] Base Addresses). */
sealed interface BaseAddress permits IoBaseAddress, MemoryBaseAddress {
  /** Offset of the register in configuration space. */
  int offset();

  boolean inMemory();

  void connect(PortSpace ports, MemorySpace memory);

  /** Puts the window where {@code register} says, or nowhere. */
  void move(boolean enabled, int register);
}
