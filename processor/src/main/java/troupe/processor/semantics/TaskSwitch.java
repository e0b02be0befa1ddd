package troupe.processor.semantics;

import static troupe.processor.Processor.CR0_TS;
import static troupe.processor.Processor.CS;
import static troupe.processor.Processor.DS;
import static troupe.processor.Processor.ES;
import static troupe.processor.Processor.FS;
import static troupe.processor.Processor.GS;
import static troupe.processor.Processor.LDTR;
import static troupe.processor.Processor.NT;
import static troupe.processor.Processor.SS;
import static troupe.processor.Processor.TR;
import static troupe.processor.Processor.VM;

import troupe.processor.Debug;
import troupe.processor.Fault;
import troupe.processor.Processor;

/** Hardware task switches ([SDM] vol. 3, chapter 8). */
final class TaskSwitch {
  enum Reason {
    JUMP,
    CALL,
    INTERRUPT,
    RETURN
  }

  // Offsets in a 32-bit TSS.
  private static final int CR3_32 = 28;
  private static final int EIP_32 = 32;
  private static final int EFLAGS_32 = 36;
  private static final int REGISTERS_32 = 40;
  private static final int SEGMENTS_32 = 72;
  private static final int LDT_32 = 96;
  private static final int TRAP_32 = 100;
  private static final int LAST_32 = 103;

  // Offsets in a 16-bit TSS.
  private static final int IP_16 = 14;
  private static final int FLAGS_16 = 16;
  private static final int REGISTERS_16 = 18;
  private static final int SEGMENTS_16 = 34;
  private static final int LDT_16 = 42;
  private static final int LAST_16 = 43;

  private static final int[] SEGMENT_ORDER = {ES, CS, SS, DS, FS, GS};

  private TaskSwitch() {}

  /** IRET with NT set: back to the task that the back link names. */
  static void back(Processor c) {
    int link = c.mmu.readSystem16(c.segments.base[TR]);
    perform(c, link, Reason.RETURN, Fault.NO_ERROR_CODE, false);
  }

  static void perform(Processor c, int selector, Reason reason, int errorCode, boolean external) {
    int ext = external ? 1 : 0;
    int vector = reason == Reason.RETURN ? Fault.TS : Fault.GP;
    if ((selector & 4) != 0 || Descriptor.isNull(selector)) {
      throw c.fault(vector, selector & 0xFFFC | ext);
    }
    long d = Descriptor.read(c, selector, vector);
    int type = Descriptor.codeOrData(d) ? 0 : Descriptor.type(d);
    boolean busy = type == Descriptor.TSS_16_BUSY || type == Descriptor.TSS_32_BUSY;
    boolean available = type == Descriptor.TSS_16_AVAILABLE || type == Descriptor.TSS_32_AVAILABLE;
    if (reason == Reason.RETURN ? !busy : !available) {
      throw c.fault(vector, selector & 0xFFFC | ext);
    }
    if (!Descriptor.present(d)) {
      throw c.fault(Fault.NP, selector & 0xFFFC | ext);
    }
    boolean wide = (type & 8) != 0;
    int limit = Descriptor.limit(d);
    if (Integer.compareUnsigned(limit, wide ? LAST_32 : LAST_16) < 0) {
      throw c.fault(Fault.TS, selector & 0xFFFC | ext);
    }
    int oldSelector = c.segments.selector[TR];
    int newBase = Descriptor.base(d);
    // Reads of the new state come first, so that a page fault finds the old task whole.
    State state = wide ? read32(c, newBase) : read16(c, newBase);
    saveOld(c, reason);
    if (reason == Reason.JUMP || reason == Reason.RETURN) {
      Descriptor.setBusy(c, oldSelector, false);
    }
    if (reason != Reason.RETURN) {
      Descriptor.setBusy(c, selector, true);
    }
    if (reason == Reason.CALL || reason == Reason.INTERRUPT) {
      c.mmu.writeSystem16(newBase, oldSelector);
      state.eflags |= NT;
    }
    // From here on faults belong to the new task.
    Descriptor.load(c, TR, selector, d | 2L << 40);
    c.cr0 |= CR0_TS;
    load(c, state, wide);
    if (errorCode != Fault.NO_ERROR_CODE) {
      PendingStack stack = PendingStack.current(c);
      stack.push(errorCode, wide);
      stack.commit();
    }
    if (Integer.compareUnsigned(c.eip, c.segments.limit[CS]) > 0) {
      throw c.generalProtection();
    }
    if (state.trap) {
      c.dr[6] |= Debug.DR6_BT;
      throw c.fault(Fault.DB);
    }
  }

  private static final class State {
    int cr3;
    int eip;
    int eflags;
    final int[] registers = new int[8];
    final int[] selectors = new int[6];
    int ldt;
    boolean trap;
  }

