package troupe.devices.pci;

import static troupe.devices.pci.PciRegisters.BASE_ADDRESS_0;
import static troupe.devices.pci.PciRegisters.CACHE_LINE_SIZE;
import static troupe.devices.pci.PciRegisters.CLASS_CODE;
import static troupe.devices.pci.PciRegisters.COMMAND;
import static troupe.devices.pci.PciRegisters.COMMAND_BUS_MASTER;
import static troupe.devices.pci.PciRegisters.COMMAND_IO_SPACE;
import static troupe.devices.pci.PciRegisters.COMMAND_MEMORY_SPACE;
import static troupe.devices.pci.PciRegisters.COMMAND_OTHERS;
import static troupe.devices.pci.PciRegisters.DEVICE_ID;
import static troupe.devices.pci.PciRegisters.HEADER_TYPE;
import static troupe.devices.pci.PciRegisters.HEADER_TYPE_MULTIFUNCTION;
import static troupe.devices.pci.PciRegisters.INTERRUPT_LINE;
import static troupe.devices.pci.PciRegisters.INTERRUPT_PIN;
import static troupe.devices.pci.PciRegisters.LATENCY_TIMER;
import static troupe.devices.pci.PciRegisters.REVISION_ID;
import static troupe.devices.pci.PciRegisters.SIZE;
import static troupe.devices.pci.PciRegisters.STATUS;
import static troupe.devices.pci.PciRegisters.STATUS_CLEARED_BY_ONES;
import static troupe.devices.pci.PciRegisters.STATUS_DEVSEL_MEDIUM;
import static troupe.devices.pci.PciRegisters.SUBSYSTEM_ID;
import static troupe.devices.pci.PciRegisters.SUBSYSTEM_VENDOR_ID;
import static troupe.devices.pci.PciRegisters.VENDOR_ID;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.MemorySpace;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The configuration space of one PCI function, header type 0: which bits a write changes, and the
 * windows that its base address registers open in I/O and memory space while the command register
 * allows it. A chip makes one, declares its registers once in its constructor, and is told of
 * writes by {@link #onWrite}. Functions have no capability list.
 *
 * <p>The windows open on the bus it is attached to ({@link PciBus#attach}).
 */
public final class PciFunction implements Chip<PciFunction.State> {
  /** All 256 bytes. */
  public record State(byte[] registers) {}

  private record Listener(int first, int last, Runnable action) {}

  private final byte[] initial = new byte[SIZE];
  private final byte[] writable = new byte[SIZE];
  private final byte[] clearedByOnes = new byte[SIZE];
  private final byte[] registers = new byte[SIZE];
  private final List<BaseAddress> baseAddresses = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();

  /**
   * @param classCode base class, sub-class and programming interface, 24 bits
   */
  public PciFunction(int vendor, int device, int revision, int classCode) {
    register(VENDOR_ID, 2, vendor, 0);
    register(DEVICE_ID, 2, device, 0);
    register(REVISION_ID, 1, revision, 0);
    register(CLASS_CODE, 3, classCode, 0);
    register(COMMAND, 2, 0, COMMAND_BUS_MASTER | COMMAND_OTHERS);
    register(STATUS, 2, STATUS_DEVSEL_MEDIUM, 0);
    clearedByOnes(STATUS, 2, STATUS_CLEARED_BY_ONES);
    register(CACHE_LINE_SIZE, 1, 0, 0xFF);
    register(LATENCY_TIMER, 1, 0, 0xF8);
    register(INTERRUPT_LINE, 1, 0, 0xFF);
  }

  /**
   * Declares the register of {@code bytes} (1 to 4) bytes at {@code offset}: its value after reset
   * and the bits that a guest may write. Overrides an earlier declaration.
   */
  public PciFunction register(int offset, int bytes, int reset, int writableMask) {
    for (int i = 0; i < bytes; i++) {
      initial[offset + i] = (byte) (reset >>> 8 * i);
      writable[offset + i] = (byte) (writableMask >>> 8 * i);
      clearedByOnes[offset + i] = 0;
      registers[offset + i] = initial[offset + i];
    }
    return this;
  }

  /** Declares bits that a write of one clears, and that only the chip sets. */
  public PciFunction clearedByOnes(int offset, int bytes, int mask) {
    for (int i = 0; i < bytes; i++) {
      clearedByOnes[offset + i] = (byte) (mask >>> 8 * i);
    }
    return this;
  }

  public PciFunction subsystem(int vendor, int id) {
    register(SUBSYSTEM_VENDOR_ID, 2, vendor, 0);
    return register(SUBSYSTEM_ID, 2, id, 0);
  }

  /** The interrupt pin that the function drives: 1 is INTA#, 4 is INTD#. */
  public PciFunction interruptPin(int pin) {
    return register(INTERRUPT_PIN, 1, pin, 0);
  }

  /**
   * Gives base address register {@code index} (0 to 5) a window of {@code size} bytes (a power of
   * two from 4 to 256) in I/O space.
   */
  public PciFunction ioBar(int index, int size, PortDevice device) {
    if (Integer.bitCount(size) != 1 || size < 4 || size > 256) {
      throw new IllegalArgumentException("not a size for an I/O window: " + size);
    }
    permit(COMMAND_IO_SPACE);
    register(barOffset(index), 4, PciRegisters.BASE_ADDRESS_IO, -size);
    baseAddresses.add(new IoBaseAddress(barOffset(index), size, device));
    return this;
  }

  /**
   * Gives base address register {@code index} (0 to 5) a window of {@code size} bytes (a power of
   * two from 16 to 1 GiB) anywhere in 32-bit memory space, not prefetchable.
   */
  public PciFunction memoryBar(int index, int size, MemoryDevice device) {
    if (Integer.bitCount(size) != 1 || size < 16) {
      throw new IllegalArgumentException("not a size for a memory window: " + size);
    }
    permit(COMMAND_MEMORY_SPACE);
    register(barOffset(index), 4, 0, -size);
    baseAddresses.add(new MemoryBaseAddress(barOffset(index), size, device));
    return this;
  }

  /** Lets the guest set {@code bits} of the command register, for a chip with fixed addresses. */
  public PciFunction permit(int bits) {
    writable[COMMAND] |= (byte) bits;
    writable[COMMAND + 1] |= (byte) (bits >>> 8);
    return this;
  }

  /**
   * Runs {@code action} after each write that touches a byte from {@code first} to {@code last},
   * and after a reset or a restore.
   */
  public PciFunction onWrite(int first, int last, Runnable action) {
    listeners.add(new Listener(first, last, action));
    return this;
  }

  public int read8(int offset) {
    return registers[offset] & 0xFF;
  }

  public int read16(int offset) {
    return read8(offset) | read8(offset + 1) << 8;
  }

  public int read32(int offset) {
    return read16(offset) | read16(offset + 2) << 16;
  }

  /** Sets a register from the chip's side, past the write masks and without telling anybody. */
  public void set8(int offset, int value) {
    registers[offset] = (byte) value;
  }

  public boolean ioEnabled() {
    return (read16(COMMAND) & COMMAND_IO_SPACE) != 0;
  }

  public boolean memoryEnabled() {
    return (read16(COMMAND) & COMMAND_MEMORY_SPACE) != 0;
  }

  public boolean busMasterEnabled() {
    return (read16(COMMAND) & COMMAND_BUS_MASTER) != 0;
  }

  /** Reads {@code bytes} (1, 2 or 4) bytes at {@code offset}, as a configuration cycle does. */
  int readCycle(int offset, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= read8(offset + i) << 8 * i;
    }
    return value;
  }

  /** Writes {@code bytes} (1, 2 or 4) bytes at {@code offset}, as a configuration cycle does. */
  void writeCycle(int offset, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      int at = offset + i;
      int written = value >>> 8 * i & 0xFF;
      int kept = registers[at] & ~writable[at] & ~(written & clearedByOnes[at]);
      registers[at] = (byte) (kept | written & writable[at]);
    }
    if (offset < INTERRUPT_LINE) {
      moveWindows();
    }
    tell(offset, offset + bytes - 1);
  }

  void connect(PortSpace ports, MemorySpace memory) {
    for (BaseAddress baseAddress : baseAddresses) {
      baseAddress.connect(ports, memory);
    }
    moveWindows();
  }

  void markMultifunction() {
    register(HEADER_TYPE, 1, initial[HEADER_TYPE] | HEADER_TYPE_MULTIFUNCTION, 0);
  }

  @Override
  public void reset() {
    System.arraycopy(initial, 0, registers, 0, SIZE);
    moveWindows();
    tell(0, SIZE - 1);
  }

  @Override
  public State save() {
    return new State(registers.clone());
  }

  @Override
  public void restore(State state) throws BadStateException {
    byte[] saved = state.registers();
    if (saved == null || saved.length != SIZE) {
      throw new BadStateException("configuration space is not 256 bytes");
    }
    if (!Arrays.equals(saved, 0, COMMAND, initial, 0, COMMAND)
        || !Arrays.equals(
            saved, REVISION_ID, CACHE_LINE_SIZE, initial, REVISION_ID, CACHE_LINE_SIZE)) {
      throw new BadStateException(
          "configuration space is of another PCI function than %04x:%04x"
              .formatted(read16(VENDOR_ID), read16(DEVICE_ID)));
    }
    System.arraycopy(saved, 0, registers, 0, SIZE);
    for (int i = BASE_ADDRESS_0; i < BASE_ADDRESS_0 + 6 * 4; i++) {
      registers[i] = (byte) (initial[i] & ~writable[i] | saved[i] & writable[i]);
    }
    moveWindows();
    tell(0, SIZE - 1);
  }

  private void moveWindows() {
    for (BaseAddress baseAddress : baseAddresses) {
      boolean enabled = baseAddress.inMemory() ? memoryEnabled() : ioEnabled();
      baseAddress.move(enabled, read32(baseAddress.offset()));
    }
  }

  private void tell(int first, int last) {
    for (Listener listener : listeners) {
      if (listener.first <= last && first <= listener.last) {
        listener.action.run();
      }
    }
  }

  private static int barOffset(int index) {
    if (index < 0 || index > 5) {
      throw new IllegalArgumentException("no base address register " + index);
    }
    return BASE_ADDRESS_0 + 4 * index;
  }
}
