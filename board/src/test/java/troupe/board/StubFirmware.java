package troupe.board;

import java.util.List;
import troupe.board.firmware.KernelStart;
import troupe.board.firmware.MemoryRange;
import troupe.processor.Processor;

/**
 * The least firmware that a kernel can be started from: interrupt controllers set up and masked,
 * memory size in the BIOS data area. Without a kernel it halts.
 */
final class StubFirmware implements Firmware {
  private static final int ENTRY = 0xE000;
  private static final int START = 0x01;
  private static final byte[] VECTOR = {(byte) 0xEA, 0x00, (byte) 0xE0, 0x00, (byte) 0xF0};

  /** CLI; firmware call; HLT; jump back to the HLT. */
  private static final byte[] CODE = {
    (byte) 0xFA, 0x0F, 0x3F, START, (byte) 0xF4, (byte) 0xEB, (byte) 0xFD
  };

  private static final List<MemoryRange> MAP =
      List.of(
          new MemoryRange(0, 639 << 10, MemoryRange.RAM),
          new MemoryRange(1 << 20, 15 << 20, MemoryRange.RAM));

  private final KernelStart start;

  StubFirmware(KernelStart start) {
    this.start = start;
  }

  @Override
  public byte[] systemRom() {
    byte[] rom = new byte[0x1_0000];
    System.arraycopy(CODE, 0, rom, ENTRY, CODE.length);
    System.arraycopy(VECTOR, 0, rom, 0xFFF0, VECTOR.length);
    return rom;
  }

  @Override
  public byte[] videoRom() {
    byte[] rom = new byte[0x8000];
    rom[0] = 0x55;
    rom[1] = (byte) 0xAA;
    return rom;
  }

  @Override
  public boolean call(Processor c, int number) {
    if (number != START) {
      return false;
    }
    int[][] writes = {
      {0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xFF},
      {0xA0, 0x11}, {0xA1, 0x70}, {0xA1, 0x02}, {0xA1, 0x01}, {0xA1, 0xFF}
    };
    for (int[] write : writes) {
      c.io.write8(write[0], write[1]);
    }
    c.memory.write16(0x413, 639);
    start.start(c, MAP);
    return true;
  }
}
