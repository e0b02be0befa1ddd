package troupe.devices.vga;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The register values of the BIOS video modes 0 to 7 and 0Dh to 13h ([IBM VGA] Video BIOS parameter
 * tables). The text modes are there with the 400 scan lines that a VGA sets, and through {@link
 * #text} also with 200 (CGA) and 350 (EGA).
 */
public final class VgaModes {
  // Horizontal timing, then vertical; each string holds CR0 to CR18.
  private static final String CRTC_TEXT40_400 =
      "2D2728902BA0BF1F004F0D0E000000009C8E8F141F96B9A3FF";
  private static final String CRTC_TEXT80_400 =
      "5F4F50825581BF1F004F0D0E000000009C8E8F281F96B9A3FF";
  private static final String CRTC_TEXT40_350 =
      "2D2728902BA0BF1F004D0B0C0000000083855D141F63BAA3FF";
  private static final String CRTC_TEXT80_350 =
      "5F4F50825581BF1F004D0B0C0000000083855D281F63BAA3FF";
  private static final String CRTC_TEXT40_200 =
      "2D2728902BA0BF1F00C70607000000009C8E8F141F96B9A3FF";
  private static final String CRTC_TEXT80_200 =
      "5F4F50825581BF1F00C70607000000009C8E8F281F96B9A3FF";
  private static final String CRTC_MONO_400 = "5F4F50825581BF1F004F0D0E000000009C8E8F280F96B9A3FF";
  private static final String CRTC_MONO_350 = "5F4F50825581BF1F004D0B0C0000000083855D280D63BAA3FF";
  private static final String CRTC_CGA_4 = "2D2728902B80BF1F00C10000000000009C8E8F140096B9A2FF";
  private static final String CRTC_CGA_2 = "5F4F50825480BF1F00C10000000000009C8E8F280096B9C2FF";
  private static final String CRTC_EGA_320 = "2D2728902B80BF1F00C00000000000009C8E8F140096B9E3FF";
  private static final String CRTC_EGA_640 = "5F4F50825480BF1F00C00000000000009C8E8F280096B9E3FF";
  private static final String CRTC_LINES_350 = "5F4F50825480BF1F004000000000000083855D280F63BAE3FF";
  private static final String CRTC_LINES_480 = "5F4F508254800B3E0040000000000000EA8CDF2800E704E3FF";
  private static final String CRTC_CHAIN_4 = "5F4F50825480BF1F00410000000000009C8E8F284096B9A3FF";

  // AR0 to AR13.
  private static final String ATTRIBUTE_TEXT_COLOUR = "000102030405140738393A3B3C3D3E3F0C000F08";
  private static final String ATTRIBUTE_TEXT_RGBI = "0001020304050607101112131415161708000F00";
  private static final String ATTRIBUTE_TEXT_MONO = "000808080808080810181818181818180E000F08";
  private static final String ATTRIBUTE_CGA_4 = "0013151702040607101112131415161701000300";
  private static final String ATTRIBUTE_CGA_2 = "0017171717171717171717171717171701000100";
  private static final String ATTRIBUTE_RGBI = "0001020304050607101112131415161701000F00";
  private static final String ATTRIBUTE_EGA = "000102030405140738393A3B3C3D3E3F01000F00";
  private static final String ATTRIBUTE_MONO = "000800001818000000080000001800000B000500";
  private static final String ATTRIBUTE_TWO_COLOURS = "003F3F3F3F3F3F3F3F3F3F3F3F3F3F3F01000F00";
  private static final String ATTRIBUTE_DIRECT = "000102030405060708090A0B0C0D0E0F41000F00";

  // GR0 to GR8.
  private static final String GRAPHICS_TEXT_COLOUR = "0000000000100E00FF";
  private static final String GRAPHICS_TEXT_MONO = "0000000000100A00FF";
  private static final String GRAPHICS_CGA_4 = "0000000000300F00FF";
  private static final String GRAPHICS_CGA_2 = "0000000000000D00FF";
  private static final String GRAPHICS_PLANAR = "000000000000050FFF";
  private static final String GRAPHICS_MONO = "0000000000000505FF";
  private static final String GRAPHICS_TWO_COLOURS = "0000000000000501FF";
  private static final String GRAPHICS_DIRECT = "000000000040050FFF";

  private static final List<VgaMode> STANDARD =
      List.of(
          mode(
              0x00,
              true,
              40,
              25,
              16,
              0x0800,
              0xB800,
              VgaPalette.EGA,
              0x67,
              "08030002",
              CRTC_TEXT40_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x01,
              true,
              40,
              25,
              16,
              0x0800,
              0xB800,
              VgaPalette.EGA,
              0x67,
              "08030002",
              CRTC_TEXT40_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x02,
              true,
              80,
              25,
              16,
              0x1000,
              0xB800,
              VgaPalette.EGA,
              0x67,
              "00030002",
              CRTC_TEXT80_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x03,
              true,
              80,
              25,
              16,
              0x1000,
              0xB800,
              VgaPalette.EGA,
              0x67,
              "00030002",
              CRTC_TEXT80_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x04,
              false,
              40,
              25,
              8,
              0x4000,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "09030002",
              CRTC_CGA_4,
              ATTRIBUTE_CGA_4,
              GRAPHICS_CGA_4),
          mode(
              0x05,
              false,
              40,
              25,
              8,
              0x4000,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "09030002",
              CRTC_CGA_4,
              ATTRIBUTE_CGA_4,
              GRAPHICS_CGA_4),
          mode(
              0x06,
              false,
              80,
              25,
              8,
              0x4000,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "01010006",
              CRTC_CGA_2,
              ATTRIBUTE_CGA_2,
              GRAPHICS_CGA_2),
          mode(
              0x07,
              true,
              80,
              25,
              16,
              0x1000,
              0xB000,
              VgaPalette.MONOCHROME,
              0x66,
              "00030002",
              CRTC_MONO_400,
              ATTRIBUTE_TEXT_MONO,
              GRAPHICS_TEXT_MONO),
          mode(
              0x0D,
              false,
              40,
              25,
              8,
              0x2000,
              0xA000,
              VgaPalette.CGA,
              0x63,
              "090F0006",
              CRTC_EGA_320,
              ATTRIBUTE_RGBI,
              GRAPHICS_PLANAR),
          mode(
              0x0E,
              false,
              80,
              25,
              8,
              0x4000,
              0xA000,
              VgaPalette.CGA,
              0x63,
              "010F0006",
              CRTC_EGA_640,
              ATTRIBUTE_RGBI,
              GRAPHICS_PLANAR),
          mode(
              0x0F,
              false,
              80,
              25,
              14,
              0x8000,
              0xA000,
              VgaPalette.MONOCHROME,
              0xA2,
              "010F0006",
              CRTC_LINES_350,
              ATTRIBUTE_MONO,
              GRAPHICS_MONO),
          mode(
              0x10,
              false,
              80,
              25,
              14,
              0x8000,
              0xA000,
              VgaPalette.EGA,
              0xA3,
              "010F0006",
              CRTC_LINES_350,
              ATTRIBUTE_EGA,
              GRAPHICS_PLANAR),
          mode(
              0x11,
              false,
              80,
              30,
              16,
              0xA000,
              0xA000,
              VgaPalette.EGA,
              0xE3,
              "010F0006",
              CRTC_LINES_480,
              ATTRIBUTE_TWO_COLOURS,
              GRAPHICS_TWO_COLOURS),
          mode(
              0x12,
              false,
              80,
              30,
              16,
              0xA000,
              0xA000,
              VgaPalette.EGA,
              0xE3,
              "010F0006",
              CRTC_LINES_480,
              ATTRIBUTE_EGA,
              GRAPHICS_PLANAR),
          mode(
              0x13,
              false,
              40,
              25,
              8,
              0x0000,
              0xA000,
              VgaPalette.COLOURS_256,
              0x63,
              "010F000E",
              CRTC_CHAIN_4,
              ATTRIBUTE_DIRECT,
              GRAPHICS_DIRECT));

  private static final List<VgaMode> FEWER_LINES =
      List.of(
          mode(
              0x00,
              true,
              40,
              25,
              14,
              0x0800,
              0xB800,
              VgaPalette.EGA,
              0xA3,
              "09030002",
              CRTC_TEXT40_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x00,
              true,
              40,
              25,
              8,
              0x0800,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "09030002",
              CRTC_TEXT40_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x01,
              true,
              40,
              25,
              14,
              0x0800,
              0xB800,
              VgaPalette.EGA,
              0xA3,
              "09030002",
              CRTC_TEXT40_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x01,
              true,
              40,
              25,
              8,
              0x0800,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "09030002",
              CRTC_TEXT40_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x02,
              true,
              80,
              25,
              14,
              0x1000,
              0xB800,
              VgaPalette.EGA,
              0xA3,
              "01030002",
              CRTC_TEXT80_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x02,
              true,
              80,
              25,
              8,
              0x1000,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "01030002",
              CRTC_TEXT80_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x03,
              true,
              80,
              25,
              14,
              0x1000,
              0xB800,
              VgaPalette.EGA,
              0xA3,
              "01030002",
              CRTC_TEXT80_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x03,
              true,
              80,
              25,
              8,
              0x1000,
              0xB800,
              VgaPalette.CGA,
              0x63,
              "01030002",
              CRTC_TEXT80_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              0x07,
              true,
              80,
              25,
              14,
              0x1000,
              0xB000,
              VgaPalette.MONOCHROME,
              0xA6,
              "00030002",
              CRTC_MONO_350,
              ATTRIBUTE_TEXT_MONO,
              GRAPHICS_TEXT_MONO));

  private VgaModes() {}

  /** All standard modes, by rising number. */
  public static List<VgaMode> all() {
    return STANDARD;
  }

  /** The standard form of mode {@code number}, if the VGA has that mode. */
  public static Optional<VgaMode> of(int number) {
    return STANDARD.stream().filter(mode -> mode.number() == number).findFirst();
  }

  /**
   * Text mode {@code number} with 200, 350 or 400 scan lines, chosen by INT 10h AX=1200h+n BL=30h;
   * empty if there is no such form (mode 7 has no 200).
   */
  public static Optional<VgaMode> text(int number, int scanLines) {
    return Stream.concat(STANDARD.stream(), FEWER_LINES.stream())
        .filter(mode -> mode.text() && mode.number() == number)
        .filter(mode -> mode.rows() * mode.cellHeight() == scanLines)
        .findFirst();
  }

  private static VgaMode mode(
      int number,
      boolean text,
      int columns,
      int rows,
      int cellHeight,
      int pageBytes,
      int segment,
      VgaPalette palette,
      int miscellaneous,
      String sequencer,
      String crtc,
      String attribute,
      String graphics) {
    HexFormat hex = HexFormat.of();
    return new VgaMode(
        number,
        text,
        columns,
        rows,
        cellHeight,
        pageBytes,
        segment,
        palette,
        miscellaneous,
        hex.parseHex(sequencer),
        hex.parseHex(crtc),
        hex.parseHex(attribute),
        hex.parseHex(graphics));
  }
}
