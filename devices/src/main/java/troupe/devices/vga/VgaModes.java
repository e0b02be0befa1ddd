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

  // Mode, kind, columns, rows, scan lines of a character, page bytes, segment, palette,
  // Miscellaneous Output, SR1 to SR4; hexadecimal but for columns, rows and scan lines.
  private static final List<VgaMode> STANDARD =
      List.of(
          mode(
              "00 text 40 25 16 0800 B800 EGA 67 08030002",
              CRTC_TEXT40_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "01 text 40 25 16 0800 B800 EGA 67 08030002",
              CRTC_TEXT40_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "02 text 80 25 16 1000 B800 EGA 67 00030002",
              CRTC_TEXT80_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "03 text 80 25 16 1000 B800 EGA 67 00030002",
              CRTC_TEXT80_400,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "04 graphics 40 25 8 4000 B800 CGA 63 09030002",
              CRTC_CGA_4,
              ATTRIBUTE_CGA_4,
              GRAPHICS_CGA_4),
          mode(
              "05 graphics 40 25 8 4000 B800 CGA 63 09030002",
              CRTC_CGA_4,
              ATTRIBUTE_CGA_4,
              GRAPHICS_CGA_4),
          mode(
              "06 graphics 80 25 8 4000 B800 CGA 63 01010006",
              CRTC_CGA_2,
              ATTRIBUTE_CGA_2,
              GRAPHICS_CGA_2),
          mode(
              "07 text 80 25 16 1000 B000 MONOCHROME 66 00030002",
              CRTC_MONO_400,
              ATTRIBUTE_TEXT_MONO,
              GRAPHICS_TEXT_MONO),
          mode(
              "0D graphics 40 25 8 2000 A000 CGA 63 090F0006",
              CRTC_EGA_320,
              ATTRIBUTE_RGBI,
              GRAPHICS_PLANAR),
          mode(
              "0E graphics 80 25 8 4000 A000 CGA 63 010F0006",
              CRTC_EGA_640,
              ATTRIBUTE_RGBI,
              GRAPHICS_PLANAR),
          mode(
              "0F graphics 80 25 14 8000 A000 MONOCHROME A2 010F0006",
              CRTC_LINES_350,
              ATTRIBUTE_MONO,
              GRAPHICS_MONO),
          mode(
              "10 graphics 80 25 14 8000 A000 EGA A3 010F0006",
              CRTC_LINES_350,
              ATTRIBUTE_EGA,
              GRAPHICS_PLANAR),
          mode(
              "11 graphics 80 30 16 A000 A000 EGA E3 010F0006",
              CRTC_LINES_480,
              ATTRIBUTE_TWO_COLOURS,
              GRAPHICS_TWO_COLOURS),
          mode(
              "12 graphics 80 30 16 A000 A000 EGA E3 010F0006",
              CRTC_LINES_480,
              ATTRIBUTE_EGA,
              GRAPHICS_PLANAR),
          mode(
              "13 graphics 40 25 8 0000 A000 COLOURS_256 63 010F000E",
              CRTC_CHAIN_4,
              ATTRIBUTE_DIRECT,
              GRAPHICS_DIRECT));

  private static final List<VgaMode> FEWER_LINES =
      List.of(
          mode(
              "00 text 40 25 14 0800 B800 EGA A3 09030002",
              CRTC_TEXT40_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "00 text 40 25 8 0800 B800 CGA 63 09030002",
              CRTC_TEXT40_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "01 text 40 25 14 0800 B800 EGA A3 09030002",
              CRTC_TEXT40_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "01 text 40 25 8 0800 B800 CGA 63 09030002",
              CRTC_TEXT40_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "02 text 80 25 14 1000 B800 EGA A3 01030002",
              CRTC_TEXT80_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "02 text 80 25 8 1000 B800 CGA 63 01030002",
              CRTC_TEXT80_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "03 text 80 25 14 1000 B800 EGA A3 01030002",
              CRTC_TEXT80_350,
              ATTRIBUTE_TEXT_COLOUR,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "03 text 80 25 8 1000 B800 CGA 63 01030002",
              CRTC_TEXT80_200,
              ATTRIBUTE_TEXT_RGBI,
              GRAPHICS_TEXT_COLOUR),
          mode(
              "07 text 80 25 14 1000 B000 MONOCHROME A6 00030002",
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

  private static VgaMode mode(String row, String crtc, String attribute, String graphics) {
    String[] cells = row.split(" ");
    HexFormat hex = HexFormat.of();
    return new VgaMode(
        HexFormat.fromHexDigits(cells[0]),
        cells[1].equals("text"),
        Integer.parseInt(cells[2]),
        Integer.parseInt(cells[3]),
        Integer.parseInt(cells[4]),
        HexFormat.fromHexDigits(cells[5]),
        HexFormat.fromHexDigits(cells[6]),
        VgaPalette.valueOf(cells[7]),
        HexFormat.fromHexDigits(cells[8]),
        hex.parseHex(cells[9]),
        hex.parseHex(crtc),
        hex.parseHex(attribute),
        hex.parseHex(graphics));
  }
}
