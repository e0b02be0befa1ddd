package troupe.board.kernel;

import java.util.List;

/**
 * A piece of the memory map that a kernel is handed ([ACPI] System Address Map Interfaces).
 *
 * @param base first byte, physical
 * @param length in bytes
 * @param type {@link #RAM} or {@link #RESERVED}
 */
public record MemoryRange(long base, long length, int type) {
  public static final int RAM = 1;
  public static final int RESERVED = 2;

  private static final long ONE_MIB = 0x10_0000;
  private static final long SYSTEM_ROM = 0xF_0000;
  private static final long VIDEO_MEMORY = 0xA_0000;

  /**
   * The map of a PC with {@code memory} bytes of RAM of which {@code low} are free below 640 KiB.
   */
  static List<MemoryRange> of(long memory, long low) {
    return List.of(
        new MemoryRange(0, low, RAM),
        new MemoryRange(low, VIDEO_MEMORY - low, RESERVED),
        new MemoryRange(SYSTEM_ROM, ONE_MIB - SYSTEM_ROM, RESERVED),
        new MemoryRange(ONE_MIB, memory - ONE_MIB, RAM));
  }
}
