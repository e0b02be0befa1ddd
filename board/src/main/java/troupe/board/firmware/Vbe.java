package troupe.board.firmware;

import java.util.List;
import java.util.Optional;
import troupe.processor.Processor;

/**
 * INT 10h AH=4Fh: VESA BIOS Extension 2.0 ([VBE] 2.0), on the Bochs display interface's registers.
 * The frame buffer is at base address 0 of the display's PCI function.
 */
final class Vbe {
  private static final int INDEX = 0x1CE;
  private static final int DATA = 0x1CF;

  // Registers and bits of the display interface ([Bochs] VBE display interface).
  private static final int XRES = 1;
  private static final int YRES = 2;
  private static final int BPP = 3;
  private static final int ENABLE = 4;
  private static final int BANK = 5;
  private static final int VIRTUAL_WIDTH = 6;
  private static final int X_OFFSET = 8;
  private static final int Y_OFFSET = 9;
  private static final int MEMORY_64K = 10;
  private static final int ENABLED = 0x01;
  private static final int DAC_8_BITS = 0x20;
  private static final int LINEAR = 0x40;
  private static final int NO_CLEAR = 0x80;

  private static final int OK = 0x004F;
  private static final int FAILED = 0x014F;
  private static final int NOT_IN_THIS_MODE = 0x034F;

  private static final int BLOCK_BYTES = 512;
  private static final int OLD_BLOCK_BYTES = 256;
  private static final int MODE_LIST = 0x22;
  private static final int MODE_BYTES = 256;

  // Bits of a mode number in function 02h.
  private static final int WANT_LINEAR = 0x4000;
  private static final int WANT_KEEP = 0x8000;

  private final VideoRom rom;
  private final VideoModeSetting modes;

  Vbe(VideoRom rom, VideoModeSetting modes) {
    this.rom = rom;
    this.modes = modes;
  }

  private static int get(Caller caller, int register) {
    caller.out16(INDEX, register);
    return caller.in16(DATA);
  }

  private static void set(Caller caller, int register, int value) {
    caller.out16(INDEX, register);
    caller.out16(DATA, value);
  }

  private static int memory(Caller caller) {
    return get(caller, MEMORY_64K) << 16;
  }

  private static boolean active(Caller caller) {
    return (get(caller, ENABLE) & ENABLED) != 0;
  }

  /** Gives the screen back to the VGA. */
  static void disable(Caller caller) {
    set(caller, ENABLE, 0);
  }

  void call(Caller caller) {
    int result =
        switch (caller.al()) {
          case 0x00 -> controllerInformation(caller);
          case 0x01 -> modeInformation(caller);
          case 0x02 -> setMode(caller, caller.bx());
          case 0x03 -> {
            caller.bx(currentMode(caller));
            yield OK;
          }
          case 0x04 -> state(caller);
          case 0x05 -> bank(caller);
          case 0x06 -> scanLine(caller);
          case 0x07 -> displayStart(caller);
          case 0x08 -> paletteFormat(caller);
          case 0x09 -> paletteData(caller);
          default -> FAILED;
        };
    caller.ax(result);
  }

  private int controllerInformation(Caller caller) {
    boolean version2 = caller.read32(Processor.ES, caller.di()) == tag("VBE2");
    byte[] block = new byte[version2 ? BLOCK_BYTES : OLD_BLOCK_BYTES];
    put(block, 0x00, 4, tag("VESA"));
    put(block, 0x04, 2, 0x0200);
    put(block, 0x06, 4, rom.pointer("oemString"));
    put(block, 0x0A, 4, 1); // the DAC can have 8 bits
    int segment = caller.c.segments.selector[Processor.ES];
    put(block, 0x0E, 4, segment << 16 | caller.di() + MODE_LIST & 0xFFFF);
    put(block, 0x12, 2, memory(caller) >>> 16);
    put(block, 0x14, 2, 0x0100);
    put(block, 0x16, 4, rom.pointer("vendor"));
    put(block, 0x1A, 4, rom.pointer("product"));
    put(block, 0x1E, 4, rom.pointer("revision"));
    int at = MODE_LIST;
    for (VbeMode mode : VbeMode.fitting(memory(caller))) {
      put(block, at, 2, mode.number());
      at += 2;
    }
    put(block, at, 2, 0xFFFF);
    caller.write(Processor.ES, caller.di(), block);
    return OK;
  }

  private static int tag(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }

  private static void put(byte[] block, int at, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      block[at + i] = (byte) (value >>> 8 * i);
    }
  }

  private int modeInformation(Caller caller) {
    Optional<VbeMode> found = VbeMode.of(caller.cx() & 0x1FF, memory(caller));
    if (found.isEmpty()) {
      return FAILED;
    }
    VbeMode mode = found.get();
    boolean planar = mode.bits() == 4;
    byte[] block = new byte[MODE_BYTES];
    // Supported, extended information, output by BIOS, colour, graphics; linear unless planar.
    put(block, 0x00, 2, planar ? 0x001F : 0x009B);
    block[0x02] = 7; // window A: there, readable, writable
    put(block, 0x04, 2, 64);
    put(block, 0x06, 2, 64);
    put(block, 0x08, 2, 0xA000);
    put(block, 0x0C, 4, 0); // no direct bank function: use 4F05h
    put(block, 0x10, 2, mode.pitch());
    put(block, 0x12, 2, mode.width());
    put(block, 0x14, 2, mode.height());
    block[0x16] = 8;
    block[0x17] = 16;
    block[0x18] = (byte) (planar ? 4 : 1);
    block[0x19] = (byte) mode.bits();
    block[0x1A] = 1;
    block[0x1B] = (byte) (planar ? 3 : mode.bits() == 8 ? 4 : 6);
    block[0x1D] = (byte) Math.min(memory(caller) / mode.bytes() - 1, 255);
    block[0x1E] = 1;
    int[] fields = colourFields(mode.bits());
    for (int i = 0; i < fields.length; i++) {
      block[0x1F + i] = (byte) fields[i];
    }
    if (!planar) {
      put(block, 0x28, 4, frameBuffer(caller));
    }
    caller.write(Processor.ES, caller.di(), block);
    return OK;
  }

  /** Size and position of red, green, blue and the unused bits. */
  private static int[] colourFields(int bits) {
    return switch (bits) {
      case 15 -> new int[] {5, 10, 5, 5, 5, 0, 1, 15};
      case 16 -> new int[] {5, 11, 6, 5, 5, 0, 0, 0};
      case 24 -> new int[] {8, 16, 8, 8, 8, 0, 0, 0};
      case 32 -> new int[] {8, 16, 8, 8, 8, 0, 8, 24};
      default -> new int[8];
    };
  }

  private static int frameBuffer(Caller caller) {
    PciConfiguration pci = new PciConfiguration(caller);
    int display = pci.findClass(0x030000, 0);
    return display < 0 ? 0 : pci.read32(display, PciConfiguration.BAR_0) & ~0xF;
  }

  private int setMode(Caller caller, int request) {
    int number = request & 0x1FF;
    if (number < 0x100) {
      modes.set(caller, number & 0x7F | ((request & WANT_KEEP) != 0 ? 0x80 : 0));
      return OK;
    }
    Optional<VbeMode> found = VbeMode.of(number, memory(caller));
    if (found.isEmpty() || (request & WANT_LINEAR) != 0 && found.get().bits() == 4) {
      return FAILED;
    }
    VbeMode mode = found.get();
    boolean keep = (request & WANT_KEEP) != 0;
    // The registers of the VGA that still count: graphics, the whole window, the palette.
    modes.set(caller, mode.bits() == 4 ? 0x92 : 0x93);
    set(caller, XRES, mode.width());
    set(caller, YRES, mode.height());
    set(caller, BPP, mode.bits());
    set(
        caller,
        ENABLE,
        ENABLED | (keep ? NO_CLEAR : 0) | ((request & WANT_LINEAR) != 0 ? LINEAR : 0));
    caller.bda16(Bda.COLUMNS, mode.width() / 8);
    caller.bda8(Bda.ROWS_LESS_1, mode.height() / 16 - 1);
    caller.bda16(Bda.CELL_HEIGHT, 16);
    return OK;
  }

  /** The current mode from the registers, so that it survives whatever the guest did. */
  private static int currentMode(Caller caller) {
    if (!active(caller)) {
      return caller.bda8(Bda.VIDEO_MODE);
    }
    int linear = (get(caller, ENABLE) & LINEAR) != 0 ? WANT_LINEAR : 0;
    return vbeMode(caller).map(mode -> mode.number() | linear).orElse(0);
  }

  private static Optional<VbeMode> vbeMode(Caller caller) {
    int width = get(caller, XRES);
    int height = get(caller, YRES);
    int bits = get(caller, BPP);
    List<VbeMode> all = VbeMode.fitting(memory(caller));
    return all.stream()
        .filter(m -> m.width() == width && m.height() == height && m.bits() == bits)
        .findFirst();
  }

  private static int state(Caller caller) {
    int parts = caller.cx() & 7;
    boolean registers = (caller.cx() & 8) != 0;
    int at = VideoState.blocks(parts) * 64;
    int kept = 0x10;
    switch (caller.dl()) {
      case 0 -> caller.bx(VideoState.blocks(parts) + (registers ? 1 : 0));
      case 1 -> {
        if (registers) {
          byte[] values = new byte[2 * kept];
          for (int i = XRES; i <= Y_OFFSET; i++) {
            put(values, 2 * i, 2, get(caller, i));
          }
          caller.write(Processor.ES, caller.bx() + at, values);
        }
        VideoState.save(caller, parts);
      }
      case 2 -> {
        if (registers) {
          byte[] in = caller.readLinear(caller.linear(Processor.ES, caller.bx() + at), 2 * kept);
          disable(caller);
          for (int i : new int[] {XRES, YRES, BPP}) {
            set(caller, i, get16(in, 2 * i));
          }
          int enable = get16(in, 2 * ENABLE);
          set(caller, ENABLE, (enable & ENABLED) != 0 ? enable | NO_CLEAR : 0);
          for (int i : new int[] {BANK, VIRTUAL_WIDTH, X_OFFSET, Y_OFFSET}) {
            set(caller, i, get16(in, 2 * i));
          }
        }
        VideoState.restore(caller, parts);
      }
      default -> {
        return FAILED;
      }
    }
    return OK;
  }

  private static int get16(byte[] in, int at) {
    return in[at] & 0xFF | (in[at + 1] & 0xFF) << 8;
  }

  private static int bank(Caller caller) {
    if (!active(caller)) {
      return NOT_IN_THIS_MODE;
    }
    if (caller.bl() != 0) {
      return FAILED;
    }
    if (caller.bh() == 0) {
      if (caller.dx() >= memory(caller) >>> 16) {
        return FAILED;
      }
      set(caller, BANK, caller.dx());
    } else if (caller.bh() == 1) {
      caller.dx(get(caller, BANK));
    } else {
      return FAILED;
    }
    return OK;
  }

  /** Bytes of a line of {@code width} pixels. */
  private static int bytes(int width, int bits) {
    return bits == 4 ? width / 8 : width * ((bits + 7) / 8);
  }

  private static int scanLine(Caller caller) {
    if (!active(caller)) {
      return NOT_IN_THIS_MODE;
    }
    int bits = get(caller, BPP);
    int most = 0xFFF8;
    switch (caller.bl()) {
      case 0 -> set(caller, VIRTUAL_WIDTH, Math.min(caller.cx() + 7 & ~7, most));
      case 1 -> {}
      case 2 -> {
        int width = bits == 4 ? caller.cx() * 8 : caller.cx() / ((bits + 7) / 8);
        set(caller, VIRTUAL_WIDTH, Math.min(width, most));
      }
      case 3 -> {}
      default -> {
        return FAILED;
      }
    }
    int width = Math.max(get(caller, VIRTUAL_WIDTH), get(caller, XRES));
    if (caller.bl() == 3) {
      width = most;
    }
    int line = Math.max(1, bytes(width, bits));
    caller.bx(line);
    caller.cx(width);
    caller.dx(Math.min(memory(caller) / (line * (bits == 4 ? 4 : 1)), 0xFFFF));
    return OK;
  }

  private static int displayStart(Caller caller) {
    if (!active(caller)) {
      return NOT_IN_THIS_MODE;
    }
    switch (caller.bl() & 0x7F) {
      case 0 -> {
        set(caller, X_OFFSET, caller.cx());
        set(caller, Y_OFFSET, caller.dx());
      }
      case 1 -> {
        caller.bh(0);
        caller.cx(get(caller, X_OFFSET));
        caller.dx(get(caller, Y_OFFSET));
      }
      default -> {
        return FAILED;
      }
    }
    return OK;
  }

  private static int paletteFormat(Caller caller) {
    if (active(caller) && get(caller, BPP) > 8) {
      return NOT_IN_THIS_MODE;
    }
    int enable = get(caller, ENABLE);
    if (caller.bl() == 0) {
      boolean eight = caller.bh() >= 8;
      set(caller, ENABLE, (eight ? enable | DAC_8_BITS : enable & ~DAC_8_BITS) | NO_CLEAR);
    } else if (caller.bl() != 1) {
      return FAILED;
    }
    caller.bh((get(caller, ENABLE) & DAC_8_BITS) != 0 ? 8 : 6);
    return OK;
  }

  /** Entries are blue, green, red and one byte to spare. */
  private static int paletteData(Caller caller) {
    VgaPorts vga = new VgaPorts(caller);
    int first = caller.dx();
    int count = Math.min(caller.cx(), 256);
    switch (caller.bl() & 0x7F) {
      case 0 -> {
        byte[] in = caller.readLinear(caller.linear(Processor.ES, caller.di()), 4 * count);
        for (int i = 0; i < count; i++) {
          vga.dac(first + i & 0xFF, in[4 * i + 2], in[4 * i + 1], in[4 * i]);
        }
      }
      case 1 -> {
        byte[] out = new byte[4 * count];
        for (int i = 0; i < count; i++) {
          put(out, 4 * i, 4, vga.dac(first + i & 0xFF));
        }
        caller.write(Processor.ES, caller.di(), out);
      }
      default -> {
        return FAILED;
      }
    }
    return OK;
  }
}
