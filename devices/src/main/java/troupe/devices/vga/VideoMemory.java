package troupe.devices.vga;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import troupe.devices.bus.MemoryDevice;

/**
 * Video memory and the CPU's window to it at A0000h to BFFFFh. The bytes of the four planes at one
 * address lie side by side: byte p of word a is plane p. A 32-bit load is thus the four latches,
 * and what the graphics controller does to all planes is a few operations on an int.
 *
 * <p>In planar modes a write passes through rotation, set/reset, the logical unit, the bit mask and
 * the map mask ([IBM VGA] Graphics Controller). Two cases need none of that and are most of what
 * guests do: characters and attributes written in odd/even mode, and pixels in chain-4.
 */
final class VideoMemory implements MemoryDevice {
  private static final int WINDOW_BYTES = 0x2_0000;
  private static final int BYTES_ALIKE = 0x0101_0101;
  private static final int NOT_DECODED = 0xFF;

  /** Window offset and size in bytes for each memory map of GR6. */
  private static final int[] MAP_START = {0, 0, 0x1_0000, 0x1_8000};

  private static final int[] MAP_BYTES = {WINDOW_BYTES, 0x1_0000, 0x8000, 0x8000};

  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** Four planes' bits as a mask of four bytes. */
  private static final int[] PLANES = planeMasks();

  private final Sequencer sequencer;
  private final GraphicsController graphics;
  private final Dispi dispi;
  private final byte[] memory;
  private final int memoryMask;

  int latches;
  private long changes;

  // What follows from registers, found anew by configure().
  private int start;
  private int bytes;
  private boolean linear;
  private int linearBase;
  private int planarBase;
  private boolean chain4;
  private boolean oddEven;
  private int oddEvenMask;
  private int oddEvenPage;
  private boolean pageFromA16;
  private boolean plainWrites;
  private boolean plainChain4;
  private boolean plainText;

  /** {@code size} is in bytes, a power of two of at least 256 KiB. */
  VideoMemory(Sequencer sequencer, GraphicsController graphics, Dispi dispi, int size) {
    this.sequencer = sequencer;
    this.graphics = graphics;
    this.dispi = dispi;
    this.memory = new byte[size];
    this.memoryMask = size - 1;
  }

  private static int[] planeMasks() {
    int[] masks = new int[16];
    for (int planes = 0; planes < 16; planes++) {
      for (int plane = 0; plane < 4; plane++) {
        if ((planes >> plane & 1) != 0) {
          masks[planes] |= 0xFF << 8 * plane;
        }
      }
    }
    return masks;
  }

  byte[] bytes() {
    return memory;
  }

  /** Zero everywhere. In large parts, as PCs are built before the JVM has compiled a loop. */
  void clear() {
    byte[] zeros = new byte[1 << 16];
    for (int at = 0; at < memory.length; at += zeros.length) {
      System.arraycopy(zeros, 0, memory, at, Math.min(zeros.length, memory.length - at));
    }
    changes++;
  }

  /** Grows with every write. */
  long changes() {
    return changes;
  }

  void changed() {
    changes++;
  }

  /**
   * Takes over what the registers say.
   *
   * @param enabled whether the window is decoded at all
   * @param highPage bit 5 of Miscellaneous Output, which selects the page in odd/even mode
   */
  void configure(boolean enabled, boolean highPage) {
    int[] gr = graphics.registers;
    linear = dispi.linear();
    linearBase = dispi.bankOffset();
    planarBase = dispi.enabled() && !linear ? dispi.bankOffset() : 0;
    int map = linear ? 1 : graphics.memoryMap();
    start = MAP_START[map];
    bytes = enabled ? MAP_BYTES[map] : 0;
    chain4 = sequencer.chain4();
    oddEven = !chain4 && sequencer.oddEven();
    boolean chained = graphics.chainOddEven();
    oddEvenMask = chained ? 0xFFFE : 0xFFFF;
    pageFromA16 = chained && map == 0;
    oddEvenPage = chained && map != 0 && !highPage ? 1 : 0;
    plainWrites =
        graphics.writeMode() == 0
            && gr[GraphicsController.ENABLE_SET_RESET] == 0
            && gr[GraphicsController.DATA_ROTATE] == 0
            && gr[GraphicsController.BIT_MASK] == 0xFF;
    int mapMask = sequencer.registers[Sequencer.MAP_MASK];
    plainChain4 = !linear && plainWrites && chain4 && mapMask == 0x0F;
    plainText = !linear && plainWrites && oddEven && chained && (mapMask & 3) == 3;
  }

  /** Offset into the decoded part of the window, or -1. */
  private int decode(int offset) {
    int address = offset - start;
    return address >= 0 && address < bytes ? address : -1;
  }

  /** Index of the four bytes at a CPU address. */
  private int quad(int address) {
    int plane;
    if (chain4) {
      plane = address & 0xFFFC | address >> 16 & 3;
    } else if (oddEven) {
      plane = address & oddEvenMask | (pageFromA16 ? address >> 16 & 1 : oddEvenPage);
    } else {
      plane = address & 0xFFFF;
    }
    return (plane + planarBase << 2) & memoryMask;
  }

