package troupe.devices.ide;

/** IDENTIFY DEVICE of a disk. [ATA/ATAPI-6] section 8.15. */
final class AtaIdentify {
  /** Ultra DMA/100, the fastest a PC of the time offers; the controller limits it further. */
  static final int MOST_ULTRA_DMA = 5;

  static final long MOST_LBA28_SECTORS = 0x0FFF_FFFF;

  private AtaIdentify() {}

  /** Fills the first 512 bytes of {@code target}. */
  static void write(
      byte[] target, DriveIdentity identity, DiskGeometry geometry, long sectors, AtaSettings s) {
    long perCylinder = (long) s.heads * s.sectorsPerTrack;
    long cylinders = Math.clamp(Math.min(sectors, geometry.capacity()) / perCylinder, 1, 65_535);
    int commandSets = 1 << 14 | 1 << 6 | 1 << 5 | 1 << 3 | 1; // NOP, look-ahead, cache, PM, SMART
    int enabled =
        1 << 14 | (s.lookAhead ? 1 << 6 : 0) | (s.writeCache ? 1 << 5 : 0) | 1 << 3 | bit(s.smart);
    new IdentifyData(target)
        .word(0, 0x0040) // ATA, fixed
        .word(1, geometry.cylinders())
        .word(3, geometry.heads())
        .word(4, 512 * geometry.sectorsPerTrack())
        .word(5, 512)
        .word(6, geometry.sectorsPerTrack())
        .text(10, 10, identity.serial())
        .word(20, 3) // dual ported buffer with caching
        .word(21, 512) // buffer of 256 KiB
        .word(22, 4)
        .text(23, 4, identity.firmware())
        .text(27, 20, identity.model())
        .word(47, 0x8000 | AtaSettings.MOST_MULTIPLE)
        .word(48, 1) // 32-bit data register
        .word(49, 0x2F00) // standby timer, IORDY, LBA, DMA
        .word(50, 0x4000)
        .word(51, 0x0200)
        .word(52, 0x0200)
        .word(53, 0x0007) // words 54-58, 64-70 and 88 are valid
        .word(54, (int) cylinders)
        .word(55, s.heads)
        .word(56, s.sectorsPerTrack)
        .dword(57, cylinders * perCylinder)
        .word(59, s.multiple == 0 ? 0 : 0x0100 | s.multiple)
        .dword(60, Math.min(sectors, MOST_LBA28_SECTORS))
        .word(63, AtaSettings.multiwordDmaWord(s.transferMode))
        .word(64, 0x0003) // PIO 3 and 4
        .word(65, 120)
        .word(66, 120)
        .word(67, 120)
        .word(68, 120)
        .word(80, 0x007E) // ATA-1 to ATA/ATAPI-6
        .word(82, commandSets)
        .word(83, 0x7400) // FLUSH CACHE (EXT), 48-bit addresses
        .word(84, 0x4040) // write FUA
        .word(85, enabled)
        .word(86, 0x3400)
        .word(87, 0x4040)
        .word(88, AtaSettings.ultraDmaWord(s.transferMode, MOST_ULTRA_DMA))
        .word(93, 0x6001) // 80-conductor cable
        .dword(100, sectors)
        .dword(102, sectors >>> 32)
        .integrity();
  }

  private static int bit(boolean b) {
    return b ? 1 : 0;
  }
}
