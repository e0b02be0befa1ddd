package troupe.devices.ide;

/** IDENTIFY PACKET DEVICE of a CD-ROM drive. [ATA/ATAPI-6] section 8.16. */
final class AtapiIdentify {
  /** Ultra DMA/33, as CD drives of the time. */
  static final int MOST_ULTRA_DMA = 2;

  private AtapiIdentify() {}

  /** Fills the first 512 bytes of {@code target}. */
  static void write(byte[] target, DriveIdentity identity, int transferMode) {
    new IdentifyData(target)
        .word(0, 0x85C0) // ATAPI, CD-ROM, removable, DRQ within 50 us, 12-byte packets
        .text(10, 10, identity.serial())
        .word(20, 3)
        .word(21, 512)
        .text(23, 4, identity.firmware())
        .text(27, 20, identity.model())
        .word(48, 1)
        .word(49, 0x0F00) // IORDY, LBA, DMA
        .word(50, 0x4000)
        .word(51, 0x0200)
        .word(53, 0x0006)
        .word(63, AtaSettings.multiwordDmaWord(transferMode))
        .word(64, 0x0003)
        .word(65, 120)
        .word(66, 120)
        .word(67, 120)
        .word(68, 120)
        .word(71, 30)
        .word(72, 30)
        .word(80, 0x007E)
        .word(82, 0x4210) // NOP, DEVICE RESET, PACKET
        .word(83, 0x4000)
        .word(84, 0x4000)
        .word(85, 0x4210)
        .word(87, 0x4000)
        .word(88, AtaSettings.ultraDmaWord(transferMode, MOST_ULTRA_DMA))
        .word(93, 0x6001)
        .integrity();
  }
}
