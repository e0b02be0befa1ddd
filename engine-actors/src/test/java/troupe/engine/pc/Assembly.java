package troupe.engine.pc;

import java.io.ByteArrayOutputStream;

/** The few instructions that the tests need, in 16-bit code. */
final class Assembly {
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  Assembly bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
    return this;
  }

  /** mov dx, port; mov al, value; out dx, al. */
  Assembly out(int port, int value) {
    return bytes(0xBA, port & 0xFF, port >> 8, 0xB0, value, 0xEE);
  }

  /** A command of one sector to the primary master. */
  Assembly command(int sector, int command) {
    return out(0x1F6, 0xE0)
        .out(0x1F2, 1)
        .out(0x1F3, sector)
        .out(0x1F4, 0)
        .out(0x1F5, 0)
        .out(0x1F7, command);
  }

  /** Until DRQ is set: in al, dx; test al, 8; jz. */
  Assembly waitForData() {
    return bytes(0xBA, 0xF7, 0x01, 0xEC, 0xA8, 0x08, 0x74, 0xFB);
  }

  /** Until BSY is clear: in al, dx; test al, 80h; jnz. */
  Assembly waitUntilIdle() {
    return bytes(0xBA, 0xF7, 0x01, 0xEC, 0xA8, 0x80, 0x75, 0xFB);
  }

  /** Until COM1 has sent everything: mov dx, 3FDh; in al, dx; test al, 40h; jz. */
  Assembly waitUntilSent() {
    return bytes(0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x40, 0x74, 0xFB);
  }

  /** Writes 16 bits to a configuration register, by mechanism 1. */
  Assembly pci(int address, int value) {
    return bytes(0xBA, 0xF8, 0x0C, 0x66, 0xB8)
        .bytes(address & 0xFF, address >> 8 & 0xFF, address >> 16 & 0xFF, address >>> 24)
        .bytes(0x66, 0xEF)
        .bytes(0xBA, 0xFC, 0x0C, 0xB8, value & 0xFF, value >> 8, 0xEF);
  }

  /** How many bytes there are so far. */
  int here() {
    return code.size();
  }

  /** A jump back, with a 16-bit displacement, by a two-byte conditional opcode (0F xx). */
  Assembly jumpBack(int opcode, int target) {
    int displacement = target - (code.size() + 4);
    return bytes(0x0F, opcode, displacement & 0xFF, displacement >> 8 & 0xFF);
  }

  int[] code() {
    byte[] bytes = code.toByteArray();
    int[] result = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      result[i] = bytes[i] & 0xFF;
    }
    return result;
  }
}
