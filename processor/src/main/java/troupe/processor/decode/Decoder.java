package troupe.processor.decode;

import static troupe.processor.memory.PhysicalMemory.PAGE_MASK;
import static troupe.processor.memory.PhysicalMemory.PAGE_SHIFT;
import static troupe.processor.memory.PhysicalMemory.PAGE_SIZE;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.interpreter.GeneratedHandlers;
import troupe.processor.memory.GuestPage;

/**
 * Turns code bytes into {@link Insn}s. Bytes are fetched through the paging unit at the current
 * privilege, so that a fault is that of the instruction being decoded.
 */
public final class Decoder {
  private static final int MAX_LENGTH = 15;
  private static final int INVALID = invalidRow();

  private final Processor c;

  // The instruction being decoded.
  private int start;
  private int length;
  private int limitLeft;
  private byte[] page;
  private int pageNumber;
  private int physical;

  public Decoder(Processor c) {
    this.c = c;
  }

  private static int invalidRow() {
    for (int n : InstructionTable.candidates(1, 0x0B)) {
      return n;
    }
    throw new AssertionError("no UD2 in the instruction table");
  }

  private int next() {
    if (length == MAX_LENGTH) {
      throw c.fault(Fault.GP, 0);
    }
    if (length > limitLeft) {
      throw c.fault(Fault.GP, 0);
    }
    int linear = start + length;
    if (linear >>> PAGE_SHIFT != pageNumber) {
      enterPage(linear);
    }
    length++;
    int at = linear & PAGE_MASK;
    return page != null ? page[at] & 0xFF : c.memory.read8(physical | at);
  }

  private void enterPage(int linear) {
    physical = c.mmu.fetch(linear) & ~PAGE_MASK;
    page = c.memory.readable(physical >>> PAGE_SHIFT);
    pageNumber = linear >>> PAGE_SHIFT;
  }

  private int next16() {
    int low = next();
    return low | next() << 8;
  }

  private int next32() {
    int at = start + length & PAGE_MASK;
    if (page != null
        && at <= PAGE_SIZE - 4
        && start + length >>> PAGE_SHIFT == pageNumber
        && length + 3 <= limitLeft
        && length + 4 <= MAX_LENGTH) {
      length += 4;
      return GuestPage.read32(page, at);
    }
    int low = next16();
    return low | next16() << 16;
  }

  /** Decodes the instruction at CS:{@code offset}. */
  public Insn decode(int offset) {
    start = c.segments.base[Processor.CS] + offset;
    length = 0;
    long left = (c.segments.limit[Processor.CS] & 0xFFFFFFFFL) - (offset & 0xFFFFFFFFL);
    if (left < 0) {
      throw c.fault(Fault.GP, 0);
    }
    limitLeft = (int) Math.min(left, MAX_LENGTH);
    enterPage(start);
    return decode((c.segments.attributes[Processor.CS] & SegmentRegisters.BIG) != 0);
  }

  /** Physical page of the last byte of the instruction decoded last. */
  public int lastPhysicalPage() {
    return physical >>> PAGE_SHIFT;
  }

  private Insn decode(boolean code32) {
    Insn i = new Insn();
    i.rm = -1;
    i.base = Insn.NO_REGISTER;
    i.index = Insn.NO_REGISTER;
    boolean operandPrefix = false;
    boolean addressPrefix = false;
    int segment = -1;
    int repeat = 0;
    int opcode;
    prefixes:
    while (true) {
      opcode = next();
      switch (opcode) {
        case 0x26 -> segment = Processor.ES;
        case 0x2E -> segment = Processor.CS;
        case 0x36 -> segment = Processor.SS;
        case 0x3E -> segment = Processor.DS;
        case 0x64 -> segment = Processor.FS;
        case 0x65 -> segment = Processor.GS;
        case 0x66 -> operandPrefix = true;
        case 0x67 -> addressPrefix = true;
        case 0xF0 -> i.lock = true;
        case 0xF2, 0xF3 -> repeat = opcode;
        default -> {
          break prefixes;
        }
      }
    }
    i.operand16 = operandPrefix == code32;
    i.address16 = addressPrefix == code32;
    int map = 0;
    if (opcode == 0x0F) {
      map = 1;
      opcode = next();
    }
    int[] candidates = InstructionTable.candidates(map, opcode);
    int modRm = -1;
    if (candidates.length > 0 && InstructionTable.row(candidates[0]).modRm()) {
      modRm = next();
    }
    int number = select(candidates, modRm, operandPrefix, repeat);
    if ((InstructionTable.features(number) & ~c.model.features()) != 0) {
      number = INVALID;
    }
    Row row = InstructionTable.row(number);
    i.row = (short) number;
    i.segment = (byte) (segment >= 0 ? segment : Processor.DS);
    if (modRm >= 0 && number != INVALID) {
      i.reg = (byte) (modRm >>> 3 & 7);
      // MOV to and from control and debug registers takes mod as 3.
      boolean register = modRm >= 0xC0 || row.operands().indexOf('R') >= 0 && isMove(row);
      if (register) {
        i.rm = (byte) (modRm & 7);
      } else if (i.address16) {
        address16(i, modRm, segment);
      } else {
        address32(i, modRm, segment);
      }
    } else {
      i.reg = (byte) (opcode & 7);
    }
    if (row.prefix() == Row.Prefix.ANY && InstructionTable.repeatable(number)) {
      i.repeat = (short) repeat;
    }
    immediates(i, row);
    if (i.lock && (!InstructionTable.lockable(number) || i.rm >= 0)) {
      i.row = (short) INVALID;
      row = InstructionTable.row(INVALID);
    }
    boolean memory = row.modRm() && i.rm < 0;
    i.handler =
        GeneratedHandlers.get(
            i.operand16
                ? (memory ? row.memory16() : row.register16())
                : (memory ? row.memory32() : row.register32()));
    i.length = (byte) length;
    return i;
  }

