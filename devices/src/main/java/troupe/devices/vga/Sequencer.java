package troupe.devices.vga;

import java.util.Arrays;

/** The sequencer, ports 3C4h and 3C5h ([IBM VGA] Sequencer Registers). */
final class Sequencer {
  static final int COUNT = 5;

  static final int RESET = 0;
  static final int CLOCKING_MODE = 1;
  static final int MAP_MASK = 2;
  static final int CHARACTER_MAP_SELECT = 3;
  static final int MEMORY_MODE = 4;

  // SR1
  static final int EIGHT_DOTS = 0x01;
  static final int DOT_CLOCK_HALVED = 0x08;
  static final int SCREEN_OFF = 0x20;

  // SR4
  /** Set: the CPU reaches all planes at each address; clear: even and odd addresses differ. */
  static final int SEQUENTIAL = 0x04;

  static final int CHAIN_4 = 0x08;

  private static final int[] WRITABLE = {0x03, 0x3D, 0x0F, 0x3F, 0x0E};

  int index;
  final int[] registers = new int[COUNT];

  void reset() {
    index = 0;
    Arrays.fill(registers, 0);
  }

  void write(int register, int value) {
    registers[register] = value & WRITABLE[register];
  }

  boolean chain4() {
    return (registers[MEMORY_MODE] & CHAIN_4) != 0;
  }

  boolean oddEven() {
    return (registers[MEMORY_MODE] & SEQUENTIAL) == 0;
  }

  boolean screenOff() {
    return (registers[CLOCKING_MODE] & SCREEN_OFF) != 0;
  }

  /** Dots of a character clock, 8 or 9. */
  int characterDots() {
    return (registers[CLOCKING_MODE] & EIGHT_DOTS) != 0 ? 8 : 9;
  }

  /** Crystal periods of a dot. */
  int clocksPerDot() {
    return (registers[CLOCKING_MODE] & DOT_CLOCK_HALVED) != 0 ? 2 : 1;
  }

  /** Offset in plane 2 of the font for characters whose attribute bit 3 is clear (map B). */
  int fontB() {
    int select = registers[CHARACTER_MAP_SELECT];
    return fontOffset(select & 3, select >> 4 & 1);
  }

  /** Offset in plane 2 of the font for characters whose attribute bit 3 is set (map A). */
  int fontA() {
    int select = registers[CHARACTER_MAP_SELECT];
    return fontOffset(select >> 2 & 3, select >> 5 & 1);
  }

  private static int fontOffset(int low, int high) {
    return low * 0x4000 + high * 0x2000;
  }
}
