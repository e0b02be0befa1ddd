package troupe.board.firmware;

/** Status codes of INT 13h ([RBIL] INT 13/AH=01h, table 00234). */
final class DiskStatus {
  /** Not a status: the drive is not ready yet. */
  static final int WAITING = -1;

  static final int OK = 0x00;
  static final int BAD_COMMAND = 0x01;
  static final int NO_ADDRESS_MARK = 0x02;
  static final int WRITE_PROTECTED = 0x03;
  static final int SECTOR_NOT_FOUND = 0x04;
  static final int MEDIUM_CHANGED = 0x06;
  static final int DMA_OVERRUN = 0x08;
  static final int DMA_BOUNDARY = 0x09;
  static final int UNCORRECTABLE = 0x10;
  static final int CONTROLLER_FAILED = 0x20;
  static final int NO_MEDIUM = 0x31;
  static final int SEEK_FAILED = 0x40;
  static final int TIMED_OUT = 0x80;
  static final int NOT_READY = 0xAA;
  static final int NOT_LOCKED = 0xB0;

  private DiskStatus() {}
}
