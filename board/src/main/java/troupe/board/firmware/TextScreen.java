package troupe.board.firmware;

import troupe.devices.vga.VgaMode;
import troupe.processor.Processor;

/** Characters on the screen: cells in the text modes, drawn glyphs in the graphics modes. */
final class TextScreen {
  private final Caller caller;
  private final VgaMode mode;
  private final Pixels pixels;
  private final int columns;
  private final int rows;

  TextScreen(Caller caller) {
    this.caller = caller;
    mode = VideoModeSetting.current(caller);
    pixels = new Pixels(caller);
    columns = caller.bda16(Bda.COLUMNS);
    rows = caller.bda8(Bda.ROWS_LESS_1) + 1;
  }

  int columns() {
    return columns;
  }

  int rows() {
    return rows;
  }

  boolean text() {
    return mode.text();
  }

  /** Linear address of a cell of a text mode. */
  private int cell(int page, int row, int column) {
    return (mode.segment() << 4)
        + (caller.bda16(Bda.PAGE_SIZE) * page + 2 * (row * columns + column) & 0x7FFF);
  }

  /** Attribute in bits 15-8 and character in 7-0; in graphics modes the glyph that matches. */
  int read(int page, int position) {
    int row = position >>> 8;
    int column = position & 0xFF;
    if (mode.text()) {
      return caller.c.readLinear16(cell(page, row, column));
    }
    return match(page, row, column);
  }

  private int match(int page, int row, int column) {
    int height = caller.bda8(Bda.CELL_HEIGHT);
    byte[] dots = new byte[height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < 8; x++) {
        if (pixels.read(page, column * 8 + x, row * height + y) != 0) {
          dots[y] |= (byte) (0x80 >> x);
        }
      }
    }
    for (int character = 0; character < 256; character++) {
      if (java.util.Arrays.equals(dots, glyph(character, height))) {
        return character;
      }
    }
    return 0;
  }

  /** A glyph from the tables that INT 43h and, for the upper half of 8x8 CGA modes, 1Fh lead to. */
  private byte[] glyph(int character, int height) {
    boolean cga = caller.bda8(Bda.VIDEO_MODE) <= 6;
    int vector = caller.vector(cga && character >= 128 ? 0x1F : 0x43);
    int index = cga && character >= 128 ? character - 128 : character;
    int linear = ((vector >>> 16) << 4) + (vector + index * height & 0xFFFF);
    return caller.readLinear(linear, height);
  }

  void write(int page, int row, int column, int character, int attribute, boolean withAttribute) {
    if (mode.text()) {
      int at = cell(page, row, column);
      if (withAttribute) {
        caller.c.writeLinear16(at, attribute << 8 | character);
      } else {
        caller.c.writeLinear8(at, character);
      }
      return;
    }
    int height = caller.bda8(Bda.CELL_HEIGHT);
    byte[] dots = glyph(character, height);
    pixels.glyph(page, column, row * height, dots, attribute);
  }

  /** Moves a window by {@code lines}, 0 for all, and blanks what is left. */
  void scroll(
      int page, int top, int left, int bottom, int right, int lines, boolean down, int fill) {
    bottom = Math.min(bottom, rows - 1);
    right = Math.min(right, columns - 1);
    if (top > bottom || left > right) {
      return;
    }
    int height = bottom - top + 1;
    if (lines == 0 || lines > height) {
      lines = height;
    }
    for (int i = 0; i < height; i++) {
      int row = down ? bottom - i : top + i;
      int from = down ? row - lines : row + lines;
      boolean blank = i >= height - lines;
      if (mode.text()) {
        scrollCells(page, row, from, left, right, blank, fill);
      } else {
        scrollPixels(page, row, from, left, right, blank, fill);
      }
    }
  }

  private void scrollCells(
      int page, int row, int from, int left, int right, boolean blank, int fill) {
    Processor c = caller.c;
    for (int column = left; column <= right; column++) {
      int value = blank ? fill << 8 | ' ' : c.readLinear16(cell(page, from, column));
      c.writeLinear16(cell(page, row, column), value);
    }
  }

  private void scrollPixels(
      int page, int row, int from, int left, int right, boolean blank, int fill) {
    int cellHeight = caller.bda8(Bda.CELL_HEIGHT);
    for (int y = 0; y < cellHeight; y++) {
      pixels.copyLine(
          page,
          from * cellHeight + y,
          row * cellHeight + y,
          left,
          right - left + 1,
          blank ? fill : -1);
    }
  }
}
