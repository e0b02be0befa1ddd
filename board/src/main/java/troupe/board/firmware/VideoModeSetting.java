package troupe.board.firmware;

import java.util.Optional;
import troupe.devices.vga.VgaFonts;
import troupe.devices.vga.VgaMode;
import troupe.devices.vga.VgaModes;
import troupe.devices.vga.VgaPalette;

/** INT 10h AH=00h: setting one of the standard modes through the VGA's registers. */
final class VideoModeSetting {
  /** Mode number with bit 7: leave video memory as it is. */
  private static final int KEEP_MEMORY = 0x80;

  // VIDEO_OPTIONS
  static final int SCAN_LINES_400 = 0x10;
  static final int SCAN_LINES_200 = 0x80;
  static final int NO_DEFAULT_PALETTE = 0x08;
  static final int GREY_SUMMING = 0x02;
  static final int VGA_ACTIVE = 0x01;

  // VIDEO_CONTROL: 256 KiB of video memory; bit 0 clear means cursor emulation is on.
  static final int VIDEO_CONTROL_256K = 0x60;
  static final int CURSOR_EMULATION_OFF = 0x01;

  /** Switches of a VGA with a colour display. */
  private static final int SWITCHES = 0xF9;

  private static final int VGA_COLOUR_DISPLAY = 0x08;
  private static final int CURSOR_TEXT = 0x0607;
  private static final int CURSOR_MONO = 0x0B0C;
  private static final int MONO_SEGMENT = 0xB000;
  private static final int LAST_MODE_CONTROL = 7;

  /** Mode control register of the CGA that BIOS keeps at 40:65, by mode. */
  private static final int[] MODE_CONTROLS = {0x2C, 0x28, 0x2D, 0x29, 0x2A, 0x2E, 0x1E, 0x29};

  private static final int FONT_PLANE_SLOT = 32;
  private static final int GLYPHS = 256;

  private final VideoRom rom;

  VideoModeSetting(VideoRom rom) {
    this.rom = rom;
  }

  /** Values of the data area that survive mode sets; done once at POST. */
  void initialize(Caller caller) {
    caller.bda8(Bda.VIDEO_OPTIONS, SCAN_LINES_400 | VGA_ACTIVE);
    caller.bda8(Bda.VIDEO_SWITCHES, SWITCHES);
    caller.bda8(Bda.VIDEO_CONTROL, VIDEO_CONTROL_256K);
    caller.bda8(Bda.DISPLAY_COMBINATION, VGA_COLOUR_DISPLAY);
    caller.bda32(Bda.VIDEO_SAVE_POINTER, rom.pointer("savePointers"));
    caller.vector(0x10, VideoRom.SEGMENT, rom.offset("int10"));
    caller.vector(0x1F, VideoRom.SEGMENT, rom.offset("font8x8") + 8 * 128);
    caller.vector(0x43, VideoRom.SEGMENT, rom.offset("font8x16"));
  }

  /** The mode that the data area says is set. */
  static VgaMode current(Caller caller) {
    int number = caller.bda8(Bda.VIDEO_MODE) & ~KEEP_MEMORY;
    return VgaModes.of(number).or(() -> VgaModes.of(3)).orElseThrow();
  }

  void set(Caller caller, int request) {
    int number = request & ~KEEP_MEMORY;
    Optional<VgaMode> found = find(caller, number);
    if (found.isEmpty()) {
      return;
    }
    Vbe.disable(caller);
    VgaMode mode = found.get();
    boolean keep = (request & KEEP_MEMORY) != 0;
    registers(caller, mode);
    palette(caller, mode);
    if (!keep) {
      clear(caller, mode);
    }
    if (mode.text()) {
      loadFont(caller, fontOf(mode.cellHeight()), mode.cellHeight(), 0, 0, GLYPHS);
    }
    dataArea(caller, mode, keep);
    // Video on.
    new VgaPorts(caller).attribute(0x10, mode.attribute()[0x10]);
  }

  private static Optional<VgaMode> find(Caller caller, int number) {
    int options = caller.bda8(Bda.VIDEO_OPTIONS);
    int lines = (options & SCAN_LINES_200) != 0 ? 200 : (options & SCAN_LINES_400) != 0 ? 400 : 350;
    return VgaModes.text(number, lines).or(() -> VgaModes.of(number));
  }

  private static void registers(Caller caller, VgaMode mode) {
    VgaPorts vga = new VgaPorts(caller);
    boolean mono = (mode.miscellaneous() & 1) == 0;
    int crtc = mono ? VgaPorts.CRTC_MONO : VgaPorts.CRTC_COLOUR;
    caller.bda16(Bda.CRTC_PORT, crtc);
    vga.set(VgaPorts.SEQUENCER, 0, 1);
    caller.out8(VgaPorts.MISCELLANEOUS, mode.miscellaneous());
    for (int i = 0; i < 4; i++) {
      vga.set(VgaPorts.SEQUENCER, i + 1, mode.sequencer()[i] & 0xFF);
    }
    vga.set(VgaPorts.SEQUENCER, 0, 3);
    vga.crtc(0x11, 0);
    for (int i = 0; i < 25; i++) {
      vga.crtc(i, mode.crtc()[i] & 0xFF);
    }
    for (int i = 0; i < 9; i++) {
      vga.set(VgaPorts.GRAPHICS, i, mode.graphics()[i] & 0xFF);
    }
    for (int i = 0; i < 20; i++) {
      vga.attribute(i, mode.attribute()[i] & 0xFF);
    }
    vga.attribute(0x14, 0);
  }

