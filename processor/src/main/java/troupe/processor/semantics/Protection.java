package troupe.processor.semantics;

import static troupe.processor.Processor.LDTR;
import static troupe.processor.Processor.TR;
import static troupe.processor.Processor.ZF;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** LDTR and TR, and the instructions that ask about selectors ([SDM] vol. 3, 5.10). */
public final class Protection {
  private Protection() {}

  /** #UD in real and virtual-8086 mode. */
  private static void needProtectedMode(Processor c) {
    if (!c.protectedMode() || c.virtual8086()) {
      throw c.undefinedOpcode();
    }
  }

  private static int source16(Processor c, Insn i) {
    return i.rm >= 0 ? c.get16(i.rm) : c.read16(i.segment, c.effectiveAddress(i));
  }

  private static void storeSelector(Processor c, Insn i, int selector) {
    if (i.rm < 0) {
      c.write16(i.segment, c.effectiveAddress(i), selector);
    } else if (i.operand16) {
      c.set16(i.rm, selector);
    } else {
      c.r[i.rm] = selector;
    }
  }

  public static void sldt(Processor c, Insn i) {
    needProtectedMode(c);
    storeSelector(c, i, c.segments.selector[LDTR]);
  }

  public static void str(Processor c, Insn i) {
    needProtectedMode(c);
    storeSelector(c, i, c.segments.selector[TR]);
  }

  public static void lldt(Processor c, Insn i) {
    needProtectedMode(c);
    c.needPrivilege0();
    loadLdt(c, source16(c, i), Fault.GP);
  }

  static void loadLdt(Processor c, int selector, int vector) {
    if (Descriptor.isNull(selector)) {
      c.segments.setNull(LDTR, selector);
      return;
    }
    if ((selector & 4) != 0) {
      throw Descriptor.fault(c, vector, selector);
    }
    long d = Descriptor.read(c, selector, vector);
    if (Descriptor.codeOrData(d) || Descriptor.type(d) != Descriptor.LDT) {
      throw Descriptor.fault(c, vector, selector);
    }
    if (!Descriptor.present(d)) {
      throw Descriptor.fault(c, vector == Fault.TS ? Fault.TS : Fault.NP, selector);
    }
    Descriptor.load(c, LDTR, selector, d);
  }

  public static void ltr(Processor c, Insn i) {
    needProtectedMode(c);
    c.needPrivilege0();
    int selector = source16(c, i);
    if (Descriptor.isNull(selector)) {
      throw c.generalProtection();
    }
    if ((selector & 4) != 0) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    long d = Descriptor.read(c, selector, Fault.GP);
    int type = Descriptor.type(d);
    if (Descriptor.codeOrData(d)
        || type != Descriptor.TSS_16_AVAILABLE && type != Descriptor.TSS_32_AVAILABLE) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    if (!Descriptor.present(d)) {
      throw Descriptor.fault(c, Fault.NP, selector);
    }
    Descriptor.setBusy(c, selector, true);
    Descriptor.load(c, TR, selector, d | 2L << 40);
  }

  /** A descriptor that LAR, LSL, VERR and VERW may look at, or 0 if they may not. */
  private static long visible(Processor c, int selector) {
    if (Descriptor.isNull(selector)) {
      return 0;
    }
    long address = Descriptor.address(c, selector);
    if (address < 0) {
      return 0;
    }
    long d = Descriptor.readAt(c, (int) address);
    boolean conforming = Descriptor.code(d) && Descriptor.conforming(d);
    boolean allowed = conforming || Math.max(c.cpl, selector & Descriptor.RPL) <= Descriptor.dpl(d);
    return allowed ? d : 0;
  }

  private static void setZero(Processor c, boolean value) {
    c.setArithmetic(ZF, value ? ZF : 0);
  }

  public static void lar(Processor c, Insn i) {
    needProtectedMode(c);
    long d = visible(c, source16(c, i));
    boolean valid = d != 0;
    if (valid && !Descriptor.codeOrData(d)) {
      valid =
          switch (Descriptor.type(d)) {
            case 1, 2, 3, 4, 5, 9, 11, 12 -> true;
            default -> false;
          };
    }
    if (valid) {
      int rights = (int) (d >>> 32) & 0x00F0FF00;
      if (i.operand16) {
        c.set16(i.reg, rights);
      } else {
        c.r[i.reg] = rights;
      }
    }
    setZero(c, valid);
  }

  public static void lsl(Processor c, Insn i) {
    needProtectedMode(c);
    long d = visible(c, source16(c, i));
    boolean valid = d != 0;
    if (valid && !Descriptor.codeOrData(d)) {
      valid =
          switch (Descriptor.type(d)) {
            case 1, 2, 3, 9, 11 -> true;
            default -> false;
          };
    }
    if (valid) {
      if (i.operand16) {
        c.set16(i.reg, Descriptor.limit(d));
      } else {
        c.r[i.reg] = Descriptor.limit(d);
      }
    }
    setZero(c, valid);
  }

  public static void verr(Processor c, Insn i) {
    needProtectedMode(c);
    long d = visible(c, source16(c, i));
    setZero(c, d != 0 && Descriptor.readable(d));
  }

  public static void verw(Processor c, Insn i) {
    needProtectedMode(c);
    long d = visible(c, source16(c, i));
    setZero(c, d != 0 && Descriptor.writableData(d));
  }

  public static void arpl(Processor c, Insn i) {
    needProtectedMode(c);
    int wanted = c.get16(i.reg) & Descriptor.RPL;
    int offset = i.rm >= 0 ? 0 : c.effectiveAddress(i);
    int selector = i.rm >= 0 ? c.get16(i.rm) : c.read16(i.segment, offset);
    boolean lower = (selector & Descriptor.RPL) < wanted;
    if (lower) {
      int raised = selector & ~Descriptor.RPL | wanted;
      if (i.rm >= 0) {
        c.set16(i.rm, raised);
      } else {
        c.write16(i.segment, offset, raised);
      }
    }
    setZero(c, lower);
  }
}
