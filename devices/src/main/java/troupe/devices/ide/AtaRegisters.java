package troupe.devices.ide;

/**
 * Registers of an ATA channel and their bits. [ATA/ATAPI-6] section 7, I/O register descriptions.
 */
final class AtaRegisters {
  /** Command block, offsets from 1F0h or 170h. */
  static final int DATA = 0;

  /** Read: Error. Write: Features. */
  static final int ERROR_FEATURES = 1;

  static final int SECTOR_COUNT = 2;
  static final int LBA_LOW = 3;
  static final int LBA_MID = 4;
  static final int LBA_HIGH = 5;
  static final int DEVICE = 6;

  /** Read: Status. Write: Command. */
  static final int STATUS_COMMAND = 7;

  // Status
  static final int BSY = 0x80;
  static final int DRDY = 0x40;
  static final int DF = 0x20;

  /** Device seek complete, of ATA-3 and before; always set with DRDY here. */
  static final int DSC = 0x10;

  static final int DRQ = 0x08;

  /** ERR; called CHK for packet devices. */
  static final int ERR = 0x01;

  /** Ready for any command. */
  static final int READY = DRDY | DSC;

  // Error
  static final int UNC = 0x40;

  /** Medium write protected (same bit as UNC, for writes). */
  static final int WP = 0x40;

  static final int IDNF = 0x10;
  static final int ABRT = 0x04;

  /** Result of the diagnostic in the Error register after a reset: the device passed. */
  static final int DIAGNOSTIC_PASSED = 0x01;

  // Device
  static final int DEVICE_LBA = 0x40;
  static final int DEVICE_DEV = 0x10;
  static final int DEVICE_HEAD = 0x0F;

  /** Bits 7 and 5, obsolete; read as ones by the drives of old. */
  static final int DEVICE_OBSOLETE = 0xA0;

  // Device Control
  /** High order byte: read back the previous contents of the 48-bit registers. */
  static final int HOB = 0x80;

  static final int SRST = 0x04;
  static final int NIEN = 0x02;

  // Interrupt Reason, which is the Sector Count register of packet devices
  static final int REASON_COD = 0x01;
  static final int REASON_IO = 0x02;

  private AtaRegisters() {}
}
