package troupe.board.firmware;

import troupe.processor.Processor;

/** INT 10h AH=10h: attribute palette and DAC ([RBIL] INT 10/AH=10h), and AH=0Bh. */
final class PaletteServices {
  private static final int MODE_CONTROL = 0x10;
  private static final int OVERSCAN = 0x11;
  private static final int COLOUR_SELECT = 0x14;
  private static final int BLINK = 0x08;

  /** Attribute Mode Control P54S: colour select bits 1-0 replace palette bits 5-4. */
  private static final int PAGES_OF_16 = 0x80;

  private PaletteServices() {}

  static void call(Caller caller) {
    VgaPorts vga = new VgaPorts(caller);
    switch (caller.al()) {
      case 0x00 -> vga.attribute(caller.bl() & 0x1F, caller.bh());
      case 0x01 -> vga.attribute(OVERSCAN, caller.bh());
      case 0x02 -> setAll(caller, vga);
      case 0x03 ->
          vga.attribute(
              MODE_CONTROL,
              vga.attribute(MODE_CONTROL) & ~BLINK | ((caller.bl() & 1) != 0 ? BLINK : 0));
      case 0x07 -> caller.bh(vga.attribute(caller.bl() & 0x1F));
      case 0x08 -> caller.bh(vga.attribute(OVERSCAN));
      case 0x09 -> getAll(caller, vga);
      case 0x10 -> vga.dac(caller.bl(), caller.dh(), caller.ch(), caller.cl());
      case 0x12 -> setBlock(caller, vga);
      case 0x13 -> selectPage(caller, vga);
      case 0x15 -> {
        int rgb = vga.dac(caller.bl());
        caller.dh(rgb >>> 16);
        caller.ch(rgb >>> 8);
        caller.cl(rgb);
      }
      case 0x17 -> getBlock(caller, vga);
      case 0x18 -> caller.out8(VgaPorts.DAC_MASK, caller.bl());
      case 0x19 -> caller.bl(caller.in8(VgaPorts.DAC_MASK));
      case 0x1A -> {
        boolean of16 = (vga.attribute(MODE_CONTROL) & PAGES_OF_16) != 0;
        int select = vga.attribute(COLOUR_SELECT);
        caller.bl(of16 ? 1 : 0);
        caller.bh(of16 ? select & 0xF : select >>> 2 & 3);
      }
      case 0x1B -> sumToGrey(vga, caller.bx(), caller.cx());
      default -> {}
    }
  }

  private static void setAll(Caller caller, VgaPorts vga) {
    byte[] values = caller.readLinear(caller.linear(Processor.ES, caller.dx()), 17);
    for (int i = 0; i < 16; i++) {
      vga.attribute(i, values[i]);
    }
    vga.attribute(OVERSCAN, values[16]);
  }

  private static void getAll(Caller caller, VgaPorts vga) {
    byte[] values = new byte[17];
    for (int i = 0; i < 16; i++) {
      values[i] = (byte) vga.attribute(i);
    }
    values[16] = (byte) vga.attribute(OVERSCAN);
    caller.write(Processor.ES, caller.dx(), values);
  }

  private static void setBlock(Caller caller, VgaPorts vga) {
    int count = Math.min(caller.cx(), 256);
    byte[] rgb = caller.readLinear(caller.linear(Processor.ES, caller.dx()), 3 * count);
    for (int i = 0; i < count; i++) {
      vga.dac(caller.bx() + i & 0xFF, rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
    }
  }

  private static void getBlock(Caller caller, VgaPorts vga) {
    int count = Math.min(caller.cx(), 256);
    byte[] rgb = new byte[3 * count];
    for (int i = 0; i < count; i++) {
      int value = vga.dac(caller.bx() + i & 0xFF);
      rgb[3 * i] = (byte) (value >>> 16);
      rgb[3 * i + 1] = (byte) (value >>> 8);
      rgb[3 * i + 2] = (byte) value;
    }
    caller.write(Processor.ES, caller.dx(), rgb);
  }

  private static void selectPage(Caller caller, VgaPorts vga) {
    int control = vga.attribute(MODE_CONTROL);
    if (caller.bl() == 0) {
      boolean of16 = (caller.bh() & 1) != 0;
      vga.attribute(MODE_CONTROL, control & ~PAGES_OF_16 | (of16 ? PAGES_OF_16 : 0));
    } else if (caller.bl() == 1) {
      boolean of16 = (control & PAGES_OF_16) != 0;
      vga.attribute(COLOUR_SELECT, of16 ? caller.bh() & 0xF : (caller.bh() & 3) << 2);
    }
  }

  /** Replaces colours by greys of the same luminance: 30% red, 59% green, 11% blue. */
  static void sumToGrey(VgaPorts vga, int first, int count) {
    for (int i = 0; i < Math.min(count, 256); i++) {
      int rgb = vga.dac(first + i & 0xFF);
      int grey =
          ((rgb >>> 16 & 0xFF) * 77 + (rgb >>> 8 & 0xFF) * 151 + (rgb & 0xFF) * 28 + 0x80) >>> 8;
      grey = Math.min(grey, 0x3F);
      vga.dac(first + i & 0xFF, grey, grey, grey);
    }
  }

  /** AH=0Bh: border or background colour, or the palette of a CGA mode. */
  static void cga(Caller caller) {
    VgaPorts vga = new VgaPorts(caller);
    int kept = caller.bda8(Bda.PALETTE);
    if (caller.bh() == 0) {
      int colour = caller.bl();
      kept = kept & ~0x1F | colour & 0x1F;
      int value = colour & 0x0F | ((colour & 0x08) != 0 ? 0x10 : 0);
      if (caller.bda8(Bda.VIDEO_MODE) > 3) {
        vga.attribute(0, value);
      }
      vga.attribute(OVERSCAN, value);
    } else {
      kept = kept & ~0x20 | ((caller.bl() & 1) != 0 ? 0x20 : 0);
    }
    caller.bda8(Bda.PALETTE, kept);
    int bright = (kept & 0x10) != 0 ? 0x10 : 0;
    boolean cyan = (kept & 0x20) != 0;
    if (caller.bda8(Bda.VIDEO_MODE) == 4 || caller.bda8(Bda.VIDEO_MODE) == 5) {
      for (int i = 1; i <= 3; i++) {
        vga.attribute(i, 2 * i | (cyan ? 1 : 0) | bright);
      }
    }
  }
}