  @Override
  public int read8(int offset) {
    int address = decode(offset);
    if (address < 0) {
      return NOT_DECODED;
    }
    if (linear) {
      return memory[linearBase + address & memoryMask] & 0xFF;
    }
    latches = (int) INT.get(memory, quad(address));
    if (chain4) {
      return latches >>> 8 * (address & 3) & 0xFF;
    }
    int[] gr = graphics.registers;
    if (graphics.readMode1()) {
      int differences =
          (latches ^ PLANES[gr[GraphicsController.COLOUR_COMPARE]])
              & PLANES[gr[GraphicsController.COLOUR_DONT_CARE]];
      differences |= differences >>> 16;
      return ~(differences | differences >>> 8) & 0xFF;
    }
    int plane = gr[GraphicsController.READ_MAP_SELECT];
    if (graphics.oddEvenRead()) {
      plane = plane & 2 | address & 1;
    }
    return latches >>> 8 * plane & 0xFF;
  }

  @Override
  public void write8(int offset, int value) {
    int address = decode(offset);
    if (address < 0) {
      return;
    }
    changes++;
    if (linear) {
      memory[linearBase + address & memoryMask] = (byte) value;
    } else if (plainChain4) {
      memory[quad(address) + (address & 3)] = (byte) value;
    } else {
      writePlanes(address, value & 0xFF);
    }
  }

  private void writePlanes(int address, int value) {
    int planes = sequencer.registers[Sequencer.MAP_MASK];
    if (chain4) {
      planes &= 1 << (address & 3);
    } else if (oddEven) {
      planes &= 5 << (address & 1);
    }
    int mask = PLANES[planes];
    int quad = quad(address);
    int data = plainWrites ? value * BYTES_ALIKE : throughGraphicsController(value);
    INT.set(memory, quad, (int) INT.get(memory, quad) & ~mask | data & mask);
  }

  /** What write modes 0 to 3 make of a byte, for the four planes. */
  private int throughGraphicsController(int value) {
    int[] gr = graphics.registers;
    int bitMask = gr[GraphicsController.BIT_MASK];
    int setReset = PLANES[gr[GraphicsController.SET_RESET]];
    int data;
    switch (graphics.writeMode()) {
      case 0 -> {
        int enabled = PLANES[gr[GraphicsController.ENABLE_SET_RESET]];
        data = rotate(value) * BYTES_ALIKE & ~enabled | setReset & enabled;
      }
      case 1 -> {
        return latches;
      }
      case 2 -> data = PLANES[value & 0x0F];
      default -> {
        bitMask &= rotate(value);
        data = setReset;
      }
    }
    data =
        switch (gr[GraphicsController.DATA_ROTATE] >> 3) {
          case 1 -> data & latches;
          case 2 -> data | latches;
          case 3 -> data ^ latches;
          default -> data;
        };
    int bits = bitMask * BYTES_ALIKE;
    return data & bits | latches & ~bits;
  }

  private int rotate(int value) {
    int count = graphics.registers[GraphicsController.DATA_ROTATE] & 7;
    return (value >> count | value << 8 - count) & 0xFF;
  }

  @Override
  public int read16(int offset) {
    int address = decode(offset);
    if (address >= 0 && (address & 1) == 0) {
      if (linear) {
        return (short) SHORT.get(memory, linearBase + address & memoryMask) & 0xFFFF;
      }
      if (chain4) {
        int quad = quad(address);
        latches = (int) INT.get(memory, quad);
        return latches >>> 8 * (address & 2) & 0xFFFF;
      }
    }
    return read8(offset) | read8(offset + 1) << 8;
  }

  @Override
  public void write16(int offset, int value) {
    int address = decode(offset);
    if (address >= 0 && (address & 1) == 0) {
      if (linear) {
        changes++;
        SHORT.set(memory, linearBase + address & memoryMask, (short) value);
        return;
      }
      if (plainChain4) {
        changes++;
        SHORT.set(memory, quad(address) + (address & 2), (short) value);
        return;
      }
      if (plainText) {
        changes++;
        int quad = quad(address);
        int planes = sequencer.registers[Sequencer.MAP_MASK];
        SHORT.set(memory, quad, (short) value);
        if (planes > 3) {
          writeUpperPlanes(quad, value, planes);
        }
        return;
      }
    }
    write8(offset, value & 0xFF);
    write8(offset + 1, value >>> 8 & 0xFF);
  }

  private void writeUpperPlanes(int quad, int value, int planes) {
    if ((planes & 4) != 0) {
      memory[quad + 2] = (byte) value;
    }
    if ((planes & 8) != 0) {
      memory[quad + 3] = (byte) (value >>> 8);
    }
  }

  @Override
  public int read32(int offset) {
    int address = decode(offset);
    if (address >= 0 && (address & 3) == 0) {
      if (linear) {
        return (int) INT.get(memory, linearBase + address & memoryMask);
      }
      if (chain4) {
        latches = (int) INT.get(memory, quad(address));
        return latches;
      }
    }
    return read16(offset) | read16(offset + 2) << 16;
  }

  @Override
  public void write32(int offset, int value) {
    int address = decode(offset);
    if (address >= 0 && (address & 3) == 0 && (linear || plainChain4)) {
      changes++;
      INT.set(memory, linear ? linearBase + address & memoryMask : quad(address), value);
    } else {
      write16(offset, value & 0xFFFF);
      write16(offset + 2, value >>> 16);
    }
  }
}
