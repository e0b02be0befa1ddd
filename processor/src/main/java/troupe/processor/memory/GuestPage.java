package troupe.processor.memory;

/** Accesses within one page of guest memory, little-endian, of any alignment. */
public final class GuestPage {
  private GuestPage() {}

  /** Zero-extended. */
  public static int read8(byte[] page, int offset) {
    return page[offset] & 0xFF;
  }

  /** Zero-extended. */
  public static int read16(byte[] page, int offset) {
    return (short) PhysicalMemory.SHORT.get(page, offset) & 0xFFFF;
  }

  public static int read32(byte[] page, int offset) {
    return (int) PhysicalMemory.INT.get(page, offset);
  }

  public static long read64(byte[] page, int offset) {
    return (long) PhysicalMemory.LONG.get(page, offset);
  }

  public static void write8(byte[] page, int offset, int value) {
    page[offset] = (byte) value;
  }

  public static void write16(byte[] page, int offset, int value) {
    PhysicalMemory.SHORT.set(page, offset, (short) value);
  }

  public static void write32(byte[] page, int offset, int value) {
    PhysicalMemory.INT.set(page, offset, value);
  }

  public static void write64(byte[] page, int offset, long value) {
    PhysicalMemory.LONG.set(page, offset, value);
  }
}
