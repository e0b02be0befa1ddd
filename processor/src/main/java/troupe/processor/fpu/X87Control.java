package troupe.processor.fpu;

import static troupe.processor.fpu.FpuState.C1;
import static troupe.processor.fpu.FpuState.ERROR_SUMMARY;
import static troupe.processor.fpu.FpuState.STACK_FAULT;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Control of the x87 ([SDM] vol. 2): none of these changes the last instruction pointers. */
public final class X87Control {
  private X87Control() {}

  public static void fwait(Processor c, Insn i) {
    int both = Processor.CR0_MP | Processor.CR0_TS;
    if ((c.cr0 & both) == both) {
      throw c.fault(Fault.NM);
    }
    if ((c.fpu.status & ERROR_SUMMARY) != 0) {
      X87.pending(c);
    }
  }

  public static void fnop(Processor c, Insn i) {
    X87.ready(c);
  }

  /** FNENI, FNDISI, FNSETPM: without effect since the 387. */
  public static void ignored(Processor c, Insn i) {
    X87.available(c);
  }

  public static void fdecstp(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    s.top = s.top - 1 & 7;
    s.status &= ~C1;
  }

  public static void fincstp(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    s.top = s.top + 1 & 7;
    s.status &= ~C1;
  }

  public static void ffree(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    s.empty |= 1 << s.physical(i.rm);
    s.status &= ~C1;
  }

  public static void ffreep(Processor c, Insn i) {
    ffree(c, i);
    c.fpu.pop();
  }

  public static void fnclex(Processor c, Insn i) {
    FpuState s = X87.available(c);
    int before = s.status;
    s.status &= ~(FloatOperation.EXCEPTIONS | STACK_FAULT);
    s.summarize();
    X87.follow(c, before);
  }

  public static void fninit(Processor c, Insn i) {
    FpuState s = X87.available(c);
    int before = s.status;
    s.reset();
    X87.follow(c, before);
  }

  public static void fldcw(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int before = s.status;
    s.setControl(c.read16(i.segment, c.effectiveAddress(i)));
    X87.follow(c, before);
  }

  public static void fnstcw(Processor c, Insn i) {
    FpuState s = X87.available(c);
    c.write16(i.segment, c.effectiveAddress(i), s.control);
  }

  public static void fnstsw(Processor c, Insn i) {
    FpuState s = X87.available(c);
    c.write16(i.segment, c.effectiveAddress(i), s.statusWord());
  }

  public static void fnstswAx(Processor c, Insn i) {
    c.set16(Processor.EAX, X87.available(c).statusWord());
  }
}