  private static boolean isMove(Row row) {
    return row.map() == 1 && row.opcode() >= 0x20 && row.opcode() <= 0x23;
  }

  private static int select(int[] candidates, int modRm, boolean operandPrefix, int repeat) {
    Row.Prefix effective =
        switch (repeat) {
          case 0xF3 -> Row.Prefix.PF3;
          case 0xF2 -> Row.Prefix.PF2;
          default -> operandPrefix ? Row.Prefix.P66 : Row.Prefix.NP;
        };
    int best = INVALID;
    for (int n : candidates) {
      Row row = InstructionTable.row(n);
      if (row.prefix() != Row.Prefix.ANY && row.prefix() != effective) {
        continue;
      }
      if (row.digit() >= 0 && row.digit() != (modRm >>> 3 & 7)
          || row.fixedModRm() >= 0 && row.fixedModRm() != modRm
          || row.form() == Row.Form.MEMORY && modRm >= 0xC0
          || row.form() == Row.Form.REGISTER && modRm < 0xC0) {
        continue;
      }
      if (row.fixedModRm() >= 0) {
        return n;
      }
      if (best == INVALID) {
        best = n;
      }
    }
    return best;
  }

  private void address16(Insn i, int modRm, int segment) {
    int mod = modRm >>> 6;
    int rm = modRm & 7;
    if (mod == 0 && rm == 6) {
      i.displacement = next16();
      return;
    }
    switch (rm) {
      case 0, 1, 7 -> i.base = Processor.EBX;
      case 2, 3, 6 -> i.base = Processor.EBP;
      case 4 -> i.base = Processor.ESI;
      default -> i.base = Processor.EDI;
    }
    switch (rm) {
      case 0, 2 -> i.index = Processor.ESI;
      case 1, 3 -> i.index = Processor.EDI;
      default -> {}
    }
    if (i.base == Processor.EBP && segment < 0) {
      i.segment = Processor.SS;
    }
    if (mod == 1) {
      i.displacement = (byte) next();
    } else if (mod == 2) {
      i.displacement = next16();
    }
  }

  private void address32(Insn i, int modRm, int segment) {
    int mod = modRm >>> 6;
    int rm = modRm & 7;
    int base = rm;
    if (rm == 4) {
      int sib = next();
      base = sib & 7;
      i.scale = (byte) (sib >>> 6);
      int index = sib >>> 3 & 7;
      i.index = (byte) (index == 4 ? Insn.NO_REGISTER : index);
    }
    if (mod == 0 && base == 5) {
      i.displacement = next32();
      return;
    }
    i.base = (byte) base;
    if ((base == Processor.ESP || base == Processor.EBP) && segment < 0) {
      i.segment = Processor.SS;
    }
    if (mod == 1) {
      i.displacement = (byte) next();
    } else if (mod == 2) {
      i.displacement = next32();
    }
  }

  private void immediates(Insn i, Row row) {
    switch (row.immediate1()) {
      case "NONE" -> {}
      case "Ib" -> i.immediate = next();
      case "Is" -> i.immediate = i.operand16 ? (byte) next() & 0xFFFF : (byte) next();
      case "Iw" -> i.immediate = next16();
      case "Iz" -> i.immediate = i.operand16 ? next16() : next32();
      case "Jb" -> i.immediate = (byte) next();
      case "Jz" -> i.immediate = i.operand16 ? (short) next16() : next32();
      case "Ap" -> {
        i.immediate = i.operand16 ? next16() : next32();
        i.immediate2 = (char) next16();
      }
      default -> i.displacement = i.address16 ? next16() : next32();
    }
    if (row.immediate2().equals("Ib")) {
      i.immediate2 = (char) next();
    }
  }
}
