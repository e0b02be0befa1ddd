package troupe.board.firmware;

import troupe.processor.Processor;

/** INT 10h AH=1Bh functionality information, and AH=1Ch save and restore of the video state. */
final class VideoState {
  private static final int BLOCK = 64;
  private static final int HARDWARE = 1;
  private static final int DATA_AREA = 2;
  private static final int DAC = 4;
  private static final int FIRST_BDA = 0x49;
  private static final int BDA_BYTES = 0x1E;
  private static final int SECOND_BDA_BYTES = 7;
  private static final int HARDWARE_BYTES = 4 + 25 + 20 + 9 + 1;
  private static final int DAC_BYTES = 1 + 768;

  private final VideoRom rom;

  VideoState(VideoRom rom) {
    this.rom = rom;
  }

  void functionality(Caller caller) {
    if (caller.bx() != 0) {
      return;
    }
    byte[] table = new byte[64];
    int pointer = rom.pointer("functionality");
    put(table, 0, 4, pointer);
    for (int i = 0; i < BDA_BYTES; i++) {
      table[4 + i] = (byte) caller.bda8(FIRST_BDA + i);
    }
    table[0x22] = (byte) (caller.bda8(Bda.ROWS_LESS_1) + 1);
    put(table, 0x23, 2, caller.bda16(Bda.CELL_HEIGHT));
    table[0x25] = (byte) caller.bda8(Bda.DISPLAY_COMBINATION);
    int mode = caller.bda8(Bda.VIDEO_MODE);
    put(table, 0x27, 2, mode == 0x13 ? 256 : mode == 7 || mode == 0xF ? 0 : mode == 6 ? 2 : 16);
    table[0x29] = (byte) (mode == 0x13 ? 1 : 8);
    table[0x2A] = (byte) (mode <= 3 || mode == 7 ? 2 : mode >= 0x11 && mode < 0x13 ? 3 : 0);
    table[0x2D] = 1;
    table[0x31] = 3;
    caller.write(Processor.ES, caller.di(), table);
    caller.al(0x1B);
  }

  private static void put(byte[] table, int at, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      table[at + i] = (byte) (value >>> 8 * i);
    }
  }

  private static int bytes(int parts) {
    return ((parts & HARDWARE) != 0 ? HARDWARE_BYTES : 0)
        + ((parts & DATA_AREA) != 0 ? BDA_BYTES + SECOND_BDA_BYTES + 12 : 0)
        + ((parts & DAC) != 0 ? DAC_BYTES : 0);
  }

  /** Blocks of 64 bytes that the parts of the state take. */
  static int blocks(int parts) {
    return (bytes(parts) + BLOCK - 1) / BLOCK;
  }

  void saveRestore(Caller caller) {
    int parts = caller.cx() & 7;
    switch (caller.al()) {
      case 0 -> caller.bx(blocks(parts));
      case 1 -> save(caller, parts);
      case 2 -> restore(caller, parts);
      default -> {
        return;
      }
    }
    caller.al(0x1C);
  }

  static void save(Caller caller, int parts) {
    VgaPorts vga = new VgaPorts(caller);
    byte[] out = new byte[bytes(parts)];
    int at = 0;
    if ((parts & HARDWARE) != 0) {
      out[at++] = (byte) caller.in8(VgaPorts.MISCELLANEOUS_READ);
      for (int i = 1; i <= 4; i++) {
        out[at++] = (byte) vga.get(VgaPorts.SEQUENCER, i);
      }
      for (int i = 0; i < 25; i++) {
        out[at++] = (byte) vga.get(vga.crtcPort(), i);
      }
      for (int i = 0; i < 9; i++) {
        out[at++] = (byte) vga.get(VgaPorts.GRAPHICS, i);
      }
      for (int i = 0; i < 20; i++) {
        out[at++] = (byte) vga.attribute(i);
      }
    }
    if ((parts & DATA_AREA) != 0) {
      for (int i = 0; i < BDA_BYTES; i++) {
        out[at++] = (byte) caller.bda8(FIRST_BDA + i);
      }
      for (int i = 0; i < SECOND_BDA_BYTES; i++) {
        out[at++] = (byte) caller.bda8(Bda.ROWS_LESS_1 + i);
      }
      put(out, at, 4, caller.bda32(Bda.VIDEO_SAVE_POINTER));
      put(out, at + 4, 4, caller.vector(0x1F));
      put(out, at + 8, 4, caller.vector(0x43));
      at += 12;
    }
    if ((parts & DAC) != 0) {
      out[at++] = (byte) caller.in8(VgaPorts.DAC_MASK);
      for (int i = 0; i < 256; i++) {
        int rgb = vga.dac(i);
        out[at++] = (byte) (rgb >>> 16);
        out[at++] = (byte) (rgb >>> 8);
        out[at++] = (byte) rgb;
      }
    }
    caller.write(Processor.ES, caller.bx(), out);
  }

  static void restore(Caller caller, int parts) {
    VgaPorts vga = new VgaPorts(caller);
    byte[] in = caller.readLinear(caller.linear(Processor.ES, caller.bx()), bytes(parts));
    int at = 0;
    if ((parts & HARDWARE) != 0) {
      int misc = in[at++];
      caller.out8(VgaPorts.MISCELLANEOUS, misc);
      caller.bda16(Bda.CRTC_PORT, (misc & 1) != 0 ? VgaPorts.CRTC_COLOUR : VgaPorts.CRTC_MONO);
      for (int i = 1; i <= 4; i++) {
        vga.set(VgaPorts.SEQUENCER, i, in[at++]);
      }
      vga.crtc(0x11, 0);
      for (int i = 0; i < 25; i++) {
        vga.crtc(i, in[at++]);
      }
      for (int i = 0; i < 9; i++) {
        vga.set(VgaPorts.GRAPHICS, i, in[at++]);
      }
      for (int i = 0; i < 20; i++) {
        vga.attribute(i, in[at++]);
      }
    }
    if ((parts & DATA_AREA) != 0) {
      for (int i = 0; i < BDA_BYTES; i++) {
        caller.bda8(FIRST_BDA + i, in[at++]);
      }
      for (int i = 0; i < SECOND_BDA_BYTES; i++) {
        caller.bda8(Bda.ROWS_LESS_1 + i, in[at++]);
      }
      caller.bda32(Bda.VIDEO_SAVE_POINTER, get32(in, at));
      caller.c.writeLinear32(4 * 0x1F, get32(in, at + 4));
      caller.c.writeLinear32(4 * 0x43, get32(in, at + 8));
      at += 12;
    }
    if ((parts & DAC) != 0) {
      caller.out8(VgaPorts.DAC_MASK, in[at++]);
      for (int i = 0; i < 256; i++, at += 3) {
        vga.dac(i, in[at], in[at + 1], in[at + 2]);
      }
    }
  }

  private static int get32(byte[] in, int at) {
    return in[at] & 0xFF | (in[at + 1] & 0xFF) << 8 | (in[at + 2] & 0xFF) << 16 | in[at + 3] << 24;
  }
}
