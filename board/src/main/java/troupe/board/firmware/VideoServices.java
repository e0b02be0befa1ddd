package troupe.board.firmware;

import troupe.devices.vga.VgaMode;
import troupe.processor.Processor;

/** INT 10h ([RBIL] INT 10, [IBM VGA] Video BIOS). */
final class VideoServices {
  private static final int BELL = 0x07;
  private static final int BACKSPACE = 0x08;
  private static final int LINE_FEED = 0x0A;
  private static final int CARRIAGE_RETURN = 0x0D;
  private static final int PAGES = 8;

  private final VideoModeSetting modes;
  private final FontServices fonts;
  private final VideoState state;
  private final Vbe vbe;

  VideoServices(VideoRom rom, VideoModeSetting modes) {
    this.modes = modes;
    fonts = new FontServices(rom);
    state = new VideoState(rom);
    vbe = new Vbe(rom, modes);
  }

  Outcome call(Caller caller) {
    switch (caller.ah()) {
      case 0x00 -> setMode(caller);
      case 0x01 -> cursorShape(caller);
      case 0x02 -> moveCursor(caller, caller.bh(), caller.dx());
      case 0x03 -> {
        caller.dx(caller.bda16(Bda.CURSOR + 2 * (caller.bh() & 7)));
        caller.cx(caller.bda16(Bda.CURSOR_SHAPE));
      }
      case 0x04 -> caller.ah(0); // no light pen
      case 0x05 -> activatePage(caller, caller.al());
      case 0x06 -> window(caller, false);
      case 0x07 -> window(caller, true);
      case 0x08 -> caller.ax(screen(caller).read(page(caller), cursor(caller, caller.bh())));
      case 0x09 -> writeCharacters(caller, true);
      case 0x0A -> writeCharacters(caller, false);
      case 0x0B -> PaletteServices.cga(caller);
      case 0x0C -> new Pixels(caller).write(caller.bh(), caller.cx(), caller.dx(), caller.al());
      case 0x0D -> caller.al(new Pixels(caller).read(caller.bh(), caller.cx(), caller.dx()));
      case 0x0E -> teletype(caller, caller.al(), caller.bl());
      case 0x0F -> {
        caller.ah(caller.bda8(Bda.COLUMNS));
        caller.al(caller.bda8(Bda.VIDEO_MODE) | caller.bda8(Bda.VIDEO_CONTROL) & 0x80);
        caller.bh(caller.bda8(Bda.ACTIVE_PAGE));
      }
      case 0x10 -> PaletteServices.call(caller);
      case 0x11 -> fonts.call(caller);
      case 0x12 -> alternateSelect(caller);
      case 0x13 -> writeString(caller);
      case 0x1A -> displayCombination(caller);
      case 0x1B -> state.functionality(caller);
      case 0x1C -> state.saveRestore(caller);
      case 0x4F -> vbe.call(caller);
      default -> {}
    }
    return Outcome.DONE;
  }

  private static TextScreen screen(Caller caller) {
    return new TextScreen(caller);
  }

  private static int page(Caller caller) {
    return caller.bh() & 7;
  }

  private static int cursor(Caller caller, int page) {
    return caller.bda16(Bda.CURSOR + 2 * (page & 7));
  }

  private void setMode(Caller caller) {
    int request = caller.al();
    modes.set(caller, request);
    int mode = request & 0x7F;
    caller.al(mode > 7 ? 0x20 : mode == 6 ? 0x3F : 0x30);
  }

  /** CH, CL: first and last line, as of an 8-line cell while cursor emulation is on. */
  private static void cursorShape(Caller caller) {
    int start = caller.ch();
    int end = caller.cl();
    caller.bda16(Bda.CURSOR_SHAPE, caller.cx());
    int control = caller.bda8(Bda.VIDEO_CONTROL);
    int height = caller.bda8(Bda.CELL_HEIGHT);
    boolean emulated = (control & VideoModeSetting.CURSOR_EMULATION_OFF) == 0;
    int first = start & 0x1F;
    int last = end & 0x1F;
    if (emulated && height > 8 && first < 0x20 && last < 8 && (start & 0x20) == 0) {
      if (last != first + 1) {
        first = (first + 1) * height / 8 - 1;
      } else {
        first = (last + 1) * height / 8 - 2;
      }
      last = (last + 1) * height / 8 - 1;
    }
    VgaPorts vga = new VgaPorts(caller);
    vga.crtc(0x0A, start & 0x60 | Math.max(first, 0));
    vga.crtc(0x0B, last);
  }

  static void moveCursor(Caller caller, int page, int position) {
    page &= PAGES - 1;
    caller.bda16(Bda.CURSOR + 2 * page, position);
    if (page == caller.bda8(Bda.ACTIVE_PAGE)) {
      showCursor(caller, page, position);
    }
  }

  private static void showCursor(Caller caller, int page, int position) {
    int cell = (position >>> 8) * caller.bda16(Bda.COLUMNS) + (position & 0xFF);
    int address = caller.bda16(Bda.PAGE_SIZE) * page / 2 + cell;
    VgaPorts vga = new VgaPorts(caller);
    vga.crtc(0x0E, address >>> 8 & 0xFF);
    vga.crtc(0x0F, address & 0xFF);
  }

