package troupe.processor.semantics;

import static troupe.processor.Processor.CR4_VME;
import static troupe.processor.Processor.CS;
import static troupe.processor.Processor.DS;
import static troupe.processor.Processor.ES;
import static troupe.processor.Processor.ESP;
import static troupe.processor.Processor.FS;
import static troupe.processor.Processor.GS;
import static troupe.processor.Processor.IF;
import static troupe.processor.Processor.IOPL;
import static troupe.processor.Processor.NT;
import static troupe.processor.Processor.RF;
import static troupe.processor.Processor.SS;
import static troupe.processor.Processor.TF;
import static troupe.processor.Processor.TR;
import static troupe.processor.Processor.VIF;
import static troupe.processor.Processor.VM;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Interrupts and exceptions: from a vector to the first instruction of its handler. */
public final class Interrupt {
  /** Where a vector comes from, as far as delivery differs. */
  public enum Source {
    /** INTR and NMI. */
    EXTERNAL,
    /** A fault or trap of the processor. */
    EXCEPTION,
    /** INT n, INT3, INTO: the gate's DPL is checked. */
    SOFTWARE,
    /** INT1: as software, without the DPL check. */
    PRIVILEGED_SOFTWARE
  }

  private static final int ERROR_EXT = 1;
  private static final int ERROR_IDT = 2;

  private Interrupt() {}

  public static void int3(Processor c, Insn i) {
    software(c, Fault.BP);
  }

  public static void into(Processor c, Insn i) {
    if (c.overflow()) {
      software(c, Fault.OF);
    }
  }

  public static void int1(Processor c, Insn i) {
    deliver(c, Fault.DB, Source.PRIVILEGED_SOFTWARE, Fault.NO_ERROR_CODE);
  }

  public static void intN(Processor c, Insn i) {
    int vector = i.immediate;
    if (c.virtual8086()) {
      if ((c.cr4 & CR4_VME) != 0 && redirected(c, vector)) {
        virtual8086Redirect(c, vector);
        return;
      }
      if (FlagControl.iopl(c) < 3) {
        throw c.generalProtection();
      }
    }
    software(c, vector);
  }

  public static void ud(Processor c, Insn i) {
    throw c.undefinedOpcode();
  }

  public static void bound(Processor c, Insn i) {
    int offset = c.effectiveAddress(i);
    boolean outside;
    if (i.operand16) {
      short index = (short) c.r[i.reg];
      outside =
          index < (short) c.read16(i.segment, offset)
              || index > (short) c.read16(i.segment, offset + 2);
    } else {
      int index = c.r[i.reg];
      outside = index < c.read32(i.segment, offset) || index > c.read32(i.segment, offset + 4);
    }
    if (outside) {
      throw c.fault(Fault.BR);
    }
  }

  private static void software(Processor c, int vector) {
    deliver(c, vector, Source.SOFTWARE, Fault.NO_ERROR_CODE);
  }

  /** Interrupt redirection bitmap of the TSS: 32 bytes below the I/O map; clear: redirect. */
  private static boolean redirected(Processor c, int vector) {
    int map = c.mmu.readSystem16(c.segments.base[TR] + 102);
    int at = map - 32 + (vector >>> 3);
    if (at < 0 || at > (c.segments.limit[TR] & 0xFFFFFFFFL)) {
      return false;
    }
    return (c.mmu.readSystem8(c.segments.base[TR] + at) >>> (vector & 7) & 1) == 0;
  }

  /** INT n handled by the 8086 program itself, as in real mode, with VIF in the place of IF. */
  private static void virtual8086Redirect(Processor c, int vector) {
    int target = c.readLinear16(4 * vector);
    int selector = c.readLinear16(4 * vector + 2);
    int image = c.eflags() & 0xFFFF;
    boolean virtual = FlagControl.iopl(c) < 3;
    if (virtual) {
      image = image & ~IF | IOPL | ((c.eflags & VIF) != 0 ? IF : 0);
    }
    PendingStack stack = PendingStack.current(c);
    stack.push(image, false);
    stack.push(c.segments.selector[CS], false);
    stack.push(c.eip, false);
    stack.commit();
    c.segments.setVirtual8086(CS, selector);
    c.eip = target;
    c.setFlags(TF | NT | (virtual ? VIF : IF), 0);
  }

