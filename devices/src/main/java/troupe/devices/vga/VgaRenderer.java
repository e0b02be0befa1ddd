package troupe.devices.vga;

import troupe.devices.display.Frame;

/**
 * Makes the picture of a VGA mode by doing what the CRT controller, the shift registers and the
 * attribute controller do in a frame, scan line by scan line. Lines that the hardware shows twice
 * because a mode has fewer than the monitor needs are in the picture once: mode 13h is 320x200.
 */
final class VgaRenderer {
  /** Frames for which the cursor is shown, and then not. */
  static final int CURSOR_HALF_PERIOD = 8;

  private static final int BLINK_HALF_PERIOD = 16;

  /** What a screen without a usable mode is shown as. */
  private static final int BLANK_WIDTH = 640;

  private static final int BLANK_HEIGHT = 480;
  private static final int SMALLEST = 16;

  private final Sequencer sequencer;
  private final CrtController crtc;
  private final GraphicsController graphics;
  private final AttributeController attribute;
  private final Dac dac;
  private final byte[] memory;
  private final boolean cursorOn;
  private final boolean blinkOn;
  private final int[] colours = new int[16];

  /** {@code frames} counts the frames since power-on, for what blinks. */
  VgaRenderer(
      Sequencer sequencer,
      CrtController crtc,
      GraphicsController graphics,
      AttributeController attribute,
      Dac dac,
      byte[] memory,
      long frames) {
    this.sequencer = sequencer;
    this.crtc = crtc;
    this.graphics = graphics;
    this.attribute = attribute;
    this.dac = dac;
    this.memory = memory;
    this.cursorOn = frames / CURSOR_HALF_PERIOD % 2 == 0;
    this.blinkOn = frames / BLINK_HALF_PERIOD % 2 == 0;
    for (int i = 0; i < colours.length; i++) {
      colours[i] = dac.xrgb(attribute.dacIndex(i));
    }
  }

  /** The picture; {@code on} is whether the screen shows memory, else it is black. */
  Frame render(boolean on) {
    boolean packed = graphics.graphics() && graphics.shift256();
    int dots = !graphics.graphics() ? sequencer.characterDots() : packed ? 4 : 8;
    int characters = crtc.displayedCharacters();
    int width = characters * dots;
    int step = linesPerPictureLine();
    int height = crtc.displayedLines() / step;
    if (width < SMALLEST || height < SMALLEST) {
      return Frame.of(BLANK_WIDTH, BLANK_HEIGHT, 0);
    }
    if (!on) {
      return Frame.of(width, height, 0);
    }
    int[] colours256 = packed ? dac.xrgb() : colours;
    int[] pixels = new int[width * height];
    // One character more than is shown, for panning to move in.
    int[] line = new int[(characters + 1) * dots];
    int counter = crtc.startAddress();
    int row = crtc.presetRowScan();
    int panning = panning(packed);
    boolean again = false;
    for (int scanLine = 0; scanLine < height * step; scanLine++) {
      if (scanLine % step == 0) {
        if (!graphics.graphics()) {
          textLine(counter, row, characters + 1, dots, line);
        } else if (packed) {
          packedLine(counter, row, characters + 1, colours256, line);
        } else if (graphics.interleavedShift()) {
          interleavedLine(counter, row, characters + 1, line);
        } else {
          planarLine(counter, row, characters + 1, line);
        }
        System.arraycopy(line, panning, pixels, scanLine / step * width, width);
      }
      if (scanLine == crtc.lineCompare()) {
        counter = 0;
        row = 0;
        again = false;
        panning = attribute.panningStopsAtLineCompare() ? 0 : panning;
      } else if (crtc.doubleScan() && !again) {
        again = true;
      } else {
        again = false;
        if (row == crtc.rowsPerCharacter() - 1) {
          row = 0;
          counter += crtc.pitch();
        } else {
          row = row + 1 & 0x1F;
        }
      }
    }
    return new Frame(width, height, pixels);
  }

