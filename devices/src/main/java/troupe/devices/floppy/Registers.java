package troupe.devices.floppy;

/** Registers of the 82077AA and their bits ([82077AA] Registers, Status Registers). */
final class Registers {
  static final int DOR = 2;
  static final int TDR = 3;

  /** Main status (read), data rate select (write). */
  static final int MSR_DSR = 4;

  static final int FIFO = 5;

  /** Digital input (read), configuration control (write). */
  static final int DIR_CCR = 7;

  static final int DOR_DRIVE = 0x03;
  static final int DOR_NOT_RESET = 0x04;
  static final int DOR_DMA_GATE = 0x08;

  static final int DSR_RESET = 0x80;
  static final int DATA_RATE = 0x03;

  /** 250 kbit/s, after a reset. */
  static final int DATA_RATE_AT_RESET = 2;

  static final int DIR_DISK_CHANGE = 0x80;

  static final int MSR_REQUEST = 0x80;
  static final int MSR_TO_HOST = 0x40;
  static final int MSR_NON_DMA = 0x20;
  static final int MSR_BUSY = 0x10;

  static final int ST0_ABNORMAL = 0x40;
  static final int ST0_INVALID = 0x80;
  static final int ST0_POLLING = 0xC0;
  static final int ST0_SEEK_END = 0x20;
  static final int ST0_EQUIPMENT_CHECK = 0x10;

  static final int ST1_END_OF_CYLINDER = 0x80;
  static final int ST1_DATA_ERROR = 0x20;
  static final int ST1_OVERRUN = 0x10;
  static final int ST1_NO_DATA = 0x04;
  static final int ST1_NOT_WRITABLE = 0x02;
  static final int ST1_MISSING_ADDRESS_MARK = 0x01;

  static final int ST2_CONTROL_MARK = 0x40;
  static final int ST2_DATA_ERROR = 0x20;
  static final int ST2_WRONG_CYLINDER = 0x10;

  static final int ST3_WRITE_PROTECTED = 0x40;
  static final int ST3_READY = 0x20;
  static final int ST3_TRACK_0 = 0x10;
  static final int ST3_TWO_SIDES = 0x08;

  static final int CONFIGURE_IMPLIED_SEEK = 0x40;
  static final int CONFIGURE_FIFO_OFF = 0x20;
  static final int CONFIGURE_POLL_OFF = 0x10;
  static final int CONFIGURE_THRESHOLD = 0x0F;

  private Registers() {}
}