  private static void palette(Caller caller, VgaMode mode) {
    VgaPorts vga = new VgaPorts(caller);
    caller.out8(VgaPorts.DAC_MASK, 0xFF);
    int options = caller.bda8(Bda.VIDEO_OPTIONS);
    if ((options & NO_DEFAULT_PALETTE) != 0) {
      return;
    }
    load(vga, mode.palette());
    if ((options & GREY_SUMMING) != 0) {
      PaletteServices.sumToGrey(vga, 0, 256);
    }
  }

  private static void load(VgaPorts vga, VgaPalette palette) {
    byte[] rgb = palette.rgb();
    for (int i = 0; i < 256; i++) {
      boolean there = 3 * i < rgb.length;
      vga.dac(i, there ? rgb[3 * i] : 0, there ? rgb[3 * i + 1] : 0, there ? rgb[3 * i + 2] : 0);
    }
  }

  private static void clear(Caller caller, VgaMode mode) {
    int base = mode.segment() << 4;
    int pattern = mode.text() ? 0x07200720 : 0;
    int bytes = mode.segment() == 0xA000 ? 0x10000 : 0x8000;
    for (int at = 0; at < bytes; at += 4) {
      caller.c.writeLinear32(base + at, pattern);
    }
  }

  private void dataArea(Caller caller, VgaMode mode, boolean keep) {
    caller.bda8(Bda.VIDEO_MODE, mode.number());
    caller.bda16(Bda.COLUMNS, mode.columns());
    caller.bda16(Bda.PAGE_SIZE, mode.pageBytes());
    caller.bda16(Bda.PAGE_START, 0);
    for (int page = 0; page < 8; page++) {
      caller.bda16(Bda.CURSOR + 2 * page, 0);
    }
    boolean mono = mode.segment() == MONO_SEGMENT;
    caller.bda16(Bda.CURSOR_SHAPE, mono ? CURSOR_MONO : CURSOR_TEXT);
    caller.bda8(Bda.ACTIVE_PAGE, 0);
    caller.bda8(
        Bda.MODE_CONTROL, mode.number() <= LAST_MODE_CONTROL ? MODE_CONTROLS[mode.number()] : 0x29);
    caller.bda8(Bda.PALETTE, mode.number() == 6 ? 0x3F : 0x30);
    caller.bda8(Bda.ROWS_LESS_1, mode.rows() - 1);
    caller.bda16(Bda.CELL_HEIGHT, mode.cellHeight());
    caller.bdaBits(Bda.VIDEO_CONTROL, KEEP_MEMORY, keep ? KEEP_MEMORY : 0);
    caller.vector(0x43, VideoRom.SEGMENT, rom.offset("font8x" + mode.cellHeight()));
  }

  static byte[] fontOf(int height) {
    return switch (height) {
      case 8 -> VgaFonts.font8x8();
      case 14 -> VgaFonts.font8x14();
      default -> VgaFonts.font8x16();
    };
  }

  /** Writes glyphs into map 2, where the text modes take them from. */
  static void loadFont(
      Caller caller, byte[] font, int height, int block, int firstGlyph, int glyphs) {
    VgaPorts vga = new VgaPorts(caller);
    openFontMap(vga);
    int base = 0xA0000 + blockOffset(block);
    for (int glyph = 0; glyph < glyphs; glyph++) {
      for (int line = 0; line < FONT_PLANE_SLOT; line++) {
        int dots = line < height ? font[glyph * height + line] : 0;
        int slot = (firstGlyph + glyph & 0xFF) * FONT_PLANE_SLOT;
        caller.c.writeLinear8(base + slot + line, dots);
      }
    }
    closeFontMap(caller, vga);
  }

  /** Blocks 0 to 3 are 16 KiB apart, 4 to 7 lie 8 KiB after them. */
  private static int blockOffset(int block) {
    return (block & 3) << 14 | (block & 4) << 11;
  }

  private static void openFontMap(VgaPorts vga) {
    vga.set(VgaPorts.SEQUENCER, 2, 0x04);
    vga.set(VgaPorts.SEQUENCER, 4, 0x07);
    vga.set(VgaPorts.GRAPHICS, 4, 0x02);
    vga.set(VgaPorts.GRAPHICS, 5, 0x00);
    vga.set(VgaPorts.GRAPHICS, 6, 0x04);
  }

  private static void closeFontMap(Caller caller, VgaPorts vga) {
    vga.set(VgaPorts.SEQUENCER, 2, 0x03);
    vga.set(VgaPorts.SEQUENCER, 4, 0x02);
    vga.set(VgaPorts.GRAPHICS, 4, 0x00);
    vga.set(VgaPorts.GRAPHICS, 5, 0x10);
    boolean mono = caller.bda16(Bda.CRTC_PORT) == VgaPorts.CRTC_MONO;
    vga.set(VgaPorts.GRAPHICS, 6, mono ? 0x0A : 0x0E);
  }
}