  /** Scan lines that show the same: doubled ones, and rows of a character that is all one row. */
  private int linesPerPictureLine() {
    int doubled = crtc.doubleScan() ? 2 : 1;
    boolean sameRows = graphics.graphics() && !crtc.rowScanInAddress();
    return sameRows ? doubled * crtc.rowsPerCharacter() : doubled;
  }

  /** Dots by which the picture is moved to the left. */
  private int panning(boolean packed) {
    int value = attribute.registers[AttributeController.HORIZONTAL_PANNING];
    if (packed) {
      return (value & 7) >> 1;
    }
    if (!graphics.graphics() && sequencer.characterDots() == 9) {
      return value >= 8 ? 0 : value + 1;
    }
    return value & 7;
  }

  private int quad(int counter, int character, int row) {
    int address = counter + (character >> crtc.addressCounterShift()) & 0xFFFF;
    return crtc.planeAddress(address, row) << 2;
  }

  private void textLine(int counter, int row, int characters, int dots, int[] line) {
    boolean cursorRow =
        cursorOn
            && crtc.cursorShown()
            && row >= crtc.cursorFirstRow()
            && row <= crtc.cursorLastRow();
    boolean underlineRow = row == crtc.underlineRow();
    int to = 0;
    for (int i = 0; i < characters; i++) {
      int quad = quad(counter, i, row);
      int code = memory[quad] & 0xFF;
      int look = memory[quad + 1] & 0xFF;
      int font = (look & 0x08) != 0 ? sequencer.fontA() : sequencer.fontB();
      int bits = (memory[(font + code * 32 + row << 2) + 2] & 0xFF) << 1;
      if (attribute.lineGraphics() && code >= 0xC0 && code <= 0xDF) {
        bits |= bits >> 1 & 1;
      }
      int background = look >> 4;
      if (attribute.blink()) {
        background &= 7;
        bits = (look & 0x80) != 0 && !blinkOn ? 0 : bits;
      }
      boolean underlined = underlineRow && (look & 0x77) == 0x01;
      boolean cursor = cursorRow && (counter + i & 0xFFFF) == crtc.cursorLocation();
      if (underlined || cursor) {
        bits = 0x1FF;
      }
      int on = colours[look & 0x0F];
      int off = colours[background];
      for (int dot = 0; dot < dots; dot++) {
        line[to++] = (bits >> 8 - dot & 1) != 0 ? on : off;
      }
    }
  }

  /** One bit of each plane a pixel, bit 7 first. */
  private void planarLine(int counter, int row, int characters, int[] line) {
    int to = 0;
    for (int i = 0; i < characters; i++) {
      int quad = quad(counter, i, row);
      int p0 = memory[quad];
      int p1 = memory[quad + 1];
      int p2 = memory[quad + 2];
      int p3 = memory[quad + 3];
      for (int bit = 7; bit >= 0; bit--) {
        line[to++] =
            colours[
                p0 >> bit & 1 | (p1 >> bit & 1) << 1 | (p2 >> bit & 1) << 2 | (p3 >> bit & 1) << 3];
      }
    }
  }

  /** Two bits of planes 0 and 2 a pixel, then of planes 1 and 3. */
  private void interleavedLine(int counter, int row, int characters, int[] line) {
    int to = 0;
    for (int i = 0; i < characters; i++) {
      int quad = quad(counter, i, row);
      for (int half = 0; half < 2; half++) {
        int low = memory[quad + half];
        int high = memory[quad + half + 2];
        for (int shift = 6; shift >= 0; shift -= 2) {
          line[to++] = colours[low >> shift & 3 | (high >> shift & 3) << 2];
        }
      }
    }
  }

  /** A byte a pixel, from planes 0 to 3 in turn. */
  private void packedLine(int counter, int row, int characters, int[] colours256, int[] line) {
    int to = 0;
    for (int i = 0; i < characters; i++) {
      int quad = quad(counter, i, row);
      for (int plane = 0; plane < 4; plane++) {
        line[to++] = colours256[memory[quad + plane] & 0xFF];
      }
    }
  }
}
