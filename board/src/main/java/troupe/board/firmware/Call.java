package troupe.board.firmware;

/** Numbers of the calls that stubs in ROM make. Those of interrupts are the interrupt's number. */
final class Call {
  static final int POST = 0x00;
  static final int POST_BEGIN = 0x01;
  static final int PRINT_SCREEN = 0x05;
  static final int TICK = 0x08;
  static final int KEYBOARD = 0x09;
  static final int PAUSED = 0x0A;
  static final int SPURIOUS = 0x0B;
  static final int FLOPPY_INTERRUPT = 0x0E;
  static final int VIDEO = 0x10;
  static final int EQUIPMENT = 0x11;
  static final int MEMORY = 0x12;
  static final int DISK = 0x13;
  static final int SERIAL = 0x14;
  static final int SYSTEM = 0x15;
  static final int KEYS = 0x16;
  static final int PRINTER = 0x17;
  static final int BOOT_FAILED = 0x18;
  static final int BOOT = 0x19;
  static final int TIME = 0x1A;
  static final int FLOPPY = 0x40;
  static final int RTC_INTERRUPT = 0x70;
  static final int MOUSE_INTERRUPT = 0x74;
  static final int DISK_INTERRUPT = 0x76;
  static final int RESET = 0x7F;
  static final int APM = 0xA5;
  static final int BIOS32 = 0xB0;
  static final int PCI_BIOS = 0xB1;

  private Call() {}
}
