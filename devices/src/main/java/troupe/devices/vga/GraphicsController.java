package troupe.devices.vga;

import java.util.Arrays;

/** The graphics controller, ports 3CEh and 3CFh ([IBM VGA] Graphics Controller Registers). */
final class GraphicsController {
  static final int COUNT = 9;

  static final int SET_RESET = 0;
  static final int ENABLE_SET_RESET = 1;
  static final int COLOUR_COMPARE = 2;
  static final int DATA_ROTATE = 3;
  static final int READ_MAP_SELECT = 4;
  static final int MODE = 5;
  static final int MISCELLANEOUS = 6;
  static final int COLOUR_DONT_CARE = 7;
  static final int BIT_MASK = 8;

  // GR5
  private static final int READ_MODE_1 = 0x08;
  private static final int ODD_EVEN_READ = 0x10;
  private static final int INTERLEAVED_SHIFT = 0x20;
  private static final int SHIFT_256 = 0x40;

  // GR6
  private static final int GRAPHICS = 0x01;
  private static final int CHAIN_ODD_EVEN = 0x02;

  private static final int[] WRITABLE = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF};

  int index;
  final int[] registers = new int[COUNT];

  void reset() {
    index = 0;
    Arrays.fill(registers, 0);
  }

  void write(int register, int value) {
    registers[register] = value & WRITABLE[register];
  }

  int writeMode() {
    return registers[MODE] & 3;
  }

  boolean readMode1() {
    return (registers[MODE] & READ_MODE_1) != 0;
  }

  boolean oddEvenRead() {
    return (registers[MODE] & ODD_EVEN_READ) != 0;
  }

  boolean interleavedShift() {
    return (registers[MODE] & INTERLEAVED_SHIFT) != 0;
  }

  boolean shift256() {
    return (registers[MODE] & SHIFT_256) != 0;
  }

  boolean graphics() {
    return (registers[MISCELLANEOUS] & GRAPHICS) != 0;
  }

  boolean chainOddEven() {
    return (registers[MISCELLANEOUS] & CHAIN_ODD_EVEN) != 0;
  }

  /** 0: A0000h, 128 KiB; 1: A0000h, 64 KiB; 2: B0000h, 32 KiB; 3: B8000h, 32 KiB. */
  int memoryMap() {
    return registers[MISCELLANEOUS] >> 2 & 3;
  }
}
