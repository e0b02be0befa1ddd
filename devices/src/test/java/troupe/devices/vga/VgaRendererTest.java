package troupe.devices.vga;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.devices.display.Frame;
import troupe.devices.display.TextScreen;

class VgaRendererTest {
  private static final int BLACK = 0;
  private static final int BLUE = 0x0000AA;
  private static final int YELLOW = 0xFFFF55;
  private static final int WHITE = 0xFFFFFF;
  private static final int GREY = 0xAAAAAA;

  private final Adapter adapter = new Adapter();

  /** One character cell as text: '#' for {@code on}, '.' for {@code off}. */
  private static String cell(Frame frame, int left, int top, int dots, int rows, int on, int off) {
    StringBuilder picture = new StringBuilder();
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < dots; x++) {
        int colour = frame.pixel(left + x, top + y);
        picture.append(colour == on ? '#' : colour == off ? '.' : '?');
      }
      picture.append('\n');
    }
    return picture.toString();
  }

  private static String glyph(byte[] font, int code, int rows, int dots, boolean ninthIsEighth) {
    StringBuilder picture = new StringBuilder();
    for (int y = 0; y < rows; y++) {
      int bits = font[code * rows + y] & 0xFF;
      for (int x = 0; x < 8; x++) {
        picture.append((bits >> 7 - x & 1) != 0 ? '#' : '.');
      }
      if (dots == 9) {
        picture.append(ninthIsEighth && (bits & 1) != 0 ? '#' : '.');
      }
      picture.append('\n');
    }
    return picture.toString();
  }

  private void hideCursor() {
    adapter.indexed(0x3D4, 0x0A, 0x20);
  }

  @Test
  void textIsDrawnWithTheLoadedFont() {
    adapter.setMode(3);
    hideCursor();
    adapter.print(0, 0, 80, "A\u00C4q", 0x1E);
    Frame frame = adapter.vga.render();
    byte[] font = VgaFonts.font8x16();
    assertEquals(glyph(font, 'A', 16, 9, false), cell(frame, 0, 0, 9, 16, YELLOW, BLUE));
    assertEquals(glyph(font, 0xC4, 16, 9, true), cell(frame, 9, 0, 9, 16, YELLOW, BLUE));
    assertEquals(glyph(font, 'q', 16, 9, false), cell(frame, 18, 0, 9, 16, YELLOW, BLUE));
    assertEquals(BLACK, frame.pixel(28, 0));
  }

  @Test
  void goldenLetter() {
    adapter.setMode(VgaModes.text(3, 200).orElseThrow());
    hideCursor();
    adapter.print(1, 0, 80, "L", 0x0F);
    Frame frame = adapter.vga.render();
    assertEquals(
        """
        ####....
        .##.....
        .##.....
        .##.....
        .##...#.
        .##..##.
        #######.
        ........
        """,
        cell(frame, 8, 0, 8, 8, WHITE, BLACK));
  }

  @Test
  void cursorIsDrawnAndBlinks() {
    adapter.setMode(3);
    adapter.indexed(0x3D4, 0x0E, 0);
    adapter.indexed(0x3D4, 0x0F, 82);
    adapter.print(2, 1, 80, " ", 0x07);
    Frame on = adapter.vga.render();
    assertEquals(BLACK, on.pixel(18, 16 + 12));
    assertEquals(GREY, on.pixel(18, 16 + 13));
    assertEquals(GREY, on.pixel(26, 16 + 14));
    assertEquals(BLACK, on.pixel(18, 16 + 15));
    assertEquals(BLACK, on.pixel(27, 16 + 13));
    adapter.clock.advanceTo(8 * 14_268_000L + 1_000_000);
    assertEquals(BLACK, adapter.vga.render().pixel(18, 16 + 13));
    adapter.clock.advanceTo(16 * 14_268_000L + 1_000_000);
    assertEquals(GREY, adapter.vga.render().pixel(18, 16 + 13));
    adapter.indexed(0x3D4, 0x0A, 0x2D);
    assertEquals(BLACK, adapter.vga.render().pixel(18, 16 + 13));
  }

  @Test
  void blinkingCharactersGoAwayAndComeBack() {
    adapter.setMode(3);
    hideCursor();
    adapter.print(0, 0, 80, "\u00DB", 0x9E);
    assertEquals(YELLOW, adapter.vga.render().pixel(4, 4));
    adapter.clock.advanceTo(16 * 14_268_000L + 1_000_000);
    assertEquals(BLUE, adapter.vga.render().pixel(4, 4));
    adapter.attribute(0x10, 0x04);
    assertEquals(YELLOW, adapter.vga.render().pixel(4, 4), "bright background instead of blinking");
    adapter.print(0, 0, 80, " ", 0x9E);
    assertEquals(0x5555FF, adapter.vga.render().pixel(4, 4));
  }

  @Test
  void attributeBitThreeChoosesTheOtherFont() {
    adapter.setMode(3);
    hideCursor();
    adapter.loadFont(8, 5);
    // Map A is font 5 (1 and the high bit), map B stays font 0.
    adapter.indexed(0x3C4, 3, 0x24);
    adapter.print(0, 0, 80, "RR", 0x07);
    adapter.print(1, 0, 80, "R", 0x0F);
    Frame frame = adapter.vga.render();
    String half = glyph(VgaFonts.font8x8(), 'R', 8, 9, false);
    assertEquals(
        glyph(VgaFonts.font8x16(), 'R', 16, 9, false), cell(frame, 0, 0, 9, 16, GREY, BLACK));
    assertEquals(half, cell(frame, 9, 0, 9, 8, WHITE, BLACK));
  }

  @Test
  void monochromeTextIsUnderlined() {
    adapter.setMode(7);
    adapter.indexed(0x3B4, 0x0A, 0x20);
    adapter.indexed(0x3B4, 0x14, 0x0D);
    adapter.window.write16(0x1_0000, ' ' | 0x01 << 8);
    adapter.window.write16(0x1_0002, ' ' | 0x07 << 8);
    Frame frame = adapter.vga.render();
    assertEquals(GREY, frame.pixel(0, 13));
    assertEquals(BLACK, frame.pixel(0, 12));
    assertEquals(BLACK, frame.pixel(9, 13));
  }

  @Test
  void fiftyLinesWithTheSmallFont() {
    adapter.setMode(3);
    adapter.loadFont(8, 0);
    adapter.indexed(0x3D4, 0x09, 0x47);
    adapter.print(0, 49, 80, "last", 0x07);
    TextScreen screen = adapter.vga.textScreen().orElseThrow();
    assertEquals(50, screen.lines().size());
    assertTrue(screen.lines().get(49).startsWith("last"));
    assertEquals(
        glyph(VgaFonts.font8x8(), 'l', 8, 9, false),
        cell(adapter.vga.render(), 0, 392, 9, 8, GREY, BLACK));
  }

  @Test
  void screenTextIsUnicodeWithTheCursor() {
    adapter.setMode(3);
    for (int row = 0; row < 26; row++) {
      adapter.print(0, row, 80, " ".repeat(80), 0x07);
    }
    adapter.print(5, 2, 80, "A:\\>\u00C9\u00E1", 0x07);
    adapter.indexed(0x3D4, 0x0E, (2 * 80 + 11) >> 8);
    adapter.indexed(0x3D4, 0x0F, 2 * 80 + 11 & 0xFF);
    TextScreen screen = adapter.vga.textScreen().orElseThrow();
    assertEquals("     A:\\>╔ß", screen.lines().get(2).stripTrailing());
    assertEquals(11, screen.cursorColumn());
    assertEquals(2, screen.cursorRow());
    assertTrue(screen.contains("A:\\>"));
    adapter.indexed(0x3D4, 0x0D, 80);
    screen = adapter.vga.textScreen().orElseThrow();
    assertEquals("     A:\\>╔ß", screen.lines().get(1).stripTrailing());
    assertEquals(1, screen.cursorRow());
  }

  @Test
  void lineCompareShowsTheStartOfMemoryBelow() {
    adapter.setMode(3);
    hideCursor();
    adapter.print(0, 0, 80, "\u00DB", 0x0E);
    adapter.indexed(0x3D4, 0x0C, 0x08);
    adapter.indexed(0x3D4, 0x11, 0x0E);
    adapter.indexed(0x3D4, 0x18, 99);
    adapter.indexed(0x3D4, 0x09, 0x0F);
    adapter.indexed(0x3D4, 0x07, 0x0F);
    Frame frame = adapter.vga.render();
    assertEquals(BLACK, frame.pixel(0, 0));
    assertEquals(BLACK, frame.pixel(0, 99));
    assertEquals(YELLOW, frame.pixel(0, 100));
    assertEquals(YELLOW, frame.pixel(0, 115));
    assertEquals(BLACK, frame.pixel(0, 116));
  }

  @Test
  void panningMovesThePictureToTheLeft() {
    adapter.setMode(3);
    hideCursor();
    adapter.print(0, 0, 80, "\u00DB \u00DB", 0x0E);
    adapter.attribute(0x13, 2);
    Frame frame = adapter.vga.render();
    assertEquals(YELLOW, frame.pixel(5, 0), "nine dots less three");
    assertEquals(BLACK, frame.pixel(6, 0));
    assertEquals(BLACK, frame.pixel(14, 0));
    assertEquals(YELLOW, frame.pixel(15, 0));
  }

  @Test
  void mode13hIsOneByteAPixel() {
    adapter.setMode(0x13);
    adapter.window.write8(0, 14);
    adapter.window.write32(320 * 199 + 316, 0x0F00_0000);
    adapter.window.write16(322, 0x0E01);
    Frame frame = adapter.vga.render();
    assertEquals(YELLOW, frame.pixel(0, 0));
    assertEquals(WHITE, frame.pixel(319, 199));
    assertEquals(BLUE, frame.pixel(2, 1));
    assertEquals(YELLOW, frame.pixel(3, 1));
    assertEquals(0x0E01, adapter.window.read16(322));
    assertEquals(0x0F00_0000, adapter.window.read32(320 * 199 + 316));
  }

  @Test
  void modeXIsFourPixelsAnAddress() {
    adapter.setMode(0x13);
    adapter.indexed(0x3C4, 4, 0x06);
    adapter.indexed(0x3D4, 0x14, 0x00);
    adapter.indexed(0x3D4, 0x17, 0xE3);
    // 320x240: the timing of 480 lines.
    adapter.ports.write8(0x3C2, 0xE3);
    adapter.indexed(0x3D4, 0x11, 0x2C);
    int[][] timing = {
      {0x06, 0x0D}, {0x07, 0x3E}, {0x10, 0xEA}, {0x11, 0xAC}, {0x12, 0xDF}, {0x15, 0xE7}, {0x16, 6}
    };
    for (int[] register : timing) {
      adapter.indexed(0x3D4, register[0], register[1]);
    }
    adapter.indexed(0x3C4, 2, 1 << 2);
    adapter.window.write8(239 * 80 + 10, 14);
    Frame frame = adapter.vga.render();
    assertEquals(320, frame.width());
    assertEquals(240, frame.height());
    assertEquals(YELLOW, frame.pixel(42, 239));
    assertEquals(BLACK, frame.pixel(41, 239));
    adapter.indexed(0x3D4, 0x0D, 80);
    assertEquals(YELLOW, adapter.vga.render().pixel(42, 238));
  }

  @Test
  void planarModesTakeABitOfEachPlane() {
    for (int number : new int[] {0x0D, 0x0E, 0x10, 0x12}) {
      adapter.setMode(number);
      int bytes = VgaModes.of(number).orElseThrow().columns();
      adapter.indexed(0x3CE, 5, 2);
      adapter.indexed(0x3CE, 8, 0x20);
      adapter.window.read8(3 * bytes + 1);
      adapter.window.write8(3 * bytes + 1, 0x0E);
      Frame frame = adapter.vga.render();
      assertEquals(YELLOW, frame.pixel(10, 3), "mode " + number);
      assertEquals(BLACK, frame.pixel(9, 3));
      assertEquals(BLACK, frame.pixel(11, 3));
    }
  }

  @Test
  void cgaModesHaveTheirOddLinesEightKibibytesOn() {
    adapter.setMode(4);
    adapter.window.write8(0x1_8000, 0b00_01_10_11);
    adapter.window.write8(0x1_8000 + 1, 0b11_00_00_00);
    adapter.window.write8(0x1_A000, 0b01_00_00_00);
    adapter.window.write8(0x1_8000 + 80, 0b10_00_00_00);
    Frame frame = adapter.vga.render();
    int cyan = 0x55FFFF;
    int magenta = 0xFF55FF;
    assertEquals(BLACK, frame.pixel(0, 0));
    assertEquals(cyan, frame.pixel(1, 0));
    assertEquals(magenta, frame.pixel(2, 0));
    assertEquals(WHITE, frame.pixel(3, 0));
    assertEquals(WHITE, frame.pixel(4, 0));
    assertEquals(cyan, frame.pixel(0, 1));
    assertEquals(magenta, frame.pixel(0, 2));

    adapter.setMode(6);
    adapter.window.write8(0x1_8000, 0x80);
    adapter.window.write8(0x1_A000 + 79, 0x01);
    frame = adapter.vga.render();
    assertEquals(WHITE, frame.pixel(0, 0));
    assertEquals(WHITE, frame.pixel(639, 1));
    assertEquals(BLACK, frame.pixel(638, 1));
  }

  @Test
  void monochromeGraphicsModesAreTwoColours() {
    adapter.setMode(0x0F);
    adapter.window.write8(0, 0x80);
    assertNotEquals(BLACK, adapter.vga.render().pixel(0, 0));
    adapter.setMode(0x11);
    adapter.window.write8(81, 0x40);
    assertEquals(WHITE, adapter.vga.render().pixel(9, 1));
  }

  @Test
  void screenOffIsBlack() {
    adapter.setMode(3);
    adapter.print(0, 0, 80, "\u00DB", 0x0F);
    adapter.indexed(0x3C4, 1, 0x20);
    assertEquals(BLACK, adapter.vga.render().pixel(0, 0));
    adapter.indexed(0x3C4, 1, 0x00);
    assertEquals(WHITE, adapter.vga.render().pixel(0, 0));
    adapter.ports.read8(0x3DA);
    adapter.ports.write8(0x3C0, 0x00);
    assertEquals(BLACK, adapter.vga.render().pixel(0, 0));
  }

  @Test
  void colourSelectAndPlaneEnableTakePart() {
    adapter.setMode(3);
    hideCursor();
    adapter.print(0, 0, 80, "\u00DB", 0x0F);
    adapter.attribute(0x12, 0x01);
    assertEquals(BLUE, adapter.vga.render().pixel(0, 0));
    adapter.attribute(0x12, 0x0F);
    adapter.attribute(0x14, 0x04);
    adapter.ports.write8(0x3C8, 0x7F);
    for (int part : new int[] {0x3F, 0, 0}) {
      adapter.ports.write8(0x3C9, part);
    }
    assertEquals(0xFF0000, adapter.vga.render().pixel(0, 0));
    adapter.ports.write8(0x3C6, 0x3F);
    assertEquals(WHITE, adapter.vga.render().pixel(0, 0));
  }

  @Test
  void whateverTheRegistersHoldThereIsAPicture() {
    java.util.Random random = new java.util.Random(3);
    for (int i = 0; i < 300; i++) {
      for (int register = 0; register < 0x19; register++) {
        adapter.ports.write8(0x3C2, random.nextInt(256) | 1);
        adapter.indexed(0x3D4, 0x11, 0);
        adapter.indexed(0x3D4, register, random.nextInt(256));
      }
      for (int register = 0; register < 0x15; register++) {
        adapter.attribute(register, random.nextInt(256));
      }
      adapter.indexed(0x3C4, 1 + random.nextInt(4), random.nextInt(256));
      adapter.indexed(0x3CE, random.nextInt(9), random.nextInt(256));
      adapter.ports.read8(0x3DA);
      adapter.dispi(random.nextInt(10), random.nextInt(0x1_0000));
      Frame frame = adapter.vga.render();
      assertEquals(frame.width() * frame.height(), frame.pixels().length);
      adapter.vga.textScreen();
      adapter.clock.advanceTo(i * 1_000_000L);
    }
  }
}
