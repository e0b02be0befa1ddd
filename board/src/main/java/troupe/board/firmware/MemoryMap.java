package troupe.board.firmware;

import java.util.ArrayList;
import java.util.List;

/** What INT 15h tells of memory: the map of E820h and the sizes of the older functions. */
final class MemoryMap {
  /** Bytes at the top of low RAM that the ACPI tables take. */
  static final int ACPI_BYTES = 0x1_0000;

  /** Of those, the last page is NVS, for the FACS. */
  static final int NVS_BYTES = 0x1000;

  private static final long MIB = 1L << 20;
  private static final long ROM_AT_4_GIB = 0xFFFC_0000L;
  private static final long FOUR_GIB = 1L << 32;

  private final List<MemoryRange> ranges = new ArrayList<>();
  private final long low;

  MemoryMap(FirmwareSettings settings) {
    low = settings.memoryBytes();
    long base = (long) Ebda.SEGMENT << 4;
    ranges.add(new MemoryRange(0, base, MemoryRange.RAM));
    ranges.add(new MemoryRange(base, 0xA0000 - base, MemoryRange.RESERVED));
    ranges.add(new MemoryRange(0xF0000, 0x10000, MemoryRange.RESERVED));
    ranges.add(new MemoryRange(MIB, usable() - MIB, MemoryRange.RAM));
    ranges.add(new MemoryRange(usable(), ACPI_BYTES - NVS_BYTES, MemoryRange.ACPI_RECLAIMABLE));
    ranges.add(new MemoryRange(low - NVS_BYTES, NVS_BYTES, MemoryRange.ACPI_NVS));
    ranges.add(new MemoryRange(ROM_AT_4_GIB, FOUR_GIB - ROM_AT_4_GIB, MemoryRange.RESERVED));
  }

  List<MemoryRange> ranges() {
    return ranges;
  }

  /** End of the RAM below 4 GiB that programs may use. */
  private long usable() {
    return low - ACPI_BYTES;
  }

  /** Physical address of the ACPI tables. */
  int acpiTables() {
    return (int) usable();
  }

  int acpiNvs() {
    return (int) (low - NVS_BYTES);
  }

  /** KiB between 1 and 16 MiB. */
  int kibTo16Mib() {
    return (int) ((Math.min(usable(), 16 * MIB) - MIB) / 1024);
  }

  /** Blocks of 64 KiB from 16 MiB. */
  int blocksFrom16Mib() {
    return (int) (Math.max(0, usable() - 16 * MIB) / 0x1_0000);
  }

  /** KiB from 1 MiB, at most what fits into 16 bits. */
  int extendedKib() {
    return (int) Math.min((usable() - MIB) / 1024, 0xFFFF);
  }
}
