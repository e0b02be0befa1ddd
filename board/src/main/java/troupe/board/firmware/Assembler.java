package troupe.board.firmware;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the machine code and the tables of a ROM image: raw bytes in hexadecimal, labels, and the
 * few instructions that refer to labels. Code is 16-bit unless it says otherwise. Anything that
 * does not fit (a label twice, a short jump too far, two things in one place) is a mistake in this
 * program and throws.
 */
final class Assembler {
  /** First two bytes of the instruction that calls the firmware: 0F 3F ib. */
  static final int CALL_0 = 0x0F;

  static final int CALL_1 = 0x3F;

  private record Fixup(int at, String label, int size, int relativeTo) {}

  private final byte[] image;
  private final boolean[] used;
  private final Map<String, Integer> labels = new HashMap<>();
  private final List<Fixup> fixups = new ArrayList<>();
  private int here;

  /** An image of {@code size} bytes, filled with {@code fill}. */
  Assembler(int size, int fill) {
    image = new byte[size];
    used = new boolean[size];
    Arrays.fill(image, (byte) fill);
  }

  int here() {
    return here;
  }

  /** Continues at an offset. */
  Assembler org(int offset) {
    here = offset;
    return this;
  }

  Assembler align(int bytes) {
    here = (here + bytes - 1) / bytes * bytes;
    return this;
  }

  Assembler label(String name) {
    if (labels.put(name, here) != null) {
      throw new IllegalStateException("label " + name + " twice");
    }
    return this;
  }

  /** Offset of a label already placed. */
  int offset(String label) {
    Integer offset = labels.get(label);
    if (offset == null) {
      throw new IllegalStateException("no label " + label);
    }
    return offset;
  }

  private void emit(int value) {
    if (used[here]) {
      throw new IllegalStateException("two things at %04X".formatted(here));
    }
    used[here] = true;
    image[here++] = (byte) value;
  }

  /** Bytes in hexadecimal; spaces are ignored. */
  Assembler hex(String bytes) {
    String digits = bytes.replace(" ", "");
    for (int i = 0; i < digits.length(); i += 2) {
      emit(Integer.parseInt(digits.substring(i, i + 2), 16));
    }
    return this;
  }

  Assembler bytes(byte... bytes) {
    for (byte b : bytes) {
      emit(b);
    }
    return this;
  }

  Assembler db(int... values) {
    for (int value : values) {
      emit(value);
    }
    return this;
  }

  Assembler dw(int... values) {
    for (int value : values) {
      emit(value);
      emit(value >>> 8);
    }
    return this;
  }

  Assembler dd(int value) {
    return dw(value, value >>> 16);
  }

  Assembler text(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      emit(ascii.charAt(i));
    }
    return this;
  }

  /** The offset of a label, as a word. */
  Assembler offsetOf(String label) {
    fixups.add(new Fixup(here, label, 2, 0));
    return dw(0);
  }

  /** The instruction that calls the firmware. */
  Assembler firmware(int number) {
    return db(CALL_0, CALL_1, number);
  }

  /** JMP rel16. */
  Assembler jmp(String label) {
    return db(0xE9).relative16(label);
  }

  /** CALL rel16. */
  Assembler call(String label) {
    return db(0xE8).relative16(label);
  }

  private Assembler relative16(String label) {
    fixups.add(new Fixup(here, label, 2, here + 2));
    return dw(0);
  }

  /** A jump with an 8-bit displacement: JMP EBh, JC 72h, JNC 73h, JZ 74h, JNZ 75h. */
  Assembler shortJump(int opcode, String label) {
    db(opcode);
    fixups.add(new Fixup(here, label, 1, here + 1));
    return db(0);
  }

  /** The finished image. */
  byte[] image() {
    for (Fixup fixup : fixups) {
      int value = offset(fixup.label) - fixup.relativeTo;
      if (fixup.size == 1 && (value < -128 || value > 127)) {
        throw new IllegalStateException("short jump to " + fixup.label + " is too far");
      }
      image[fixup.at] = (byte) value;
      if (fixup.size == 2) {
        image[fixup.at + 1] = (byte) (value >>> 8);
      }
    }
    return image;
  }

  /** Sets the byte at {@code at} so that all of the range sums to 0 modulo 256. */
  static void checksum(byte[] image, int from, int length, int at) {
    image[at] = 0;
    int sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += image[i];
    }
    image[at] = (byte) -sum;
  }
}
