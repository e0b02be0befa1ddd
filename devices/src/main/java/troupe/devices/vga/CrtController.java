package troupe.devices.vga;

import java.util.Arrays;

/** The CRT controller, ports 3B4h/3D4h and 3B5h/3D5h ([IBM VGA] CRT Controller Registers). */
final class CrtController {
  /** CR0 to CR18; higher indices belong to the {@link S3Trio64}. */
  static final int COUNT = 0x19;

  static final int HORIZONTAL_TOTAL = 0x00;
  static final int HORIZONTAL_DISPLAY_END = 0x01;
  static final int VERTICAL_TOTAL = 0x06;
  static final int OVERFLOW = 0x07;
  static final int PRESET_ROW_SCAN = 0x08;
  static final int MAXIMUM_SCAN_LINE = 0x09;
  static final int CURSOR_START = 0x0A;
  static final int CURSOR_END = 0x0B;
  static final int START_ADDRESS_HIGH = 0x0C;
  static final int START_ADDRESS_LOW = 0x0D;
  static final int CURSOR_LOCATION_HIGH = 0x0E;
  static final int CURSOR_LOCATION_LOW = 0x0F;
  static final int VERTICAL_RETRACE_START = 0x10;
  static final int VERTICAL_RETRACE_END = 0x11;
  static final int VERTICAL_DISPLAY_END = 0x12;
  static final int OFFSET = 0x13;
  static final int UNDERLINE_LOCATION = 0x14;
  static final int MODE_CONTROL = 0x17;
  static final int LINE_COMPARE = 0x18;

  /** CR11: CR0 to CR7 cannot be written, except line compare bit 8 in CR7. */
  static final int PROTECT = 0x80;

  private static final int OVERFLOW_LINE_COMPARE = 0x10;

  // CR9
  private static final int DOUBLE_SCAN = 0x80;

  // CRA
  private static final int CURSOR_OFF = 0x20;

  // CR14
  private static final int COUNT_BY_4 = 0x20;
  private static final int DOUBLEWORD = 0x40;

  // CR17
  private static final int ROW_SCAN_0_NOT_TO_A13 = 0x01;
  private static final int ROW_SCAN_1_NOT_TO_A14 = 0x02;
  private static final int LINES_DOUBLED = 0x04;
  private static final int COUNT_BY_2 = 0x08;
  private static final int WRAP_FROM_A15 = 0x20;
  private static final int BYTE_MODE = 0x40;

  int index;
  final int[] registers = new int[COUNT];

  void reset() {
    index = 0;
    Arrays.fill(registers, 0);
  }

  void write(int register, int value) {
    boolean isProtected = (registers[VERTICAL_RETRACE_END] & PROTECT) != 0;
    if (isProtected && register == OVERFLOW) {
      registers[OVERFLOW] =
          registers[OVERFLOW] & ~OVERFLOW_LINE_COMPARE | value & OVERFLOW_LINE_COMPARE;
    } else if (!isProtected || register > OVERFLOW) {
      registers[register] = value;
    }
  }

  /** Character clocks of a scan line. */
  int horizontalTotal() {
    return registers[HORIZONTAL_TOTAL] + 5;
  }

  /** Character clocks displayed of a scan line. */
  int displayedCharacters() {
    return registers[HORIZONTAL_DISPLAY_END] + 1;
  }

  /** Scan lines of a frame. */
  int verticalTotal() {
    int overflow = registers[OVERFLOW];
    int total = registers[VERTICAL_TOTAL] | (overflow & 0x01) << 8 | (overflow & 0x20) << 4;
    return lines(total + 2);
  }

  /** Scan lines displayed of a frame. */
  int displayedLines() {
    int overflow = registers[OVERFLOW];
    int end = registers[VERTICAL_DISPLAY_END] | (overflow & 0x02) << 7 | (overflow & 0x40) << 3;
    return lines(end + 1);
  }

