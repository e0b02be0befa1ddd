package troupe.board.firmware;

import troupe.devices.vga.VgaMode;
import troupe.processor.Processor;

/** Single pixels, glyphs and character-wide lines in the standard graphics modes. */
final class Pixels {
  /** Of a colour: combine with what is there. */
  static final int XOR = 0x80;

  private static final int WINDOW = 0xA0000;
  private static final int WINDOW_BYTES = 0x1_0000;
  private static final int CGA_WINDOW = 0xB8000;
  private static final int CGA_ODD_LINES = 0x2000;
  private static final int CGA_MEMORY = 0x4000;
  private static final int CGA_LINE = 80;
  private static final int BYTES_LINE = 320;

  // Graphics controller and sequencer registers of the planar modes.
  private static final int MAP_MASK = 2;
  private static final int ALL_MAPS = 0x0F;
  private static final int FUNCTION = 3;
  private static final int FUNCTION_XOR = 0x18;
  private static final int READ_MAP = 4;
  private static final int MODE = 5;
  private static final int WRITE_LATCHES = 1;
  private static final int WRITE_COLOUR = 2;
  private static final int BIT_MASK = 8;

  private enum Layout {
    NONE,
    CGA_4,
    CGA_2,
    PLANAR,
    BYTES
  }

  private final Caller caller;
  private final Processor c;
  private final VgaPorts vga;
  private final VgaMode mode;
  private final Layout layout;

  /** The screen in the mode that it is in; in a text mode nothing is drawn. */
  Pixels(Caller caller) {
    this.caller = caller;
    c = caller.c;
    vga = new VgaPorts(caller);
    mode = VideoModeSetting.current(caller);
    layout =
        mode.text()
            ? Layout.NONE
            : switch (mode.number()) {
              case 4, 5 -> Layout.CGA_4;
              case 6 -> Layout.CGA_2;
              case 0x13 -> Layout.BYTES;
              default -> Layout.PLANAR;
            };
  }

  private static int cga(int x, int y, int pixelsPerByte) {
    int offset = (y & 1) * CGA_ODD_LINES + (y >>> 1) * CGA_LINE + x / pixelsPerByte;
    return CGA_WINDOW + (offset & CGA_MEMORY - 1);
  }

  private static int bytes(int x, int y) {
    return WINDOW + (y * BYTES_LINE + x & WINDOW_BYTES - 1);
  }

  private int planar(int page, int x, int y) {
    int offset = mode.pageBytes() * page + y * caller.bda16(Bda.COLUMNS) + (x >>> 3);
    return WINDOW + (offset & WINDOW_BYTES - 1);
  }

  void write(int page, int x, int y, int colour) {
    switch (layout) {
      case NONE -> {}
      case CGA_4 -> packed(cga(x, y, 4), 6 - 2 * (x & 3), 3, colour);
      case CGA_2 -> packed(cga(x, y, 8), 7 - (x & 7), 1, colour);
      case BYTES -> c.writeLinear8(bytes(x, y), colour);
      case PLANAR -> {
        beginPlanar(colour);
        masked(planar(page, x, y), 0x80 >> (x & 7), colour);
        endPlanar();
      }
    }
  }

  private void packed(int at, int shift, int mask, int colour) {
    int old = c.readLinear8(at);
    int bits = (colour & mask) << shift;
    boolean xor = (colour & XOR) != 0;
    c.writeLinear8(at, xor ? old ^ bits : old & ~(mask << shift) | bits);
  }

  private void beginPlanar(int colour) {
    vga.set(VgaPorts.SEQUENCER, MAP_MASK, ALL_MAPS);
    vga.set(VgaPorts.GRAPHICS, MODE, WRITE_COLOUR);
    vga.set(VgaPorts.GRAPHICS, FUNCTION, (colour & XOR) != 0 ? FUNCTION_XOR : 0);
  }

  private void masked(int at, int mask, int colour) {
    vga.set(VgaPorts.GRAPHICS, BIT_MASK, mask);
    c.readLinear8(at);
    c.writeLinear8(at, colour & ALL_MAPS);
  }

  private void endPlanar() {
    vga.set(VgaPorts.GRAPHICS, BIT_MASK, 0xFF);
    vga.set(VgaPorts.GRAPHICS, FUNCTION, 0);
    vga.set(VgaPorts.GRAPHICS, MODE, 0);
  }

  int read(int page, int x, int y) {
    return switch (layout) {
      case NONE -> 0;
      case CGA_4 -> c.readLinear8(cga(x, y, 4)) >>> 6 - 2 * (x & 3) & 3;
      case CGA_2 -> c.readLinear8(cga(x, y, 8)) >>> 7 - (x & 7) & 1;
      case BYTES -> c.readLinear8(bytes(x, y));
      case PLANAR -> {
        int at = planar(page, x, y);
        int colour = 0;
        for (int plane = 0; plane < 4; plane++) {
          vga.set(VgaPorts.GRAPHICS, READ_MAP, plane);
          colour |= (c.readLinear8(at) >>> 7 - (x & 7) & 1) << plane;
        }
        vga.set(VgaPorts.GRAPHICS, READ_MAP, 0);
        yield colour;
      }
    };
  }

  /** Draws a glyph, eight pixels wide, with its upper left at column {@code 8 * column}. */
  void glyph(int page, int column, int top, byte[] dots, int colour) {
    boolean xor = (colour & XOR) != 0 && layout != Layout.BYTES;
    if (layout == Layout.PLANAR) {
      beginPlanar(colour);
      for (int y = 0; y < dots.length; y++) {
        int at = planar(page, 8 * column, top + y);
        int set = dots[y] & 0xFF;
        if (!xor) {
          masked(at, ~set & 0xFF, 0);
        }
        masked(at, set, colour);
      }
      endPlanar();
      return;
    }
    for (int y = 0; y < dots.length; y++) {
      for (int x = 0; x < 8; x++) {
        boolean on = (dots[y] & 0x80 >> x) != 0;
        if (on || !xor) {
          write(page, 8 * column + x, top + y, on ? colour : 0);
        }
      }
    }
  }

  /**
   * Copies {@code columns} characters' width of line {@code from} to line {@code to}, or fills line
   * {@code to} with a colour if {@code fill} is not negative.
   */
  void copyLine(int page, int from, int to, int left, int columns, int fill) {
    int x = 8 * left;
    switch (layout) {
      case NONE -> {}
      case CGA_4 -> copy(cga(x, from, 4), cga(x, to, 4), 2 * columns, fill * 0x55);
      case CGA_2 -> copy(cga(x, from, 8), cga(x, to, 8), columns, fill * 0xFF);
      case BYTES -> copy(bytes(x, from), bytes(x, to), 8 * columns, fill);
      case PLANAR -> {
        vga.set(VgaPorts.SEQUENCER, MAP_MASK, ALL_MAPS);
        vga.set(VgaPorts.GRAPHICS, MODE, fill < 0 ? WRITE_LATCHES : WRITE_COLOUR);
        copy(planar(page, x, from), planar(page, x, to), columns, fill);
        vga.set(VgaPorts.GRAPHICS, MODE, 0);
      }
    }
  }

  private void copy(int from, int to, int count, int fill) {
    for (int i = 0; i < count; i++) {
      c.writeLinear8(to + i, fill < 0 ? c.readLinear8(from + i) : fill);
    }
  }
}
