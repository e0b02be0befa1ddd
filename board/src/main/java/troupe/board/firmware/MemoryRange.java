package troupe.board.firmware;

/**
 * A piece of the memory map ([ACPI] System Address Map Interfaces).
 *
 * @param base first byte, physical
 * @param length in bytes
 * @param type {@link #RAM} and so on
 */
public record MemoryRange(long base, long length, int type) {
  public static final int RAM = 1;
  public static final int RESERVED = 2;
  public static final int ACPI_RECLAIMABLE = 3;
  public static final int ACPI_NVS = 4;
}
