package troupe.devices.vga;

import java.util.Arrays;

/**
 * The Bochs display interface: an index and a data register of 16 bits at ports 1CEh and 1CFh, by
 * which a video BIOS sets modes beyond the VGA's without timing values ([Bochs] VBE display
 * interface, version B0C5h). Pixels lie in video memory one after the other, except with 4 bits,
 * where they lie in planes.
 */
final class Dispi {
  static final int COUNT = 11;

  static final int ID = 0;
  static final int XRES = 1;
  static final int YRES = 2;
  static final int BPP = 3;
  static final int ENABLE = 4;
  static final int BANK = 5;
  static final int VIRTUAL_WIDTH = 6;
  static final int VIRTUAL_HEIGHT = 7;
  static final int X_OFFSET = 8;
  static final int Y_OFFSET = 9;
  static final int VIDEO_MEMORY_64K = 10;

  // ENABLE
  static final int ENABLED = 0x01;
  static final int GET_CAPABILITIES = 0x02;
  static final int DAC_8_BITS = 0x20;
  static final int LINEAR_FRAME_BUFFER = 0x40;
  static final int NO_CLEAR = 0x80;

  static final int OLDEST_ID = 0xB0C0;
  static final int NEWEST_ID = 0xB0C5;

  static final int MAXIMUM_WIDTH = 2560;
  static final int MAXIMUM_HEIGHT = 1600;
  static final int MAXIMUM_BPP = 32;

  static final int BANK_BYTES = 0x1_0000;

  /** What a write asks the rest of the adapter to do. */
  enum Effect {
    NONE,
    /** Another mode, DAC width or part of memory is shown or reached. */
    CHANGED,
    /** As {@link #CHANGED}, and video memory is to be cleared. */
    CLEAR
  }

  /**
   * The picture in memory.
   *
   * @param width pixels of a line
   * @param height lines
   * @param bitsPerPixel 4, 8, 15, 16, 24 or 32
   * @param stride bytes from one line to the next (with 4 bits, in each plane)
   * @param start byte in memory (with 4 bits, in each plane) of the first pixel
   * @param firstPixel pixels to skip in the first byte: not 0 only with 4 bits
   */
  record Geometry(int width, int height, int bitsPerPixel, int stride, int start, int firstPixel) {}

  private final int memoryBytes;

  int index;
  final int[] registers = new int[COUNT];

  Dispi(int memoryBytes) {
    this.memoryBytes = memoryBytes;
    reset();
  }

  void reset() {
    index = 0;
    Arrays.fill(registers, 0);
    registers[ID] = NEWEST_ID;
    registers[BPP] = 8;
  }

  boolean enabled() {
    return (registers[ENABLE] & ENABLED) != 0;
  }

  /** Whether the CPU sees pixels one after the other, instead of VGA planes. */
  boolean linear() {
    return enabled() && bitsPerPixel() >= 8;
  }

  boolean eightBitDac() {
    return (registers[ENABLE] & DAC_8_BITS) != 0;
  }

  /** Takes over saved registers, each through the check that a write has to pass. */
  void restore(int savedIndex, int[] saved) {
    reset();
    int[] order = {ID, XRES, YRES, BPP, ENABLE, BANK, VIRTUAL_WIDTH, X_OFFSET, Y_OFFSET};
    for (int register : order) {
      index = register;
      write(saved[register] & 0xFFFF);
    }
    index = savedIndex & 0xFFFF;
  }

  int bankOffset() {
    return registers[BANK] * BANK_BYTES;
  }

  private int bitsPerPixel() {
    int bpp = registers[BPP];
    return bpp == 0 ? 8 : bpp;
  }

  int read() {
    boolean capabilities = (registers[ENABLE] & GET_CAPABILITIES) != 0;
    return switch (index) {
      case XRES -> capabilities ? MAXIMUM_WIDTH : registers[XRES];
      case YRES -> capabilities ? MAXIMUM_HEIGHT : registers[YRES];
      case BPP -> capabilities ? MAXIMUM_BPP : registers[BPP];
      case VIRTUAL_HEIGHT ->
          enabled() ? Math.min(memoryBytes / memoryStride(), 0xFFFF) : registers[VIRTUAL_HEIGHT];
      case VIDEO_MEMORY_64K -> memoryBytes / BANK_BYTES;
      default -> index < COUNT ? registers[index] : 0;
    };
  }

  Effect write(int value) {
    return switch (index) {
      case ID -> {
        if (value >= OLDEST_ID && value <= NEWEST_ID) {
          registers[ID] = value;
        }
        yield Effect.NONE;
      }
      case XRES -> set(Math.min(value & ~7, MAXIMUM_WIDTH));
      case YRES -> set(Math.min(value, MAXIMUM_HEIGHT));
      case BPP -> isDepth(value) ? set(value) : Effect.NONE;
      case ENABLE -> enable(value);
      case BANK -> set(value % (memoryBytes / BANK_BYTES));
      case VIRTUAL_WIDTH, X_OFFSET, Y_OFFSET -> set(value);
      default -> Effect.NONE;
    };
  }

  private static boolean isDepth(int bpp) {
    return switch (bpp) {
      case 0, 4, 8, 15, 16, 24, 32 -> true;
      default -> false;
    };
  }

  private Effect set(int value) {
    registers[index] = value;
    return Effect.CHANGED;
  }

  private Effect enable(int value) {
    boolean wasEnabled = enabled();
    registers[ENABLE] =
        value & (ENABLED | GET_CAPABILITIES | DAC_8_BITS | LINEAR_FRAME_BUFFER | NO_CLEAR);
    if (wasEnabled || !enabled()) {
      return Effect.CHANGED;
    }
    registers[VIRTUAL_WIDTH] = registers[XRES];
    registers[X_OFFSET] = 0;
    registers[Y_OFFSET] = 0;
    registers[BANK] = 0;
    return (value & NO_CLEAR) != 0 ? Effect.CHANGED : Effect.CLEAR;
  }

  /** Bytes of memory that one line takes, all planes together; at least 1. */
  private int memoryStride() {
    int width = Math.max(registers[VIRTUAL_WIDTH], registers[XRES]);
    return Math.max(1, bitsPerPixel() == 4 ? width / 2 : width * bytesPerPixel());
  }

  private int bytesPerPixel() {
    return bitsPerPixel() + 7 >> 3;
  }

  /** The picture that the registers describe, cut to what memory can hold. */
  Geometry geometry() {
    int width = Math.max(registers[XRES], 8);
    int rows = memoryBytes / memoryStride();
    int height = Math.clamp(registers[YRES], 1, Math.max(rows, 1));
    int y = Math.min(registers[Y_OFFSET], Math.max(rows - height, 0));
    int x = registers[X_OFFSET];
    if (bitsPerPixel() == 4) {
      int stride = memoryStride() / 4;
      return new Geometry(width, height, 4, stride, y * stride + x / 8, x % 8);
    }
    int stride = memoryStride();
    int start = y * stride + x * bytesPerPixel();
    return new Geometry(width, height, bitsPerPixel(), stride, start, 0);
  }
}
