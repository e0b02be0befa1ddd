package troupe.devices.vga;

/** The sets of colours that the BIOS loads into the DAC ([IBM VGA] default palettes). */
public enum VgaPalette {
  /** 64 colours as of an EGA: two bits each of red, green and blue. */
  EGA,
  /** 16 colours of a CGA, for modes of 200 scan lines. */
  CGA,
  /** Four brightnesses. */
  MONOCHROME,
  /** 256 colours of mode 13h. */
  COLOURS_256;

  private static final int TWO_THIRDS = 0x2A;
  private static final int THIRD = 0x15;
  private static final int[] GREYS = {0, 5, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 56, 63};

  /** Five steps from the weakest to the strongest part of a hue, for each of nine groups. */
  private static final int[][] STEPS = {
    {0, 16, 31, 47, 63},
    {31, 39, 47, 55, 63},
    {45, 49, 54, 58, 63},
    {0, 7, 14, 21, 28},
    {14, 17, 21, 24, 28},
    {20, 22, 24, 26, 28},
    {0, 4, 8, 12, 16},
    {8, 10, 12, 14, 16},
    {11, 12, 13, 15, 16}
  };

  private static final int HUES = 24;

  /** Red, green and blue of as many entries as the BIOS writes (64 or 248), 6 bits each. */
  public byte[] rgb() {
    return switch (this) {
      case EGA -> ega();
      case CGA -> cga();
      case MONOCHROME -> monochrome();
      case COLOURS_256 -> colours256();
    };
  }

  private static byte[] ega() {
    byte[] rgb = new byte[64 * 3];
    for (int i = 0; i < 64; i++) {
      for (int part = 0; part < 3; part++) {
        int strong = i >> 2 - part & 1;
        int weak = i >> 5 - part & 1;
        rgb[3 * i + part] = (byte) (strong * TWO_THIRDS + weak * THIRD);
      }
    }
    return rgb;
  }

  private static byte[] cga() {
    byte[] rgb = new byte[64 * 3];
    for (int i = 0; i < 64; i++) {
      sixteen(i & 7 | (i & 0x10) >> 1, rgb, 3 * i);
    }
    return rgb;
  }

  /** Colour 0 to 15 of a CGA, with brown in the place of dark yellow. */
  private static void sixteen(int colour, byte[] rgb, int at) {
    for (int part = 0; part < 3; part++) {
      int strong = colour >> 2 - part & 1;
      int bright = colour >> 3;
      rgb[at + part] = (byte) (strong * TWO_THIRDS + bright * THIRD);
    }
    if (colour == 6) {
      rgb[at + 1] = THIRD;
    }
  }

  private static byte[] monochrome() {
    int[] levels = {0, TWO_THIRDS, 0, 0x3F};
    byte[] rgb = new byte[64 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) levels[i / 3 >> 3 & 3];
    }
    return rgb;
  }

  private static byte[] colours256() {
    byte[] rgb = new byte[248 * 3];
    for (int i = 0; i < 16; i++) {
      sixteen(i, rgb, 3 * i);
      for (int part = 0; part < 3; part++) {
        rgb[3 * (16 + i) + part] = (byte) GREYS[i];
      }
    }
    int at = 3 * 32;
    for (int[] steps : STEPS) {
      for (int hue = 0; hue < HUES; hue++) {
        rgb[at++] = (byte) steps[level(hue + 8)];
        rgb[at++] = (byte) steps[level(hue)];
        rgb[at++] = (byte) steps[level(hue + 16)];
      }
    }
    return rgb;
  }

  /**
   * Strength 0 to 4 of a part around the circle of hues, as green runs: weak, rising, strong,
   * falling.
   */
  private static int level(int hue) {
    int place = hue % HUES;
    if (place <= 8) {
      return 0;
    } else if (place < 12) {
      return place - 8;
    } else if (place <= 20) {
      return 4;
    }
    return 24 - place;
  }
}
