package troupe.board.firmware;

import troupe.processor.Processor;

/** INT 10h AH=11h: character generators ([RBIL] INT 10/AH=11h). */
final class FontServices {
  private static final int GLYPHS = 256;

  private final VideoRom rom;

  FontServices(VideoRom rom) {
    this.rom = rom;
  }

  void call(Caller caller) {
    int function = caller.al();
    switch (function) {
      case 0x00, 0x10 -> {
        int height = caller.bh();
        byte[] font =
            caller.readLinear(
                caller.linear(Processor.ES, caller.bp()), height * Math.min(caller.cx(), GLYPHS));
        VideoModeSetting.loadFont(
            caller, font, height, caller.bl(), caller.dx(), Math.min(caller.cx(), GLYPHS));
        resize(caller, function, height);
      }
      case 0x01, 0x11 -> rom(caller, function, 14);
      case 0x02, 0x12 -> rom(caller, function, 8);
      case 0x04, 0x14 -> rom(caller, function, 16);
      case 0x03 -> new VgaPorts(caller).set(VgaPorts.SEQUENCER, 3, caller.bl());
      case 0x20 -> caller.c.writeLinear32(4 * 0x1F, pointer(caller));
      case 0x21 -> {
        caller.c.writeLinear32(4 * 0x43, pointer(caller));
        graphics(caller, caller.cx());
      }
      case 0x22 -> graphicsRom(caller, 14);
      case 0x23 -> graphicsRom(caller, 8);
      case 0x24 -> graphicsRom(caller, 16);
      case 0x30 -> information(caller);
      default -> {}
    }
  }

  private static int pointer(Caller caller) {
    return caller.c.segments.selector[Processor.ES] << 16 | caller.bp();
  }

  private static void rom(Caller caller, int function, int height) {
    byte[] font = VideoModeSetting.fontOf(height);
    VideoModeSetting.loadFont(caller, font, height, caller.bl(), 0, GLYPHS);
    resize(caller, function, height);
  }

  /** Functions 10h and up also fit the text mode to the height of the cells. */
  private static void resize(Caller caller, int function, int height) {
    if (function < 0x10 || height == 0) {
      return;
    }
    VgaPorts vga = new VgaPorts(caller);
    int crtc = vga.crtcPort();
    int overflow = vga.get(crtc, 0x07);
    int lines = (vga.get(crtc, 0x12) | (overflow & 0x02) << 7 | (overflow & 0x40) << 3) + 1;
    if ((vga.get(crtc, 0x09) & 0x80) != 0) {
      lines /= 2;
    }
    vga.crtc(0x09, vga.get(crtc, 0x09) & ~0x1F | height - 1);
    int cursor = height <= 8 ? height - 1 : height - 2;
    vga.crtc(0x0A, cursor - 1);
    vga.crtc(0x0B, cursor);
    caller.bda16(Bda.CURSOR_SHAPE, (cursor - 1) << 8 | cursor);
    int rows = lines / height;
    caller.bda8(Bda.ROWS_LESS_1, rows - 1);
    caller.bda16(Bda.CELL_HEIGHT, height);
    int page = rows * caller.bda16(Bda.COLUMNS) * 2;
    caller.bda16(Bda.PAGE_SIZE, page + 0xFF & ~0xFF);
    vga.crtc(0x12, (rows * height * ((vga.get(crtc, 0x09) & 0x80) != 0 ? 2 : 1)) - 1 & 0xFF);
  }

  private void graphicsRom(Caller caller, int height) {
    caller.c.writeLinear32(4 * 0x43, rom.pointer("font8x" + height));
    graphics(caller, height);
  }

  private static void graphics(Caller caller, int height) {
    int rows =
        switch (caller.bl()) {
          case 0 -> caller.dl();
          case 1 -> 14;
          case 3 -> 43;
          default -> 25;
        };
    caller.bda8(Bda.ROWS_LESS_1, rows - 1);
    caller.bda16(Bda.CELL_HEIGHT, height);
  }

  private void information(Caller caller) {
    int pointer =
        switch (caller.bh()) {
          case 0 -> caller.vector(0x1F);
          case 1 -> caller.vector(0x43);
          case 2 -> rom.pointer("font8x14");
          case 3 -> rom.pointer("font8x8");
          case 4 -> rom.pointer("font8x8") + 128 * 8;
          case 5 -> rom.pointer("noAlternate");
          case 6 -> rom.pointer("font8x16");
          case 7 -> rom.pointer("noAlternate");
          default -> -1;
        };
    if (pointer == -1) {
      return;
    }
    caller.cx(caller.bda16(Bda.CELL_HEIGHT));
    caller.dl(caller.bda8(Bda.ROWS_LESS_1));
    loadEs(caller, pointer >>> 16);
    caller.bp(pointer & 0xFFFF);
  }

  /** Loads ES as an instruction of the caller would: it is in real or virtual-8086 mode. */
  static void loadEs(Caller caller, int selector) {
    if ((caller.c.eflags & Processor.VM) != 0) {
      caller.c.segments.setVirtual8086(Processor.ES, selector);
    } else {
      caller.c.segments.setReal(Processor.ES, selector);
    }
  }
}
