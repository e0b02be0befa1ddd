package troupe.processor.translator;

import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EBP;
import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDI;
import static troupe.processor.Processor.EDX;
import static troupe.processor.Processor.ESI;
import static troupe.processor.Processor.ESP;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.decode.Row;

/**
 * What an instruction does to registers and flags, as far as the emitter has to know.
 *
 * @param reads bit n: general register n is read
 * @param writes bit n: general register n is written
 * @param own the emitter has code of its own for it; else it calls the semantics with the encoded
 *     operands
 * @param memory it accesses memory
 * @param needs arithmetic flags that it tests
 * @param sets arithmetic flags that it certainly replaces
 */
record Effects(int reads, int writes, boolean own, boolean memory, int needs, int sets) {
  private static final int ALL = 0xFF;

  static Effects of(Insn i) {
    Meaning m = Meaning.of(i);
    boolean own = own(m, i);
    int reads = 0;
    int writes = 0;
    boolean memory = false;
    int size = i.operand16 ? 16 : 32;
    int address = 0;
    if (i.base < 8) {
      address |= 1 << i.base;
    }
    if (i.index < 8) {
      address |= 1 << i.index;
    }
    boolean simd = SimdEmitter.handles(m);
    boolean vector = m.owner.contains(".fpu.") || m.owner.contains(".simd.");
    if (!own && !vector) {
      int some = m.owner.endsWith(".Strings") ? 1 << EAX | 1 << ECX | 1 << ESI | 1 << EDI : ALL;
      return new Effects(some, some, false, true, needs(m, i), 0);
    }
    for (Meaning.Operand o : m.operands) {
      boolean usesAddress = Meaning.inMemory(o, i) || o.letter().equals("M") || vector && i.rm < 0;
      if (usesAddress) {
        reads |= address;
        memory |= !o.letter().equals("M") || !m.method.isEmpty();
      }
      if (Meaning.inMemory(o, i)) {
        continue;
      }
      int register =
          switch (o.letter()) {
            case "E", "R" -> i.rm;
            case "G", "Z" -> i.reg;
            case "" ->
                switch (o.text()) {
                  case "AL", "AX", "eAX" -> EAX;
                  case "CL" -> ECX;
                  case "DX" -> EDX;
                  default -> -1;
                };
            default -> -1;
          };
      if (register < 0) {
        continue;
      }
      int width = o.width(size);
      int bit = 1 << (width == 8 && !o.fixed() ? register & 3 : register);
      if (o.read() || o.written() && width < 32) {
        reads |= bit;
      }
      if (o.written() || vector) {
        writes |= bit;
      }
    }
    if (vector) {
      // MASKMOVQ and MASKMOVDQU store at EDI.
      reads |= (simd ? 0 : 1 << EDI) | address | writes;
      return new Effects(reads, writes, simd, true, needs(m, i), simd ? sets(m, i) : 0);
    }
    switch (m.name) {
      case "Stack.push",
          "Stack.pushSegment",
          "Stack.pushf",
          "Stack.popf",
          "Branch.callRelative",
          "Branch.callNear",
          "Branch.ret",
          "Branch.retImmediate" -> {
        reads |= 1 << ESP;
        writes |= 1 << ESP;
        memory = true;
      }
      case "Stack.popRegister" -> {
        reads |= 1 << ESP | 1 << i.reg;
        writes |= 1 << ESP | 1 << i.reg;
        memory = true;
      }
      case "Stack.leave" -> {
        reads |= 1 << ESP | 1 << EBP;
        writes |= 1 << ESP | 1 << EBP;
        memory = true;
      }
      case "Multiply.mul", "Multiply.imul" -> {
        reads |= 1 << EAX;
        writes |= 1 << EAX | 1 << EDX;
      }
      case "Multiply.div", "Multiply.idiv" -> {
        reads |= 1 << EAX | 1 << EDX;
        writes |= 1 << EAX | 1 << EDX;
        memory = true;
      }
      case "Alu.cbw" -> {
        reads |= 1 << EAX;
        writes |= 1 << EAX;
      }
      case "Alu.cwd" -> {
        reads |= 1 << EAX | 1 << EDX;
        writes |= 1 << EDX;
      }
      case "Exchange.xchg", "Exchange.xchg8", "Exchange.xchgAccumulator" -> {
        int bits = reads & ~(i.rm < 0 ? address : 0);
        int mask = m.name.equals("Exchange.xchg8") ? 3 : 7;
        bits |= 1 << (i.reg & mask);
        bits |= i.rm >= 0 ? 1 << (i.rm & mask) : 0;
        bits |= m.name.equals("Exchange.xchgAccumulator") ? 1 << EAX : 0;
        reads |= bits;
        writes |= bits;
      }
      case "Branch.loop", "Branch.loope", "Branch.loopne", "Branch.jcxz" -> {
        reads |= 1 << ECX;
        writes |= 1 << ECX;
      }
      // They leave the region where they may not, and for an interrupt.
      case "FlagControl.cli", "FlagControl.sti" -> memory = true;
      default -> {}
    }
    return new Effects(reads, writes, true, memory, needs(m, i), sets(m, i));
  }

