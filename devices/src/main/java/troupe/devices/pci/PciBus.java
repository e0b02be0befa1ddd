package troupe.devices.pci;

import troupe.devices.bus.MemorySpace;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.state.Chip;

/**
 * PCI bus 0 and the host bridge's configuration mechanism #1 ([PCI 2.1] Configuration Mechanism
 * #1): CONFIG_ADDRESS at offset 0 (port CF8h), CONFIG_DATA at offsets 4 to 7. Only a 32-bit access
 * reaches CONFIG_ADDRESS; narrower ones at those ports are ordinary I/O. Cycles that no function
 * answers end in a master abort: reads give all ones.
 */
public final class PciBus implements PortDevice, Chip<PciBus.State> {
  /** The port of CONFIG_ADDRESS and the count of ports to attach the bus at. */
  public static final int PORT = 0xCF8;

  public static final int PORT_COUNT = 8;

  /** CONFIG_ADDRESS. */
  public record State(int address) {}

  private static final int DATA = 4;
  private static final int ADDRESS_ENABLE = 1 << 31;
  private static final int ADDRESS_MASK = 0x80FF_FFFC;
  private static final int DEVICES = 32;
  private static final int FUNCTIONS = 8;

  private final PortSpace ports;
  private final MemorySpace memory;
  private final PciFunction[] functions = new PciFunction[DEVICES * FUNCTIONS];
  private int address;

  /** A bus whose functions open their windows in {@code ports} and {@code memory}. */
  public PciBus(PortSpace ports, MemorySpace memory) {
    this.ports = ports;
    this.memory = memory;
  }

  /** Puts {@code function} on the bus, as function {@code number} (0 to 7) of {@code device}. */
  public void attach(int device, int number, PciFunction function) {
    if (functions[device * FUNCTIONS + number] != null) {
      throw new IllegalStateException("PCI function %d.%d is taken".formatted(device, number));
    }
    functions[device * FUNCTIONS + number] = function;
    function.connect(ports, memory);
    PciFunction first = functions[device * FUNCTIONS];
    for (int i = 1; first != null && i < FUNCTIONS; i++) {
      if (functions[device * FUNCTIONS + i] != null) {
        first.markMultifunction();
      }
    }
  }

  @Override
  public int read8(int offset) {
    return read(offset, 1);
  }

  @Override
  public int read16(int offset) {
    return read(offset, 2);
  }

  @Override
  public int read32(int offset) {
    return offset == 0 ? address : read(offset, 4);
  }

  @Override
  public void write8(int offset, int value) {
    write(offset, 1, value);
  }

  @Override
  public void write16(int offset, int value) {
    write(offset, 2, value);
  }

  @Override
  public void write32(int offset, int value) {
    if (offset == 0) {
      address = value & ADDRESS_MASK;
    } else {
      write(offset, 4, value);
    }
  }

  @Override
  public void reset() {
    address = 0;
  }

  @Override
  public State save() {
    return new State(address);
  }

  @Override
  public void restore(State state) {
    address = state.address() & ADDRESS_MASK;
  }

  private int read(int offset, int bytes) {
    PciFunction function = addressed(offset);
    int value = -1;
    if (function != null) {
      value = function.readCycle(register(offset), Math.min(bytes, 2 * DATA - offset));
    }
    return bytes == 4 ? value : value & (1 << 8 * bytes) - 1;
  }

  private void write(int offset, int bytes, int value) {
    PciFunction function = addressed(offset);
    if (function != null) {
      function.writeCycle(register(offset), Math.min(bytes, 2 * DATA - offset), value);
    }
  }

  private PciFunction addressed(int offset) {
    boolean busZero = (address >>> 16 & 0xFF) == 0;
    if (offset < DATA || (address & ADDRESS_ENABLE) == 0 || !busZero) {
      return null;
    }
    return functions[address >>> 8 & 0xFF];
  }

  private int register(int offset) {
    return address & 0xFC | offset & 3;
  }
}
