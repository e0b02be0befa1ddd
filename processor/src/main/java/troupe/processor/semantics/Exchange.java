package troupe.processor.semantics;

import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EBX;
import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDX;
import static troupe.processor.Processor.ZF;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Exchanges, compare-and-exchange, XLAT, and the instructions that do nothing. */
public final class Exchange {
  private Exchange() {}

  public static void nop(Processor c, Insn i) {}

  public static void xchg8(Processor c, Insn i) {
    int register = c.get8(i.reg);
    if (i.rm >= 0) {
      c.set8(i.reg, c.get8(i.rm));
      c.set8(i.rm, register);
    } else {
      int offset = c.effectiveAddress(i);
      int value = c.readModify8(i.segment, offset);
      c.write8(i.segment, offset, register);
      c.set8(i.reg, value);
    }
  }

  public static void xchg(Processor c, Insn i) {
    if (i.rm >= 0) {
      swapRegisters(c, i, i.rm, i.reg);
    } else if (i.operand16) {
      int offset = c.effectiveAddress(i);
      int value = c.readModify16(i.segment, offset);
      c.write16(i.segment, offset, c.r[i.reg]);
      c.set16(i.reg, value);
    } else {
      int offset = c.effectiveAddress(i);
      int value = c.readModify32(i.segment, offset);
      c.write32(i.segment, offset, c.r[i.reg]);
      c.r[i.reg] = value;
    }
  }

  public static void xchgAccumulator(Processor c, Insn i) {
    swapRegisters(c, i, EAX, i.reg);
  }

  private static void swapRegisters(Processor c, Insn i, int a, int b) {
    int first = c.r[a];
    int second = c.r[b];
    if (i.operand16) {
      c.set16(a, second);
      c.set16(b, first);
    } else {
      c.r[a] = second;
      c.r[b] = first;
    }
  }

  public static void xadd8(Processor c, Insn i) {
    int source = c.get8(i.reg);
    int target;
    if (i.rm >= 0) {
      target = c.get8(i.rm);
      c.set8(i.reg, target);
      c.set8(i.rm, target + source);
    } else {
      int offset = c.effectiveAddress(i);
      target = c.readModify8(i.segment, offset);
      c.write8(i.segment, offset, target + source);
      c.set8(i.reg, target);
    }
    c.flags(Flags.ADD8, target, source, (byte) (target + source));
  }

  public static void xadd(Processor c, Insn i) {
    if (i.operand16) {
      int source = c.get16(i.reg);
      int target;
      if (i.rm >= 0) {
        target = c.get16(i.rm);
        c.set16(i.reg, target);
        c.set16(i.rm, target + source);
      } else {
        int offset = c.effectiveAddress(i);
        target = c.readModify16(i.segment, offset);
        c.write16(i.segment, offset, target + source);
        c.set16(i.reg, target);
      }
      c.flags(Flags.ADD16, target, source, (short) (target + source));
    } else {
      int source = c.r[i.reg];
      int target;
      if (i.rm >= 0) {
        target = c.r[i.rm];
        c.r[i.reg] = target;
        c.r[i.rm] = target + source;
      } else {
        int offset = c.effectiveAddress(i);
        target = c.readModify32(i.segment, offset);
        c.write32(i.segment, offset, target + source);
        c.r[i.reg] = target;
      }
      c.flags(Flags.ADD32, target, source, target + source);
    }
  }

  /** A memory operand is written in either case, with its old value if they differ. */
  public static void cmpxchg8(Processor c, Insn i) {
    int expected = c.r[EAX] & 0xFF;
    int target;
    if (i.rm >= 0) {
      target = c.get8(i.rm);
      if (target == expected) {
        c.set8(i.rm, c.get8(i.reg));
      }
    } else {
      int offset = c.effectiveAddress(i);
      target = c.readModify8(i.segment, offset);
      c.write8(i.segment, offset, target == expected ? c.get8(i.reg) : target);
    }
    if (target != expected) {
      c.set8(EAX, target);
    }
    c.flags(Flags.SUB8, expected, target, (byte) (expected - target));
  }

  public static void cmpxchg(Processor c, Insn i) {
    if (i.operand16) {
      int expected = c.get16(EAX);
      int target;
      if (i.rm >= 0) {
        target = c.get16(i.rm);
        if (target == expected) {
          c.set16(i.rm, c.r[i.reg]);
        }
      } else {
        int offset = c.effectiveAddress(i);
        target = c.readModify16(i.segment, offset);
        c.write16(i.segment, offset, target == expected ? c.r[i.reg] : target);
      }
      if (target != expected) {
        c.set16(EAX, target);
      }
      c.flags(Flags.SUB16, expected, target, (short) (expected - target));
    } else {
      int expected = c.r[EAX];
      int target;
      if (i.rm >= 0) {
        target = c.r[i.rm];
        if (target == expected) {
          c.r[i.rm] = c.r[i.reg];
        }
      } else {
        int offset = c.effectiveAddress(i);
        target = c.readModify32(i.segment, offset);
        c.write32(i.segment, offset, target == expected ? c.r[i.reg] : target);
      }
      if (target != expected) {
        c.r[EAX] = target;
      }
      c.flags(Flags.SUB32, expected, target, expected - target);
    }
  }

  public static void cmpxchg8b(Processor c, Insn i) {
    int offset = c.effectiveAddress(i);
    c.probeWrite(i.segment, offset, 8);
    long target = c.read64(i.segment, offset);
    long expected = (long) c.r[EDX] << 32 | c.r[EAX] & 0xFFFFFFFFL;
    if (target == expected) {
      c.write64(i.segment, offset, (long) c.r[ECX] << 32 | c.r[EBX] & 0xFFFFFFFFL);
      c.setArithmetic(ZF, ZF);
    } else {
      c.write64(i.segment, offset, target);
      c.r[EAX] = (int) target;
      c.r[EDX] = (int) (target >>> 32);
      c.setArithmetic(ZF, 0);
    }
  }

  public static void xlat(Processor c, Insn i) {
    int offset = c.r[EBX] + (c.r[EAX] & 0xFF);
    c.set8(EAX, c.read8(i.segment, i.address16 ? offset & 0xFFFF : offset));
  }
}
