package troupe.conformance.silicon;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Makes random cases of a row: an encoding of it, and a state in which it has something to do. */
final class CaseMaker {
  private static final int EAX = 0;
  private static final int ECX = 1;
  private static final int EDX = 2;
  private static final int EBX = 3;
  private static final int ESP = 4;
  private static final int EBP = 5;
  private static final int ESI = 6;
  private static final int EDI = 7;
  private static final int ARITHMETIC = 0x8D5;
  private static final int DF = 0x400;
  private static final int OPERAND_SIZE = 0x66;
  private final Row row;
  private final Values values;
  private final FloatState floats;

  // The case in the making.
  private int[] general;
  private ByteBuffer memory;
  private byte[] fxsave;
  private int operandAddress;
  private int operandSize;
  private int reg;

  CaseMaker(Row row) {
    this.row = row;
    values = new Values(row.text().hashCode());
    floats = new FloatState(values);
  }

  List<Case> make(int count) {
    List<Case> cases = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      cases.add(one());
    }
    return cases;
  }

  private Case one() {
    general = new int[8];
    for (int i = 0; i < 8; i++) {
      general[i] = values.any32();
    }
    if (usesStack()) {
      general[ESP] = Image.MEMORY + 400 + values.below(200);
    }
    int eflags = values.below(0x1000) & ARITHMETIC | (values.oneIn(4) ? DF : 0);
    memory = ByteBuffer.allocate(Image.MEMORY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < Image.MEMORY_BYTES; i += 16) {
      values.packed(memory, i);
    }
    fxsave = floats.fxsave();
    operandAddress = 0;
    boolean branch = row.has("end") && !row.is("PUSHF", "POPF");
    boolean can16 =
        (row.sized() || row.is("FLDENV", "FNSTENV", "FRSTOR", "FNSAVE", "POPA", "ENTER"))
            && !branch
            && !row.is("BSWAP");
    operandSize = can16 && values.oneIn(3) ? 16 : 32;

    ByteArrayOutputStream code = new ByteArrayOutputStream(15);
    prefixes(code);
    implicitOperands();
    byte[] opcode = row.opcode().clone();
    if (row.registerInOpcode()) {
      opcode[opcode.length - 1] |= (byte) values.below(8);
    }
    code.writeBytes(opcode);
    if (row.modRm()) {
      modRm(code);
    }
    for (String operand : row.operands()) {
      immediate(operand, code);
    }
    return new Case(
        row,
        code.toByteArray(),
        new Image(general, eflags, fxsave, memory.array()),
        operandAddress,
        operandSize);
  }

  private boolean usesStack() {
    return row.is("PUSH", "POP", "PUSHA", "POPA", "PUSHF", "POPF", "ENTER", "LEAVE", "CALL", "RET");
  }

  private void prefixes(ByteArrayOutputStream code) {
    if (values.oneIn(12) && row.modRm()) {
      code.write(new int[] {0x26, 0x36, 0x3E}[values.below(3)]);
    }
    if (operandSize == 16) {
      code.write(OPERAND_SIZE);
    }
    if (row.has("lock") && values.oneIn(8)) {
      code.write(0xF0);
    }
    if (row.has("rep") && values.oneIn(2)) {
      code.write(values.oneIn(2) ? 0xF2 : 0xF3);
      general[ECX] = values.below(12);
    }
    if (row.prefix() != 0) {
      code.write(row.prefix());
    }
  }

  private int anywhere() {
    return Image.MEMORY + 200 + values.below(500);
  }

  private int landing() {
    return Image.CODE + 0x40 + values.below(0x200);
  }

  /** Gives implicit operands values with which the instruction does more than fault. */
  private void implicitOperands() {
    switch (row.mnemonic()) {
      case "MOVS", "CMPS", "STOS", "LODS", "SCAS" -> {
        general[ESI] = anywhere();
        general[EDI] = anywhere();
        if (values.oneIn(2)) { // equal for a while
          int from = general[ESI] - Image.MEMORY - 100;
          int to = general[EDI] - Image.MEMORY - 100;
          byte[] bytes = new byte[200];
          memory.get(from, bytes);
          memory.put(to, bytes);
        }
        if (row.is("SCAS") && values.oneIn(2)) {
          memory.putInt(general[EDI] - Image.MEMORY, general[EAX]);
        }
      }
      case "XLAT" -> general[EBX] = anywhere();
      case "MASKMOVQ", "MASKMOVDQU" -> general[EDI] = anywhere();
      case "LEAVE", "ENTER" -> general[EBP] = anywhere();
      case "RET" -> memory.putInt(general[ESP] - Image.MEMORY, landing());
      case "POPF" ->
          memory.putInt(
              general[ESP] - Image.MEMORY, values.below(0x1000) & (ARITHMETIC | DF) | 0x202);
      case "LOOP", "LOOPE", "LOOPNE", "JCXZ" -> general[ECX] = values.below(3);
      case "DIV", "IDIV" -> {
        if (values.oneIn(2)) {
          boolean bytes = row.opcode()[0] == (byte) 0xF6;
          if (bytes) {
            general[EAX] = general[EAX] & ~0xFF00 | values.below(8) << 8;
          } else {
            general[EDX] = row.is("IDIV") ? general[EAX] >> 31 : values.below(8);
          }
        }
      }
      case "F2XM1", "FYL2XP1" -> {
        ByteBuffer fx = ByteBuffer.wrap(fxsave).order(ByteOrder.LITTLE_ENDIAN);
        if (!values.oneIn(4)) {
          int sign = fx.getShort(40) & 0x8000;
          fx.putShort(40, (short) (sign | 0x3FFD - values.below(70)));
        }
      }
      case "FSCALE" -> {
        if (values.oneIn(2)) { // ST(1) from 1 to 255 and a fraction
          fxsave[32 + 16 + 7] |= (byte) 0x80;
          ByteBuffer fx = ByteBuffer.wrap(fxsave).order(ByteOrder.LITTLE_ENDIAN);
          fx.putShort(32 + 16 + 8, (short) (values.below(2) << 15 | 0x3FFF + values.below(8)));
        }
      }
      default -> {}
    }
  }

  private void modRm(ByteArrayOutputStream code) {
    boolean useMemory = row.memoryForm() && (!row.registerForm() || values.below(3) != 0);
    reg = row.digit() >= 0 ? row.digit() : values.below(8);
    if (!useMemory) {
      int rm = values.below(8);
      if (row.is("CALL") && rm == ESP) {
        rm = EBX;
      }
      if (row.is("CALL", "JMP")) {
        general[rm] = landing();
      }
      if (row.is("CMPXCHG") && values.oneIn(2)) {
        general[EAX] = general[rm];
      }
      code.write(0xC0 | reg << 3 | rm);
      return;
    }
    int size = row.is("FXSAVE", "FXRSTOR") ? 512 : 128;
    operandAddress = Image.MEMORY + 128 + values.below(Image.MEMORY_BYTES - 256 - size);
    if (size == 512 || (row.operand('W') != null || row.operand('M') != null) && !values.oneIn(8)) {
      operandAddress &= ~15;
    }
    if (values.oneIn(100)) { // into the page that is not there
      operandAddress = Image.MEMORY + Image.MEMORY_BYTES - values.below(3) - 1;
    } else {
      memoryOperand(operandAddress - Image.MEMORY);
    }
    address(code);
  }

  /** Gives the memory operand a value of its type. */
  private void memoryOperand(int at) {
    String operand = row.operands().isEmpty() ? "" : row.operands().getFirst();
    switch (operand) {
      case "m32fp" -> memory.putInt(at, values.floatBits());
      case "m64fp" -> memory.putLong(at, values.doubleBits());
      case "m80fp" -> values.extended(memory, at);
      case "m80bcd" -> {
        for (int i = 0; i < 9; i++) {
          memory.put(at + i, (byte) (values.below(10) << 4 | values.below(10)));
        }
        memory.put(at + 9, (byte) (values.below(2) << 7));
      }
      default -> values.packed(memory, at);
    }
    switch (row.mnemonic()) {
      case "CALL", "JMP" -> memory.putInt(at, landing());
      case "CMPXCHG" -> {
        if (values.oneIn(2)) {
          general[EAX] = memory.getInt(at);
        }
      }
      case "CMPXCHG8B" -> {
        if (values.oneIn(2)) {
          general[EAX] = memory.getInt(at);
          general[EDX] = memory.getInt(at + 4);
        }
      }
      case "LDMXCSR" ->
          memory.putInt(at, floats.mxcsr() | (values.oneIn(10) ? Integer.MIN_VALUE : 0));
      case "FLDENV" -> floats.environment(memory, at, operandSize);
      case "FRSTOR" -> {
        floats.environment(memory, at, operandSize);
        floats.registers(memory, at + 7 * operandSize / 8);
      }
      case "FXRSTOR" -> memory.put(at, floats.fxsave());
      default -> {}
    }
  }

  /** Encodes the address of the memory operand in one of the ways of 32-bit addressing. */
  private void address(ByteArrayOutputStream code) {
    boolean bitString = row.is("BT", "BTS", "BTR", "BTC") && row.digit() < 0;
    int displacementSize = new int[] {0, 1, 4}[values.below(3)];
    int displacement =
        displacementSize == 0
            ? 0
            : displacementSize == 1 ? (byte) values.below(256) : values.any32();
    int mod = displacementSize == 4 ? 2 : displacementSize;
    int base;
    do {
      base = values.below(8);
    } while (base == ESP && usesStack() || base == EBP && mod == 0 || bitString && base == reg);
    if (values.oneIn(6)) { // no register
      code.write(reg << 3 | 5);
      putInt(code, operandAddress);
      bitOffset(bitString);
      return;
    }
    if (base != ESP && values.oneIn(2)) {
      general[base] = operandAddress - displacement;
      code.write(mod << 6 | reg << 3 | base);
    } else {
      int index;
      do {
        index = values.below(8);
      } while (index == base || bitString && index == reg);
      int scale = values.below(4);
      int scaled = index == ESP ? 0 : general[index] << scale;
      if (bitString && index == reg) {
        scaled = 0;
      }
      general[base] = operandAddress - displacement - scaled;
      code.write(mod << 6 | reg << 3 | 4);
      code.write(scale << 6 | index << 3 | base);
    }
    if (displacementSize == 1) {
      code.write(displacement);
    } else if (displacementSize == 4) {
      putInt(code, displacement);
    }
    bitOffset(bitString);
  }

  private void bitOffset(boolean bitString) {
    if (bitString) {
      general[reg] = values.below(1024) - 512;
    }
  }

  private void immediate(String operand, ByteArrayOutputStream code) {
    switch (operand) {
      case "Ib", "Is" -> code.write(row.is("ENTER") ? values.below(4) : values.any32());
      case "Iw" -> putShort(code, values.below(64));
      case "Iz", "Iv" -> {
        int value = values.any32();
        if (operandSize == 16) {
          putShort(code, value);
        } else {
          putInt(code, value);
        }
      }
      case "Jb" ->
          code.write(values.oneIn(2) ? 0x20 + values.below(0x60) : -0x20 - values.below(0x60));
      case "Jz" ->
          putInt(code, values.oneIn(2) ? 0x20 + values.below(0xD00) : -0x20 - values.below(0xC0));
      case "Ob", "Ov" -> {
        operandAddress = anywhere();
        putInt(code, operandAddress);
      }
      default -> {}
    }
  }

  private static void putShort(ByteArrayOutputStream code, int value) {
    code.write(value);
    code.write(value >>> 8);
  }

  private static void putInt(ByteArrayOutputStream code, int value) {
    putShort(code, value);
    putShort(code, value >>> 16);
  }
}
