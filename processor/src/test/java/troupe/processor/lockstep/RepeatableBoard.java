package troupe.processor.lockstep;

import troupe.processor.IoBus;
import troupe.processor.Processor;
import troupe.processor.Surroundings;
import troupe.processor.memory.PhysicalMemory;

/**
 * What surrounds one of two processors: ports, a device in memory, interrupts and time that answer
 * by what was done before alone, so that two processors that do the same see the same. All of it
 * goes into one hash.
 */
final class RepeatableBoard implements IoBus, Surroundings, PhysicalMemory.Device {
  /** A write to this port raises the interrupt request. */
  static final int INTERRUPT_PORT = 0x42;

  private Processor processor;
  private long history = 0x9E3779B97F4A7C15L;
  private long time;
  private int nextVector;
  private int[] vectors = {0x20};

  /** The processor whose INTR pin is driven, and the vectors that its interrupts have in turn. */
  void connect(Processor to, int... inTurn) {
    processor = to;
    vectors = inTurn;
  }

  /** Hash of all that the processor did here. */
  long history() {
    return history;
  }

  private int note(int kind, int address, int value) {
    history = mix(history ^ (long) kind << 56 ^ (long) address << 20) + mix(value);
    return (int) (history >>> 17);
  }

  private static long mix(long value) {
    long z = value * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  // ---- Ports

  @Override
  public int read8(int port) {
    return fetched(port) ? (int) mix(port) & 0xFF : note(1, port, 0) & 0xFF;
  }

  /**
   * Whether code is read from the device: how far ahead a processor fetches is its own affair, so
   * that must leave no trace.
   */
  private boolean fetched(int address) {
    int linear = processor.segments.base[Processor.CS] + processor.eip;
    return inDevice(address) && inDevice(linear & FuzzImage.LARGE_PAGE_MASK);
  }

  private static boolean inDevice(int address) {
    return (address & ~PhysicalMemory.PAGE_MASK) == FuzzImage.DEVICE;
  }

  @Override
  public int read16(int port) {
    return note(2, port, 0) & 0xFFFF;
  }

  @Override
  public int read32(int port) {
    return note(3, port, 0);
  }

  @Override
  public void write8(int port, int value) {
    note(4, port, value);
    if (port == INTERRUPT_PORT) {
      processor.setInterruptRequest(true);
    }
  }

  @Override
  public void write16(int port, int value) {
    note(5, port, value);
  }

  @Override
  public void write32(int port, int value) {
    note(6, port, value);
  }

  /** The same as a device in memory. */
  PhysicalMemory.Device device() {
    return this;
  }

  // ---- Surroundings

  @Override
  public int acknowledgeInterrupt() {
    note(7, 0, nextVector);
    processor.setInterruptRequest(false);
    return vectors[nextVector++ % vectors.length];
  }

  @Override
  public long timeStamp() {
    return time += 1000;
  }

  @Override
  public void floatingPointError(boolean asserted) {
    note(8, 0, asserted ? 1 : 0);
  }

  @Override
  public void tripleFault() {
    note(9, 0, 0);
  }

  @Override
  public boolean firmwareCall(Processor caller, int number) {
    return false;
  }
}