  /** The scan line at which vertical retrace begins. */
  int retraceStart() {
    int overflow = registers[OVERFLOW];
    return lines(
        registers[VERTICAL_RETRACE_START] | (overflow & 0x04) << 6 | (overflow & 0x80) << 2);
  }

  /** Scan lines that vertical retrace lasts, 1 to 16: CR11 holds the low four bits of its end. */
  int retraceLines() {
    int overflow = registers[VERTICAL_RETRACE_END] - registers[VERTICAL_RETRACE_START] & 0x0F;
    return lines(overflow == 0 ? 16 : overflow);
  }

  private int lines(int counted) {
    return (registers[MODE_CONTROL] & LINES_DOUBLED) != 0 ? 2 * counted : counted;
  }

  /** After this scan line the display continues at address 0. */
  int lineCompare() {
    return registers[LINE_COMPARE]
        | (registers[OVERFLOW] & OVERFLOW_LINE_COMPARE) << 4
        | (registers[MAXIMUM_SCAN_LINE] & 0x40) << 3;
  }

  /** Rows of dots of a character, 1 to 32. */
  int rowsPerCharacter() {
    return (registers[MAXIMUM_SCAN_LINE] & 0x1F) + 1;
  }

  boolean doubleScan() {
    return (registers[MAXIMUM_SCAN_LINE] & DOUBLE_SCAN) != 0;
  }

  int presetRowScan() {
    return registers[PRESET_ROW_SCAN] & 0x1F;
  }

  /** Start of the display in memory address counts, byte panning included. */
  int startAddress() {
    return pair(START_ADDRESS_HIGH) + (registers[PRESET_ROW_SCAN] >> 5 & 3);
  }

  /** Memory address counts from one character row to the next. */
  int pitch() {
    return 2 * registers[OFFSET];
  }

  int cursorLocation() {
    return pair(CURSOR_LOCATION_HIGH);
  }

  private int pair(int high) {
    return registers[high] << 8 | registers[high + 1];
  }

  boolean cursorShown() {
    return (registers[CURSOR_START] & CURSOR_OFF) == 0 && cursorFirstRow() <= cursorLastRow();
  }

  int cursorFirstRow() {
    return registers[CURSOR_START] & 0x1F;
  }

  int cursorLastRow() {
    return registers[CURSOR_END] & 0x1F;
  }

  int underlineRow() {
    return registers[UNDERLINE_LOCATION] & 0x1F;
  }

  /** Whether rows of dots lie 8 KiB apart, as on a CGA or Hercules adapter. */
  boolean rowScanInAddress() {
    int both = ROW_SCAN_0_NOT_TO_A13 | ROW_SCAN_1_NOT_TO_A14;
    return (registers[MODE_CONTROL] & both) != both;
  }

  /** The shift by which the address counter is slower than the character clock: 0, 1 or 2. */
  int addressCounterShift() {
    if ((registers[UNDERLINE_LOCATION] & COUNT_BY_4) != 0) {
      return 2;
    }
    return (registers[MODE_CONTROL] & COUNT_BY_2) != 0 ? 1 : 0;
  }

  /** Address in each plane, 0 to FFFFh, for a value of the address counter and of the row scan. */
  int planeAddress(int counter, int rowScan) {
    int mode = registers[MODE_CONTROL];
    int address;
    if ((registers[UNDERLINE_LOCATION] & DOUBLEWORD) != 0) {
      address = counter << 2 | counter >> 14 & 3;
    } else if ((mode & BYTE_MODE) == 0) {
      address = counter << 1 | counter >> ((mode & WRAP_FROM_A15) != 0 ? 15 : 13) & 1;
    } else {
      address = counter;
    }
    if ((mode & ROW_SCAN_0_NOT_TO_A13) == 0) {
      address = address & ~0x2000 | (rowScan & 1) << 13;
    }
    if ((mode & ROW_SCAN_1_NOT_TO_A14) == 0) {
      address = address & ~0x4000 | (rowScan & 2) << 13;
    }
    return address & 0xFFFF;
  }
}