  private static void activatePage(Caller caller, int page) {
    if (page >= PAGES) {
      return;
    }
    VgaMode mode = VideoModeSetting.current(caller);
    int start = caller.bda16(Bda.PAGE_SIZE) * page;
    caller.bda16(Bda.PAGE_START, start);
    caller.bda8(Bda.ACTIVE_PAGE, page);
    int address = mode.text() ? start / 2 : start;
    VgaPorts vga = new VgaPorts(caller);
    vga.crtc(0x0C, address >>> 8 & 0xFF);
    vga.crtc(0x0D, address & 0xFF);
    showCursor(caller, page, cursor(caller, page));
  }

  private static void window(Caller caller, boolean down) {
    screen(caller)
        .scroll(
            caller.bda8(Bda.ACTIVE_PAGE),
            caller.ch(),
            caller.cl(),
            caller.dh(),
            caller.dl(),
            caller.al(),
            down,
            caller.bh());
  }

  private static void writeCharacters(Caller caller, boolean withAttribute) {
    TextScreen screen = screen(caller);
    int position = cursor(caller, caller.bh());
    int row = position >>> 8;
    int column = position & 0xFF;
    for (int i = 0; i < caller.cx(); i++) {
      screen.write(page(caller), row, column, caller.al(), caller.bl(), withAttribute);
      if (++column == screen.columns()) {
        column = 0;
        if (++row == screen.rows()) {
          break;
        }
      }
    }
  }

  /** Writes a character at the cursor of the active page and moves on, scrolling at the end. */
  static void teletype(Caller caller, int character, int colour) {
    int page = caller.bda8(Bda.ACTIVE_PAGE);
    put(caller, page, character, colour, false);
  }

  private static void put(
      Caller caller, int page, int character, int attribute, boolean withAttribute) {
    TextScreen screen = screen(caller);
    int position = cursor(caller, page);
    int row = position >>> 8;
    int column = position & 0xFF;
    switch (character) {
      case BELL -> {
        return;
      }
      case BACKSPACE -> column = Math.max(column - 1, 0);
      case LINE_FEED -> row++;
      case CARRIAGE_RETURN -> column = 0;
      default -> {
        screen.write(page, row, column, character, attribute, withAttribute);
        if (++column >= screen.columns()) {
          column = 0;
          row++;
        }
      }
    }
    if (row >= screen.rows()) {
      row = screen.rows() - 1;
      int fill = screen.text() ? screen.read(page, row << 8 | column) >>> 8 : 0;
      screen.scroll(page, 0, 0, row, screen.columns() - 1, 1, false, fill);
    }
    moveCursor(caller, page, row << 8 | column);
  }

  /** Text of the firmware's own. */
  static void print(Caller caller, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        teletype(caller, CARRIAGE_RETURN, 7);
      }
      teletype(caller, text.charAt(i), 7);
    }
  }

  private static void writeString(Caller caller) {
    boolean moves = (caller.al() & 1) != 0;
    boolean pairs = (caller.al() & 2) != 0;
    int page = page(caller);
    int before = cursor(caller, page);
    int length = caller.cx();
    byte[] text =
        caller.readLinear(caller.linear(Processor.ES, caller.bp()), pairs ? 2 * length : length);
    caller.bda16(Bda.CURSOR + 2 * page, caller.dx());
    for (int i = 0; i < length; i++) {
      int character = text[pairs ? 2 * i : i] & 0xFF;
      int attribute = pairs ? text[2 * i + 1] & 0xFF : caller.bl();
      put(caller, page, character, attribute, true);
    }
    if (!moves) {
      moveCursor(caller, page, before);
    }
  }

  private static void displayCombination(Caller caller) {
    if (caller.al() == 0) {
      caller.bx(caller.bda8(Bda.DISPLAY_COMBINATION));
    } else if (caller.al() == 1) {
      caller.bda8(Bda.DISPLAY_COMBINATION, caller.bl());
    }
    caller.al(0x1A);
  }

  private static void alternateSelect(Caller caller) {
    int value = caller.al();
    switch (caller.bl()) {
      case 0x10 -> {
        boolean mono = caller.bda16(Bda.CRTC_PORT) == VgaPorts.CRTC_MONO;
        caller.bx(mono ? 0x0103 : 0x0003);
        caller.cx(caller.bda8(Bda.VIDEO_SWITCHES) & 0x0F);
        return;
      }
      case 0x30 -> {
        int lines = value == 0 ? VideoModeSetting.SCAN_LINES_200 : value == 1 ? 0 : 0x10;
        caller.bdaBits(Bda.VIDEO_OPTIONS, 0x90, lines);
      }
      case 0x31 -> caller.bdaBits(Bda.VIDEO_OPTIONS, 0x08, value == 1 ? 0x08 : 0);
      case 0x32 -> {
        int misc = caller.in8(VgaPorts.MISCELLANEOUS_READ);
        caller.out8(VgaPorts.MISCELLANEOUS, value == 1 ? misc & ~2 : misc | 2);
      }
      case 0x33 -> caller.bdaBits(Bda.VIDEO_OPTIONS, 0x02, value == 1 ? 0 : 0x02);
      case 0x34 -> caller.bdaBits(Bda.VIDEO_CONTROL, 1, value == 1 ? 1 : 0);
      case 0x36 -> {
        VgaPorts vga = new VgaPorts(caller);
        int clocking = vga.get(VgaPorts.SEQUENCER, 1);
        vga.set(VgaPorts.SEQUENCER, 1, value == 1 ? clocking | 0x20 : clocking & ~0x20);
      }
      default -> {
        return;
      }
    }
    caller.al(0x12);
  }
}