  /**
   * Delivers a vector. EIP is what the handler shall return to. A fault on the way leaves the
   * processor as it was.
   */
  public static void deliver(Processor c, int vector, Source source, int errorCode) {
    if (!c.protectedMode()) {
      deliverReal(c, vector);
      return;
    }
    int ext = source == Source.EXTERNAL || source == Source.EXCEPTION ? ERROR_EXT : 0;
    int selfError = vector * 8 + ERROR_IDT | ext;
    if (vector * 8 + 7 > c.idtLimit) {
      throw c.fault(Fault.GP, selfError);
    }
    long gate = Descriptor.readAt(c, c.idtBase + vector * 8);
    int type = Descriptor.codeOrData(gate) ? 0 : Descriptor.type(gate);
    boolean known =
        switch (type) {
          case Descriptor.TASK_GATE,
              Descriptor.INTERRUPT_GATE_16,
              Descriptor.TRAP_GATE_16,
              Descriptor.INTERRUPT_GATE_32,
              Descriptor.TRAP_GATE_32 ->
              true;
          default -> false;
        };
    if (!known || source == Source.SOFTWARE && Descriptor.dpl(gate) < c.cpl) {
      throw c.fault(Fault.GP, selfError);
    }
    if (!Descriptor.present(gate)) {
      throw c.fault(Fault.NP, selfError);
    }
    if (type == Descriptor.TASK_GATE) {
      TaskSwitch.perform(
          c, Descriptor.gateSelector(gate), TaskSwitch.Reason.INTERRUPT, errorCode, ext != 0);
      return;
    }
    throughGate(c, gate, type, errorCode, ext);
  }

  private static void deliverReal(Processor c, int vector) {
    if (vector * 4 + 3 > c.idtLimit) {
      throw c.fault(Fault.GP, vector * 8 + ERROR_IDT);
    }
    int target = c.mmu.readSystem16(c.idtBase + 4 * vector);
    int selector = c.mmu.readSystem16(c.idtBase + 4 * vector + 2);
    PendingStack stack = PendingStack.current(c);
    stack.push(c.eflags(), false);
    stack.push(c.segments.selector[CS], false);
    stack.push(c.eip, false);
    stack.commit();
    c.segments.setReal(CS, selector);
    c.eip = target;
    c.setFlags(IF | TF | Processor.AC | RF, 0);
  }

  private static void throughGate(Processor c, long gate, int type, int errorCode, int ext) {
    boolean wide = type == Descriptor.INTERRUPT_GATE_32 || type == Descriptor.TRAP_GATE_32;
    boolean interruptGate =
        type == Descriptor.INTERRUPT_GATE_32 || type == Descriptor.INTERRUPT_GATE_16;
    int selector = Descriptor.gateSelector(gate);
    if (Descriptor.isNull(selector)) {
      throw c.fault(Fault.GP, ext);
    }
    long code = readCode(c, selector, ext);
    boolean conforming = Descriptor.conforming(code);
    int dpl = Descriptor.dpl(code);
    boolean fromVirtual = c.virtual8086();
    if (!Descriptor.code(code) || dpl > c.cpl || fromVirtual && (conforming || dpl != 0)) {
      throw c.fault(Fault.GP, selector & 0xFFFC | ext);
    }
    if (!Descriptor.present(code)) {
      throw c.fault(Fault.NP, selector & 0xFFFC | ext);
    }
    int cpl = conforming ? c.cpl : dpl;
    int target = Descriptor.gateOffset(gate);
    int image = c.eflags();
    PendingStack stack;
    if (cpl < c.cpl) {
      stack = innerStack(c, cpl, ext);
      if (fromVirtual) {
        for (int n : new int[] {GS, FS, DS, ES}) {
          stack.push(c.segments.selector[n], wide);
        }
      }
      stack.push(c.segments.selector[SS], wide);
      stack.push(c.r[ESP], wide);
    } else {
      stack = PendingStack.current(c);
    }
    if (Integer.compareUnsigned(target, Descriptor.limit(code)) > 0) {
      throw c.fault(Fault.GP, ext);
    }
    stack.push(image, wide);
    stack.push(c.segments.selector[CS], wide);
    stack.push(c.eip, wide);
    if (errorCode != Fault.NO_ERROR_CODE) {
      stack.push(errorCode, wide);
    }
    long loaded = Descriptor.accessed(c, selector, code);
    stack.commit();
    if (fromVirtual) {
      for (int n : new int[] {GS, FS, DS, ES}) {
        c.segments.setNull(n, 0);
      }
    }
    Descriptor.load(c, CS, selector & ~3 | cpl, loaded);
    c.eip = target;
    c.setFlags(TF | NT | RF | VM | (interruptGate ? IF : 0), 0);
    c.setCpl(cpl);
  }

  private static long readCode(Processor c, int selector, int ext) {
    try {
      return Descriptor.read(c, selector, Fault.GP);
    } catch (Fault f) {
      throw external(f, ext);
    }
  }

  private static PendingStack innerStack(Processor c, int cpl, int ext) {
    try {
      return PendingStack.fromTss(c, cpl);
    } catch (Fault f) {
      throw external(f, ext);
    }
  }

  /**
   * Error codes of faults while delivering tell whether the event came from outside the program.
   */
  private static Fault external(Fault f, int ext) {
    if (f.vector != Fault.PF) {
      f.errorCode |= ext;
    }
    return f;
  }
}
