package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.EXCEPTIONS;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/**
 * FLDENV, FNSTENV, FRSTOR, FNSAVE: the environment of 14 or 28 bytes by operand size, its last
 * three parts by mode ([SDM] vol. 1, 8.1.10), and the registers after it.
 */
public final class X87State {
  private static final int ENVIRONMENT16 = 14;
  private static final int ENVIRONMENT32 = 28;
  private static final int REGISTER = 10;
  private static final int REGISTERS = 8 * REGISTER;

  /** Reserved upper halves are stored as ones. */
  private static final int ONES = 0xFFFF_0000;

  private static final int OPCODE_MASK = 0x7FF;

  private X87State() {}

  private static int size(Insn i) {
    return i.operand16 ? ENVIRONMENT16 : ENVIRONMENT32;
  }

  /** Pointers are linear addresses, as in real and virtual-8086 mode. */
  private static boolean real(Processor c) {
    return (c.cr0 & Processor.CR0_PE) == 0 || (c.eflags & Processor.VM) != 0;
  }

  private static void storeEnvironment(Processor c, Insn i, int at) {
    FpuState s = c.fpu;
    int seg = i.segment;
    int instruction = s.instructionOffset;
    int operand = s.operandOffset;
    if (real(c)) {
      instruction += s.instructionSelector << 4;
      operand += s.operandSelector << 4;
    }
    if (i.operand16) {
      c.write16(seg, at, s.control);
      c.write16(seg, at + 2, s.statusWord());
      c.write16(seg, at + 4, s.tagWord());
      c.write16(seg, at + 6, instruction);
      c.write16(seg, at + 10, operand);
      if (real(c)) {
        c.write16(seg, at + 8, instruction >>> 4 & 0xF000 | s.opcode);
        c.write16(seg, at + 12, operand >>> 4 & 0xF000);
      } else {
        c.write16(seg, at + 8, s.instructionSelector);
        c.write16(seg, at + 12, s.operandSelector);
      }
    } else {
      c.write32(seg, at, ONES | s.control);
      c.write32(seg, at + 4, ONES | s.statusWord());
      c.write32(seg, at + 8, ONES | s.tagWord());
      if (real(c)) {
        c.write32(seg, at + 12, ONES | instruction & 0xFFFF);
        c.write32(seg, at + 16, instruction >>> 4 & 0x0FFF_F000 | s.opcode);
        c.write32(seg, at + 20, ONES | operand & 0xFFFF);
        c.write32(seg, at + 24, operand >>> 4 & 0x0FFF_F000);
      } else {
        c.write32(seg, at + 12, instruction);
        c.write32(seg, at + 16, s.instructionSelector | s.opcode << 16);
        c.write32(seg, at + 20, operand);
        c.write32(seg, at + 24, ONES | s.operandSelector);
      }
    }
  }

  private static void loadEnvironment(Processor c, Insn i, int at) {
    FpuState s = c.fpu;
    int seg = i.segment;
    int before = s.status;
    if (i.operand16) {
      int instruction = c.read16(seg, at + 6);
      int instructionHigh = c.read16(seg, at + 8);
      int operand = c.read16(seg, at + 10);
      int operandHigh = c.read16(seg, at + 12);
      if (real(c)) {
        s.instructionOffset = instruction | (instructionHigh & 0xF000) << 4;
        s.instructionSelector = 0;
        s.opcode = instructionHigh & OPCODE_MASK;
        s.operandOffset = operand | (operandHigh & 0xF000) << 4;
        s.operandSelector = 0;
      } else {
        s.instructionOffset = instruction;
        s.instructionSelector = instructionHigh;
        s.operandOffset = operand;
        s.operandSelector = operandHigh;
      }
      words(s, c.read16(seg, at), c.read16(seg, at + 2), c.read16(seg, at + 4));
    } else {
      int instruction = c.read32(seg, at + 12);
      int instructionHigh = c.read32(seg, at + 16);
      int operand = c.read32(seg, at + 20);
      int operandHigh = c.read32(seg, at + 24);
      if (real(c)) {
        s.instructionOffset = instruction & 0xFFFF | (instructionHigh & 0x0FFF_F000) << 4;
        s.instructionSelector = 0;
        s.opcode = instructionHigh & OPCODE_MASK;
        s.operandOffset = operand & 0xFFFF | (operandHigh & 0x0FFF_F000) << 4;
        s.operandSelector = 0;
      } else {
        s.instructionOffset = instruction;
        s.instructionSelector = instructionHigh & 0xFFFF;
        s.opcode = instructionHigh >>> 16 & OPCODE_MASK;
        s.operandOffset = operand;
        s.operandSelector = operandHigh & 0xFFFF;
      }
      words(s, c.read32(seg, at), c.read32(seg, at + 4), c.read32(seg, at + 8));
    }
    X87.follow(c, before);
  }

  private static void words(FpuState s, int control, int status, int tag) {
    s.setControl(control);
    s.setStatusWord(status);
    s.setTagWord(tag);
  }

  public static void fnstenv(Processor c, Insn i) {
    FpuState s = X87.available(c);
    int at = c.effectiveAddress(i);
    c.probeWrite(i.segment, at, size(i));
    storeEnvironment(c, i, at);
    int before = s.status;
    s.control |= EXCEPTIONS;
    s.summarize();
    X87.follow(c, before);
  }

  public static void fldenv(Processor c, Insn i) {
    X87.enter(c);
    int at = c.effectiveAddress(i);
    c.probeRead(i.segment, at, size(i));
    loadEnvironment(c, i, at);
  }

  public static void fnsave(Processor c, Insn i) {
    FpuState s = X87.available(c);
    int at = c.effectiveAddress(i);
    c.probeWrite(i.segment, at, size(i) + REGISTERS);
    storeEnvironment(c, i, at);
    at += size(i);
    for (int n = 0; n < 8; n++) {
      c.write64(i.segment, at + n * REGISTER, s.significand(n));
      c.write16(i.segment, at + n * REGISTER + 8, s.signExponent(n));
    }
    int before = s.status;
    s.reset();
    X87.follow(c, before);
  }

  public static void frstor(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    int at = c.effectiveAddress(i);
    c.probeRead(i.segment, at, size(i) + REGISTERS);
    loadEnvironment(c, i, at);
    at += size(i);
    for (int n = 0; n < 8; n++) {
      int p = s.physical(n);
      s.significand[p] = c.read64(i.segment, at + n * REGISTER);
      s.signExponent[p] = c.read16(i.segment, at + n * REGISTER + 8);
    }
  }
}
