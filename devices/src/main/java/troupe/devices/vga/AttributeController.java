package troupe.devices.vga;

import java.util.Arrays;

/** The attribute controller, ports 3C0h and 3C1h ([IBM VGA] Attribute Controller Registers). */
final class AttributeController {
  static final int COUNT = 0x15;

  static final int MODE_CONTROL = 0x10;
  static final int OVERSCAN_COLOUR = 0x11;
  static final int COLOUR_PLANE_ENABLE = 0x12;
  static final int HORIZONTAL_PANNING = 0x13;
  static final int COLOUR_SELECT = 0x14;

  /** In the address register: the palette drives the screen, the CPU leaves it alone. */
  static final int PALETTE_ADDRESS_SOURCE = 0x20;

  private static final int INDEX_MASK = 0x1F;

  // AR10
  private static final int LINE_GRAPHICS = 0x04;
  private static final int BLINK = 0x08;
  private static final int PANNING_STOPS_AT_LINE_COMPARE = 0x20;
  private static final int P54_FROM_COLOUR_SELECT = 0x80;

  private static final int[] WRITABLE = {0xEF, 0xFF, 0x3F, 0x0F, 0x0F};

  /** The address register, palette address source included. */
  int address;

  /** Whether the next write to 3C0h is data. */
  boolean dataNext;

  final int[] registers = new int[COUNT];

  void reset() {
    address = 0;
    dataNext = false;
    Arrays.fill(registers, 0);
  }

  /** A write to 3C0h. */
  void write(int value) {
    if (!dataNext) {
      address = value & (INDEX_MASK | PALETTE_ADDRESS_SOURCE);
    } else {
      writeRegister(address & INDEX_MASK, value);
    }
    dataNext = !dataNext;
  }

  /** A read of 3C1h. */
  int read() {
    int register = address & INDEX_MASK;
    return register < COUNT ? registers[register] : 0;
  }

  void writeRegister(int register, int value) {
    if (register < MODE_CONTROL) {
      registers[register] = value & 0x3F;
    } else if (register < COUNT) {
      registers[register] = value & WRITABLE[register - MODE_CONTROL];
    }
  }

  boolean screenOn() {
    return (address & PALETTE_ADDRESS_SOURCE) != 0;
  }

  boolean lineGraphics() {
    return (registers[MODE_CONTROL] & LINE_GRAPHICS) != 0;
  }

  boolean blink() {
    return (registers[MODE_CONTROL] & BLINK) != 0;
  }

  boolean panningStopsAtLineCompare() {
    return (registers[MODE_CONTROL] & PANNING_STOPS_AT_LINE_COMPARE) != 0;
  }

  /** The DAC entry, 0 to 255, for a 4-bit colour. */
  int dacIndex(int colour) {
    int entry = registers[colour & registers[COLOUR_PLANE_ENABLE]];
    int select = registers[COLOUR_SELECT];
    if ((registers[MODE_CONTROL] & P54_FROM_COLOUR_SELECT) != 0) {
      entry = entry & 0x0F | (select & 0x03) << 4;
    }
    return entry | (select & 0x0C) << 4;
  }
}
