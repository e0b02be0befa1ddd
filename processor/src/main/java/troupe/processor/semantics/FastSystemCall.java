package troupe.processor.semantics;

import static troupe.processor.Processor.CS;
import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDX;
import static troupe.processor.Processor.ESP;
import static troupe.processor.Processor.IF;
import static troupe.processor.Processor.RF;
import static troupe.processor.Processor.SS;
import static troupe.processor.Processor.VM;

import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;

/** SYSENTER and SYSEXIT ([SDM] vol. 3, 5.8.7). */
public final class FastSystemCall {
  private static final int FLAT =
      SegmentRegisters.PRESENT
          | SegmentRegisters.CODE_OR_DATA
          | SegmentRegisters.WRITABLE
          | SegmentRegisters.ACCESSED
          | SegmentRegisters.BIG
          | SegmentRegisters.GRANULAR;

  private FastSystemCall() {}

  private static void enter(Processor c, int codeSelector, int cpl) {
    int dpl = cpl << SegmentRegisters.DPL_SHIFT;
    c.segments.set(CS, codeSelector, 0, -1, FLAT | SegmentRegisters.CODE | dpl);
    c.segments.set(SS, codeSelector + 8, 0, -1, FLAT | dpl);
    c.setCpl(cpl);
  }

  public static void sysenter(Processor c, Insn i) {
    int selector = c.msrs.sysenterCs & 0xFFFC;
    if (!c.protectedMode() || selector == 0) {
      throw c.generalProtection();
    }
    c.setFlags(VM | IF | RF, 0);
    enter(c, selector, 0);
    c.r[ESP] = c.msrs.sysenterEsp;
    c.eip = c.msrs.sysenterEip;
  }

  public static void sysexit(Processor c, Insn i) {
    int selector = c.msrs.sysenterCs & 0xFFFC;
    if (!c.protectedMode() || selector == 0 || c.cpl != 0 || c.virtual8086()) {
      throw c.generalProtection();
    }
    int esp = c.r[ECX];
    int eip = c.r[EDX];
    enter(c, selector + 16 | 3, 3);
    c.r[ESP] = esp;
    c.eip = eip;
  }
}
