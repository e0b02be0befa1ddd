package troupe.board.firmware;

import troupe.devices.vga.VgaFonts;
import troupe.devices.vga.VgaMode;
import troupe.devices.vga.VgaModes;

/**
 * The video BIOS: 32 KiB at C0000h with the fonts, the video parameter table and the save pointer
 * table ([IBM VGA] Video BIOS). It is an option ROM: POST calls its initialization entry.
 */
final class VideoRom {
  static final int SIZE = 0x8000;
  static final int SEGMENT = 0xC000;
  private static final int BLOCK = 512;

  static final int PARAMETER_ENTRIES = 0x1D;

  private final Assembler a = new Assembler(SIZE, 0);

  VideoRom() {
    a.hex("55AA").db(SIZE / BLOCK);
    a.hex("CB"); // RETF: POST has set the video up already
    a.org(0x18).offsetOf("pcir");
    a.org(0x1E).text("IBM VGA compatible. Troupe video BIOS\0");
    a.align(4).label("pcir").text("PCIR").dw(PciSetup.S3, PciSetup.S3_TRIO64, 0, 0x18);
    a.db(0, 0, 0, 3).dw(SIZE / BLOCK, 0).db(0, 0x80).dw(0);
    a.label("int10").firmware(Call.VIDEO).hex("CF");
    a.align(16).label("parameters");
    for (int i = 0; i < PARAMETER_ENTRIES; i++) {
      a.bytes(parameterEntry(i));
    }
    a.label("functionality");
    // Modes 0-7 and Dh-13h; 200, 350, 400 lines; 8 character blocks, 2 active; functions.
    a.hex("FF E0 0F 00 00 00 00 07 08 02 FF 0E 00 00 00 00");
    a.label("combinations").db(4, 1, 7, 0);
    // No display, MDA, CGA, colour and mono EGA, professional, mono and colour VGA.
    a.dw(0x0000, 0x0700, 0x0800, 0x0708);
    a.align(4).label("secondarySave").dw(26);
    a.offsetOf("combinations").dw(SEGMENT).dd(0).dd(0).dd(0).dd(0).dd(0);
    a.align(4).label("savePointers");
    a.offsetOf("parameters").dw(SEGMENT).dd(0).dd(0).dd(0);
    a.offsetOf("secondarySave").dw(SEGMENT).dd(0).dd(0);
    a.label("oemString").text("Troupe VBE\0");
    a.label("vendor").text("Troupe\0");
    a.label("product").text("S3 Trio64\0");
    a.label("revision").text("1.0\0");
    a.align(16).label("font8x8").bytes(VgaFonts.font8x8());
    a.align(16).label("font8x14").bytes(VgaFonts.font8x14());
    a.align(16).label("font8x16").bytes(VgaFonts.font8x16());
    a.label("noAlternate").db(0);
    Assembler.checksum(a.image(), 0, SIZE, SIZE - 1);
  }

  byte[] image() {
    return a.image();
  }

  int offset(String label) {
    return a.offset(label);
  }

  /** Segment and offset of a label as a far pointer. */
  int pointer(String label) {
    return SEGMENT << 16 | a.offset(label);
  }

  /**
   * Entries as IBM ordered them: modes 0 to 0Eh, EGA forms, 0Fh and 10h, the EGA (13h to 16h) and
   * VGA (17h to 19h) text modes, then 11h to 13h.
   */
  private static byte[] parameterEntry(int index) {
    return (switch (index) {
          case 0x0B, 0x0C, 0x11 -> VgaModes.of(0x0F);
          case 0x0F -> VgaModes.of(0x0F);
          case 0x10, 0x12 -> VgaModes.of(0x10);
          case 0x13, 0x14, 0x15, 0x16 -> VgaModes.text(index - 0x13, 350);
          case 0x17 -> VgaModes.of(0x01);
          case 0x18 -> VgaModes.of(0x03);
          case 0x19 -> VgaModes.of(0x07);
          case 0x1A, 0x1B, 0x1C -> VgaModes.of(index - 0x1A + 0x11);
          case 0x00, 0x01, 0x02, 0x03 -> VgaModes.text(index, 200);
          case 0x08, 0x09, 0x0A -> VgaModes.of(0x06);
          default -> VgaModes.of(index);
        })
        .map(VgaMode::tableEntry)
        .orElseThrow();
  }
}
