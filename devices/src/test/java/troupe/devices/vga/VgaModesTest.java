package troupe.devices.vga;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.devices.display.Frame;

class VgaModesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 360, 400", "1, 360, 400", "2, 720, 400", "3, 720, 400", "4, 320, 200", "5, 320, 200",
    "6, 640, 200", "7, 720, 400", "13, 320, 200", "14, 640, 200", "15, 640, 350", "16, 640, 350",
    "17, 640, 480", "18, 640, 480", "19, 320, 200"
  })
  void eachModeHasItsResolution(int number, int width, int height) {
    Adapter adapter = new Adapter();
    adapter.setMode(number);
    Frame frame = adapter.vga.render();
    assertEquals(width, frame.width());
    assertEquals(height, frame.height());
    VgaMode mode = VgaModes.of(number).orElseThrow();
    assertEquals(mode.text(), adapter.vga.textScreen().isPresent());
    adapter
        .vga
        .textScreen()
        .ifPresent(
            screen -> {
              assertEquals(mode.columns(), screen.columns());
              assertEquals(mode.rows(), screen.lines().size());
            });
  }

  @ParameterizedTest
  @CsvSource({"0, 200", "0, 350", "1, 400", "2, 350", "3, 200", "3, 350", "3, 400", "7, 350"})
  void textModesComeWithOtherLineCounts(int number, int lines) {
    Adapter adapter = new Adapter();
    VgaMode mode = VgaModes.text(number, lines).orElseThrow();
    adapter.setMode(mode);
    assertEquals(lines, adapter.vga.render().height());
    assertEquals(25, adapter.vga.textScreen().orElseThrow().lines().size());
  }

  @Test
  void tableEntryHasTheLayoutOfTheParameterTable() {
    String mode3 =
        "501810001000030002675F4F50825581BF1F004F0D0E000000009C8E8F281F96B9A3FF"
            + "000102030405140738393A3B3C3D3E3F0C000F080000000000100E00FF";
    assertArrayEquals(HexFormat.of().parseHex(mode3), VgaModes.of(3).orElseThrow().tableEntry());
  }

  @Test
  void palettesHaveTheKnownColours() {
    byte[] ega = VgaPalette.EGA.rgb();
    assertArrayEquals(new byte[] {0x2A, 0x15, 0}, Arrays.copyOfRange(ega, 0x14 * 3, 0x15 * 3));
    assertArrayEquals(new byte[] {0x3F, 0x3F, 0x3F}, Arrays.copyOfRange(ega, 63 * 3, 64 * 3));
    byte[] cga = VgaPalette.CGA.rgb();
    assertArrayEquals(new byte[] {0x2A, 0x15, 0}, Arrays.copyOfRange(cga, 6 * 3, 7 * 3));
    assertArrayEquals(new byte[] {0x15, 0x3F, 0x3F}, Arrays.copyOfRange(cga, 0x13 * 3, 0x14 * 3));
    byte[] all = VgaPalette.COLOURS_256.rgb();
    assertEquals(248 * 3, all.length);
    assertArrayEquals(new byte[] {0, 0, 0x3F}, Arrays.copyOfRange(all, 32 * 3, 33 * 3));
    assertArrayEquals(new byte[] {0x3F, 0, 0x3F}, Arrays.copyOfRange(all, 36 * 3, 37 * 3));
    assertArrayEquals(new byte[] {0x3F, 0, 0}, Arrays.copyOfRange(all, 40 * 3, 41 * 3));
    assertArrayEquals(new byte[] {0, 0x3F, 0}, Arrays.copyOfRange(all, 48 * 3, 49 * 3));
    assertArrayEquals(new byte[] {0, 0x10, 0x3F}, Arrays.copyOfRange(all, 55 * 3, 56 * 3));
    assertArrayEquals(new byte[] {0x0B, 0x0C, 0x10}, Arrays.copyOfRange(all, 247 * 3, 248 * 3));
  }

  @Test
  void fontsHaveGlyphsWhereCodePage437HasThem() {
    byte[] font16 = VgaFonts.font8x16();
    byte[] font14 = VgaFonts.font8x14();
    byte[] font8 = VgaFonts.font8x8();
    for (int code = 1; code < 255; code++) {
      if (code != 0x20) {
        assertTrue(inked(font16, code, 16), "8x16 glyph " + code);
        assertTrue(inked(font14, code, 14), "8x14 glyph " + code);
        assertTrue(inked(font8, code, 8), "8x8 glyph " + code);
      }
    }
    for (int blank : new int[] {0, 0x20, 0xFF}) {
      assertTrue(!inked(font16, blank, 16) && !inked(font8, blank, 8));
    }
    // The full block fills its cell, and a horizontal line reaches both sides.
    assertEquals(-1, font16[0xDB * 16] & font16[0xDB * 16 + 15]);
    assertTrue(hasRow(font16, 0xC4, 16, 0xFF));
  }

  private static boolean inked(byte[] font, int code, int height) {
    for (int row = 0; row < height; row++) {
      if (font[code * height + row] != 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasRow(byte[] font, int code, int height, int value) {
    for (int row = 0; row < height; row++) {
      if ((font[code * height + row] & 0xFF) == value) {
        return true;
      }
    }
    return false;
  }
}