  private static State read32(Processor c, int base) {
    State s = new State();
    s.cr3 = c.mmu.readSystem32(base + CR3_32);
    s.eip = c.mmu.readSystem32(base + EIP_32);
    s.eflags = c.mmu.readSystem32(base + EFLAGS_32);
    for (int n = 0; n < 8; n++) {
      s.registers[n] = c.mmu.readSystem32(base + REGISTERS_32 + 4 * n);
    }
    for (int n = 0; n < 6; n++) {
      s.selectors[SEGMENT_ORDER[n]] = c.mmu.readSystem16(base + SEGMENTS_32 + 4 * n);
    }
    s.ldt = c.mmu.readSystem16(base + LDT_32);
    s.trap = (c.mmu.readSystem16(base + TRAP_32) & 1) != 0;
    return s;
  }

  private static State read16(Processor c, int base) {
    State s = new State();
    s.cr3 = c.mmu.cr3();
    s.eip = c.mmu.readSystem16(base + IP_16);
    s.eflags = c.mmu.readSystem16(base + FLAGS_16);
    for (int n = 0; n < 8; n++) {
      s.registers[n] = c.mmu.readSystem16(base + REGISTERS_16 + 2 * n) | 0xFFFF0000;
    }
    for (int n = 0; n < 4; n++) {
      s.selectors[SEGMENT_ORDER[n]] = c.mmu.readSystem16(base + SEGMENTS_16 + 2 * n);
    }
    s.ldt = c.mmu.readSystem16(base + LDT_16);
    return s;
  }

  private static void saveOld(Processor c, Reason reason) {
    int base = c.segments.base[TR];
    int flags = c.eflags();
    if (reason == Reason.RETURN) {
      flags &= ~NT;
    }
    if ((c.segments.attributes[TR] & 8) != 0) {
      c.mmu.writeSystem32(base + EIP_32, c.eip);
      c.mmu.writeSystem32(base + EFLAGS_32, flags);
      for (int n = 0; n < 8; n++) {
        c.mmu.writeSystem32(base + REGISTERS_32 + 4 * n, c.r[n]);
      }
      for (int n = 0; n < 6; n++) {
        c.mmu.writeSystem16(base + SEGMENTS_32 + 4 * n, c.segments.selector[SEGMENT_ORDER[n]]);
      }
    } else {
      c.mmu.writeSystem16(base + IP_16, c.eip);
      c.mmu.writeSystem16(base + FLAGS_16, flags);
      for (int n = 0; n < 8; n++) {
        c.mmu.writeSystem16(base + REGISTERS_16 + 2 * n, c.r[n]);
      }
      for (int n = 0; n < 4; n++) {
        c.mmu.writeSystem16(base + SEGMENTS_16 + 2 * n, c.segments.selector[SEGMENT_ORDER[n]]);
      }
    }
  }

  private static void load(Processor c, State s, boolean wide) {
    if (wide && c.mmu.paging() && c.mmu.cr3() != s.cr3) {
      c.mmu.setCr3(s.cr3);
      c.mmu.flush();
    }
    c.eip = s.eip;
    c.setFlags(-1, s.eflags);
    System.arraycopy(s.registers, 0, c.r, 0, 8);
    c.setDr7(c.dr[7] & ~0x155);
    boolean virtual = wide && (s.eflags & VM) != 0;
    // Selectors are loaded first, descriptors after: a bad one faults with its selector in place.
    for (int n = 0; n < 6; n++) {
      if (virtual) {
        c.segments.setVirtual8086(n, s.selectors[n]);
      } else {
        c.segments.setNull(n, s.selectors[n]);
      }
    }
    c.segments.setNull(LDTR, s.ldt);
    if (virtual) {
      c.setCpl(3);
      Protection.loadLdt(c, s.ldt, Fault.TS);
      return;
    }
    int cpl = s.selectors[CS] & Descriptor.RPL;
    c.setCpl(cpl);
    Protection.loadLdt(c, s.ldt, Fault.TS);
    loadCode(c, s.selectors[CS], cpl);
    long stack =
        SegmentLoad.checkStack(c, s.selectors[SS], cpl, Fault.TS, s.selectors[SS] & Descriptor.RPL);
    Descriptor.load(c, SS, s.selectors[SS], Descriptor.accessed(c, s.selectors[SS], stack));
    for (int n : new int[] {ES, DS, FS, GS}) {
      loadData(c, n, s.selectors[n]);
    }
  }

  private static void loadCode(Processor c, int selector, int cpl) {
    if (Descriptor.isNull(selector)) {
      throw Descriptor.fault(c, Fault.TS, selector);
    }
    long d = Descriptor.read(c, selector, Fault.TS);
    boolean allowed =
        Descriptor.code(d)
            && (Descriptor.conforming(d) ? Descriptor.dpl(d) <= cpl : Descriptor.dpl(d) == cpl);
    if (!allowed) {
      throw Descriptor.fault(c, Fault.TS, selector);
    }
    if (!Descriptor.present(d)) {
      throw Descriptor.fault(c, Fault.NP, selector);
    }
    Descriptor.load(c, CS, selector, Descriptor.accessed(c, selector, d));
  }

  private static void loadData(Processor c, int n, int selector) {
    try {
      SegmentLoad.load(c, n, selector);
    } catch (Fault f) {
      if (f.vector == Fault.GP) {
        f.vector = Fault.TS;
      }
      throw f;
    }
  }
}
