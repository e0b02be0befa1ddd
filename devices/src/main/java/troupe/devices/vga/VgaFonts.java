package troupe.devices.vga;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The character generators of a video BIOS: 256 glyphs of code page 437, 8 dots wide, one byte a
 * scan line, bit 7 leftmost. Where they come from and their licence: README.md beside the
 * resources.
 */
public final class VgaFonts {
  private static final int GLYPHS = 256;

  private VgaFonts() {}

  /** 8x8 dots, 2,048 bytes. */
  public static byte[] font8x8() {
    return load(8);
  }

  /** 8x14 dots, 3,584 bytes. */
  public static byte[] font8x14() {
    return load(14);
  }

  /** 8x16 dots, 4,096 bytes. */
  public static byte[] font8x16() {
    return load(16);
  }

  private static byte[] load(int height) {
    String name = "font8x" + height + ".bin";
    try (InputStream in = VgaFonts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing from this build");
      }
      byte[] font = in.readAllBytes();
      if (font.length != GLYPHS * height) {
        throw new IllegalStateException("resource " + name + " has " + font.length + " bytes");
      }
      return font;
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + name, e);
    }
  }
}