  private static int needs(Meaning m, Insn i) {
    int tested = m.row.tested() & Processor.ARITHMETIC;
    boolean jumpsOnZero = m.name.equals("Branch.loope") || m.name.equals("Branch.loopne");
    return jumpsOnZero ? Processor.ZF : tested;
  }

  private static int sets(Meaning m, Insn i) {
    Row row = m.row;
    int flags = (row.modified() | row.undefined()) & Processor.ARITHMETIC;
    return switch (m.name) {
      case "Shift.shl", "Shift.shr", "Shift.sar", "Shift.rol", "Shift.ror" ->
          count(m, i) > 0 ? flags(m, flags) : 0;
      case "Multiply.div", "Multiply.idiv" -> 0;
      case "Bits.bt",
          "Bits.btImmediate",
          "Bits.bts",
          "Bits.btsImmediate",
          "Bits.btr",
          "Bits.btrImmediate",
          "Bits.btc",
          "Bits.btcImmediate" ->
          Processor.CF;
      default -> flags;
    };
  }

  private static int flags(Meaning m, int flags) {
    boolean rotate = m.name.equals("Shift.rol") || m.name.equals("Shift.ror");
    return rotate ? Processor.CF | Processor.OF : Processor.ARITHMETIC;
  }

  /** Count of a shift or rotate if it is known, 0 to 31; else -1. */
  static int count(Meaning m, Insn i) {
    Meaning.Operand last = m.operands.get(m.operands.size() - 1);
    return last.text().equals("1") ? 1 : last.letter().equals("I") ? i.immediate & 31 : -1;
  }

  /** Whether {@link RegionEmitter} has code of its own for the instruction. */
  private static boolean own(Meaning m, Insn i) {
    return switch (m.form) {
      case PURE, COMPARE -> true;
      case STATEFUL ->
          switch (m.name) {
            case "Alu.adc",
                "Alu.sbb",
                "Alu.inc",
                "Alu.dec",
                "Alu.neg",
                "Bits.bsf",
                "Bits.bsr",
                "Branch.cmov",
                "Branch.set" ->
                true;
            case "Alu.bswap", "Multiply.imulTruncated" -> !i.operand16;
            case "Shift.shl", "Shift.shr", "Shift.sar" -> count(m, i) > 0;
            case "Shift.rol", "Shift.ror" ->
                count(m, i) > 0 && m.operands.get(0).width(i.operand16 ? 16 : 32) == 32;
            default -> false;
          };
      case ACTION ->
          switch (m.name) {
            case "Stack.push",
                "Stack.leave",
                "Branch.jcc",
                "Branch.jmpRelative",
                "Branch.jmpNear",
                "Branch.callRelative",
                "Branch.callNear",
                "Branch.ret",
                "Alu.cbw",
                "Alu.cwd" ->
                true;
            case "Stack.pushSegment", "Stack.pushf", "Stack.popf" -> !i.operand16;
            case "Multiply.mul", "Multiply.imul", "Multiply.div", "Multiply.idiv" ->
                !i.operand16 && m.operands.get(0).width(32) == 32;
            default -> false;
          };
      case RAW ->
          switch (m.name) {
            case "Stack.popRegister",
                "Exchange.xchg",
                "Exchange.xchg8",
                "Exchange.nop",
                "Exchange.xchgAccumulator",
                "Branch.retImmediate",
                "Branch.loop",
                "Branch.loope",
                "Branch.loopne",
                "Branch.jcxz",
                "FlagControl.clc",
                "FlagControl.stc",
                "FlagControl.cmc",
                "FlagControl.cli",
                "FlagControl.sti" ->
                true;
            case "Bits.bt", "Bits.bts", "Bits.btr", "Bits.btc" -> i.rm >= 0 && !i.operand16;
            case "Bits.btImmediate",
                "Bits.btsImmediate",
                "Bits.btrImmediate",
                "Bits.btcImmediate" ->
                !i.operand16;
            default -> false;
          };
    };
  }
}
