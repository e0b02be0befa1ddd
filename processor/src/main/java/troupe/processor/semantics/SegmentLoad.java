package troupe.processor.semantics;

import static troupe.processor.Processor.DS;
import static troupe.processor.Processor.ES;
import static troupe.processor.Processor.FS;
import static troupe.processor.Processor.GS;
import static troupe.processor.Processor.SS;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;

/** Loads and stores of segment registers other than CS ([SDM] vol. 3, 5.6, 5.7). */
public final class SegmentLoad {
  private SegmentLoad() {}

  /** Loads ES, SS, DS, FS or GS as MOV and POP do in the current mode. */
  static void load(Processor c, int n, int selector) {
    if (!c.protectedMode()) {
      c.segments.setReal(n, selector);
    } else if (c.virtual8086()) {
      c.segments.setVirtual8086(n, selector);
    } else if (n == SS) {
      loadStack(c, selector, c.cpl);
    } else {
      loadData(c, n, selector);
    }
    if (n == SS) {
      c.inhibitInterrupts();
    }
  }

  private static void loadData(Processor c, int n, int selector) {
    if (Descriptor.isNull(selector)) {
      c.segments.setNull(n, selector);
      return;
    }
    long d = Descriptor.read(c, selector, Fault.GP);
    if (!Descriptor.readable(d)) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    boolean conforming = Descriptor.code(d) && Descriptor.conforming(d);
    if (!conforming && Math.max(selector & Descriptor.RPL, c.cpl) > Descriptor.dpl(d)) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    if (!Descriptor.present(d)) {
      throw Descriptor.fault(c, Fault.NP, selector);
    }
    int attributes = Descriptor.attributes(d);
    if (!c.segments.holds(n, selector, Descriptor.base(d), Descriptor.limit(d), attributes)) {
      Descriptor.load(c, n, selector, Descriptor.accessed(c, selector, d));
    }
  }

  private static void loadStack(Processor c, int selector, int cpl) {
    long d = checkStack(c, selector, cpl, Fault.GP, selector & Descriptor.RPL);
    Descriptor.load(c, SS, selector, Descriptor.accessed(c, selector, d));
  }

  /**
   * Checks a stack segment for privilege {@code cpl}. Faults other than not-present use {@code
   * vector}: #GP for loads, #TS for stacks out of a TSS.
   */
  static long checkStack(Processor c, int selector, int cpl, int vector, int rpl) {
    if (Descriptor.isNull(selector)) {
      throw c.fault(vector, vector == Fault.TS ? selector & 0xFFFC : 0);
    }
    long d = Descriptor.read(c, selector, vector);
    if (rpl != cpl || !Descriptor.writableData(d) || Descriptor.dpl(d) != cpl) {
      throw Descriptor.fault(c, vector, selector);
    }
    if (!Descriptor.present(d)) {
      throw Descriptor.fault(c, Fault.SS, selector);
    }
    return d;
  }

  /** After a return to a lower privilege: data segments that it may not use become null. */
  static void dropPrivileged(Processor c) {
    for (int n : new int[] {ES, DS, FS, GS}) {
      int a = c.segments.attributes[n];
      boolean conforming =
          (a & (SegmentRegisters.CODE | SegmentRegisters.EXPAND_DOWN))
              == (SegmentRegisters.CODE | SegmentRegisters.EXPAND_DOWN);
      if (a != 0 && !conforming && (a >>> SegmentRegisters.DPL_SHIFT & 3) < c.cpl) {
        c.segments.setNull(n, 0);
      }
    }
  }

  /** MOV r/m,Sreg: 16 bits to memory, zero-extended to a 32-bit register. */
  public static void store(Processor c, Insn i) {
    if (i.reg > GS) {
      throw c.undefinedOpcode();
    }
    int selector = c.segments.selector[i.reg];
    if (i.rm < 0) {
      c.write16(i.segment, c.effectiveAddress(i), selector);
    } else if (i.operand16) {
      c.set16(i.rm, selector);
    } else {
      c.r[i.rm] = selector;
    }
  }

  public static void move(Processor c, Insn i) {
    if (i.reg > GS || i.reg == Processor.CS) {
      throw c.undefinedOpcode();
    }
    int selector = i.rm >= 0 ? c.get16(i.rm) : c.read16(i.segment, c.effectiveAddress(i));
    load(c, i.reg, selector);
  }

  private static void loadFarPointer(Processor c, Insn i, int n) {
    int offset = c.effectiveAddress(i);
    int second = offset + (i.operand16 ? 2 : 4);
    int value = i.operand16 ? c.read16(i.segment, offset) : c.read32(i.segment, offset);
    int selector = c.read16(i.segment, i.address16 ? second & 0xFFFF : second);
    load(c, n, selector);
    if (i.operand16) {
      c.set16(i.reg, value);
    } else {
      c.r[i.reg] = value;
    }
  }

  public static void les(Processor c, Insn i) {
    loadFarPointer(c, i, ES);
  }

  public static void lds(Processor c, Insn i) {
    loadFarPointer(c, i, DS);
  }

  public static void lss(Processor c, Insn i) {
    loadFarPointer(c, i, SS);
  }

  public static void lfs(Processor c, Insn i) {
    loadFarPointer(c, i, FS);
  }

  public static void lgs(Processor c, Insn i) {
    loadFarPointer(c, i, GS);
  }
}
