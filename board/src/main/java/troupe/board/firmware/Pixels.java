package troupe.board.firmware;

import troupe.devices.vga.VgaMode;
import troupe.processor.Processor;

/** Single pixels and character-wide lines in the standard graphics modes. */
final class Pixels {
  private static final int XOR = 0x80;
  private static final int WINDOW = 0xA0000;
  private static final int CGA_WINDOW = 0xB8000;
  private static final int CGA_ODD_LINES = 0x2000;
  private static final int CGA_MEMORY = 0x4000;

  private enum Layout {
    CGA_4,
    CGA_2,
    PLANAR,
    BYTES
  }

  private Pixels() {}

  private static Layout layout(VgaMode mode) {
    return switch (mode.number()) {
      case 4, 5 -> Layout.CGA_4;
      case 6 -> Layout.CGA_2;
      case 0x13 -> Layout.BYTES;
      default -> Layout.PLANAR;
    };
  }

  private static int cga(int x, int y, int pixelsPerByte) {
    int offset = (y & 1) * CGA_ODD_LINES + (y >>> 1) * 80 + x / pixelsPerByte;
    return CGA_WINDOW + (offset & CGA_MEMORY - 1);
  }

  private static int planar(Caller caller, VgaMode mode, int page, int x, int y) {
    return WINDOW + (mode.pageBytes() * page + y * caller.bda16(Bda.COLUMNS) + (x >>> 3) & 0xFFFF);
  }

  static void write(Caller caller, int page, int x, int y, int colour) {
    VgaMode mode = VideoModeSetting.current(caller);
    if (mode.text()) {
      return;
    }
    Processor c = caller.c;
    switch (layout(mode)) {
      case CGA_4 -> packed(c, cga(x, y, 4), 6 - 2 * (x & 3), 3, colour);
      case CGA_2 -> packed(c, cga(x, y, 8), 7 - (x & 7), 1, colour);
      case BYTES -> c.writeLinear8(WINDOW + (y * 320 + x & 0xFFFF), colour);
      case PLANAR -> {
        VgaPorts vga = new VgaPorts(caller);
        int at = planar(caller, mode, page, x, y);
        vga.set(VgaPorts.GRAPHICS, 5, 2);
        vga.set(VgaPorts.GRAPHICS, 3, (colour & XOR) != 0 ? 0x18 : 0);
        vga.set(VgaPorts.GRAPHICS, 8, 0x80 >> (x & 7));
        vga.set(VgaPorts.SEQUENCER, 2, 0x0F);
        c.readLinear8(at);
        c.writeLinear8(at, colour & 0x0F);
        vga.set(VgaPorts.GRAPHICS, 8, 0xFF);
        vga.set(VgaPorts.GRAPHICS, 3, 0);
        vga.set(VgaPorts.GRAPHICS, 5, 0);
      }
    }
  }

  private static void packed(Processor c, int at, int shift, int mask, int colour) {
    int old = c.readLinear8(at);
    int bits = (colour & mask) << shift;
    boolean xor = (colour & XOR) != 0;
    c.writeLinear8(at, xor ? old ^ bits : old & ~(mask << shift) | bits);
  }

  static int read(Caller caller, int page, int x, int y) {
    VgaMode mode = VideoModeSetting.current(caller);
    if (mode.text()) {
      return 0;
    }
    Processor c = caller.c;
    return switch (layout(mode)) {
      case CGA_4 -> c.readLinear8(cga(x, y, 4)) >>> 6 - 2 * (x & 3) & 3;
      case CGA_2 -> c.readLinear8(cga(x, y, 8)) >>> 7 - (x & 7) & 1;
      case BYTES -> c.readLinear8(WINDOW + (y * 320 + x & 0xFFFF));
      case PLANAR -> {
        VgaPorts vga = new VgaPorts(caller);
        int at = planar(caller, mode, page, x, y);
        int colour = 0;
        for (int plane = 0; plane < 4; plane++) {
          vga.set(VgaPorts.GRAPHICS, 4, plane);
          colour |= (c.readLinear8(at) >>> 7 - (x & 7) & 1) << plane;
        }
        vga.set(VgaPorts.GRAPHICS, 4, 0);
        yield colour;
      }
    };
  }

  /**
   * Copies {@code columns} characters' width of line {@code from} to line {@code to}, or fills line
   * {@code to} with a colour if {@code fill} is not negative.
   */
  static void copyLine(Caller caller, int page, int from, int to, int left, int columns, int fill) {
    VgaMode mode = VideoModeSetting.current(caller);
    Processor c = caller.c;
    switch (layout(mode)) {
      case CGA_4 -> bytes(c, cga(8 * left, from, 4), cga(8 * left, to, 4), 2 * columns, fill, 0x55);
      case CGA_2 -> bytes(c, cga(8 * left, from, 8), cga(8 * left, to, 8), columns, fill, 0xFF);
      case BYTES ->
          bytes(
              c,
              WINDOW + from * 320 + 8 * left,
              WINDOW + to * 320 + 8 * left,
              8 * columns,
              fill,
              1);
      case PLANAR -> {
        VgaPorts vga = new VgaPorts(caller);
        vga.set(VgaPorts.SEQUENCER, 2, 0x0F);
        vga.set(VgaPorts.GRAPHICS, 5, fill < 0 ? 1 : 2);
        bytes(
            c,
            planar(caller, mode, page, 8 * left, from),
            planar(caller, mode, page, 8 * left, to),
            columns,
            fill,
            1);
        vga.set(VgaPorts.GRAPHICS, 5, 0);
      }
    }
  }

  private static void bytes(Processor c, int from, int to, int count, int fill, int factor) {
    for (int i = 0; i < count; i++) {
      c.writeLinear8(to + i, fill < 0 ? c.readLinear8(from + i) : fill * factor);
    }
  }
}
