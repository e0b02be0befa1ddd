package troupe.processor.semantics;

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
import static troupe.processor.Processor.VIF;
import static troupe.processor.Processor.VIP;
import static troupe.processor.Processor.VM;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** JMP, CALL and RET between segments, through gates and to tasks, and IRET ([SDM] vol. 3, 5.8). */
public final class FarTransfer {
  private FarTransfer() {}

  public static void jmpImmediate(Processor c, Insn i) {
    jump(c, i.immediate2, i.immediate);
  }

  public static void callImmediate(Processor c, Insn i) {
    call(c, i.immediate2, i.immediate, !i.operand16);
  }

  public static void jmpMemory(Processor c, Insn i) {
    int offset = c.effectiveAddress(i);
    int target = i.operand16 ? c.read16(i.segment, offset) : c.read32(i.segment, offset);
    jump(c, selectorAfter(c, i, offset), target);
  }

  public static void callMemory(Processor c, Insn i) {
    int offset = c.effectiveAddress(i);
    int target = i.operand16 ? c.read16(i.segment, offset) : c.read32(i.segment, offset);
    call(c, selectorAfter(c, i, offset), target, !i.operand16);
  }

  private static int selectorAfter(Processor c, Insn i, int offset) {
    int second = offset + (i.operand16 ? 2 : 4);
    return c.read16(i.segment, i.address16 ? second & 0xFFFF : second);
  }

  private static boolean realAddressing(Processor c) {
    return !c.protectedMode() || c.virtual8086();
  }

  private static void setCodeReal(Processor c, int selector) {
    if (c.virtual8086()) {
      c.segments.setVirtual8086(CS, selector);
    } else {
      c.segments.setReal(CS, selector);
    }
  }

  private static void checkLimit(Processor c, int target, int limit) {
    if (Integer.compareUnsigned(target, limit) > 0) {
      throw c.generalProtection();
    }
  }

  private static void jump(Processor c, int selector, int target) {
    if (realAddressing(c)) {
      checkLimit(c, target, c.segments.limit[CS]);
      setCodeReal(c, selector);
      c.eip = target;
      return;
    }
    long d = readTarget(c, selector);
    if (Descriptor.codeOrData(d)) {
      checkDirect(c, selector, d);
      enterSamePrivilege(c, selector, d, target);
      return;
    }
    switch (Descriptor.type(d)) {
      case Descriptor.CALL_GATE_16, Descriptor.CALL_GATE_32 -> {
        checkGate(c, selector, d);
        int inner = Descriptor.gateSelector(d);
        long code = readGateTarget(c, inner);
        if (!Descriptor.conforming(code) && Descriptor.dpl(code) != c.cpl
            || Descriptor.conforming(code) && Descriptor.dpl(code) > c.cpl) {
          throw Descriptor.fault(c, Fault.GP, inner);
        }
        checkPresent(c, inner, code);
        enterSamePrivilege(c, inner, code, Descriptor.gateOffset(d));
      }
      default -> switchTask(c, selector, d, TaskSwitch.Reason.JUMP);
    }
  }

  private static long readTarget(Processor c, int selector) {
    if (Descriptor.isNull(selector)) {
      throw c.generalProtection();
    }
    return Descriptor.read(c, selector, Fault.GP);
  }

  private static void checkPresent(Processor c, int selector, long d) {
    if (!Descriptor.present(d)) {
      throw Descriptor.fault(c, Fault.NP, selector);
    }
  }

  /** Rights to a code segment named in the instruction itself. */
  private static void checkDirect(Processor c, int selector, long d) {
    boolean allowed =
        Descriptor.code(d)
            && (Descriptor.conforming(d)
                ? Descriptor.dpl(d) <= c.cpl
                : (selector & Descriptor.RPL) <= c.cpl && Descriptor.dpl(d) == c.cpl);
    if (!allowed) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    checkPresent(c, selector, d);
  }

  private static void enterSamePrivilege(Processor c, int selector, long d, int target) {
    checkLimit(c, target, Descriptor.limit(d));
    long loaded = Descriptor.accessed(c, selector, d);
    Descriptor.load(c, CS, selector & ~3 | c.cpl, loaded);
    c.eip = target;
  }

  private static void checkGate(Processor c, int selector, long gate) {
    if (Descriptor.dpl(gate) < Math.max(c.cpl, selector & Descriptor.RPL)) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    checkPresent(c, selector, gate);
  }

  private static long readGateTarget(Processor c, int selector) {
    long code = readTarget(c, selector);
    if (!Descriptor.code(code)) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    return code;
  }

  private static void switchTask(Processor c, int selector, long d, TaskSwitch.Reason reason) {
    int tss = selector;
    switch (Descriptor.type(d)) {
      case Descriptor.TASK_GATE -> {
        checkGate(c, selector, d);
        tss = Descriptor.gateSelector(d);
      }
      case Descriptor.TSS_16_AVAILABLE, Descriptor.TSS_32_AVAILABLE -> {
        if (Descriptor.dpl(d) < Math.max(c.cpl, selector & Descriptor.RPL)) {
          throw Descriptor.fault(c, Fault.GP, selector);
        }
      }
      default -> throw Descriptor.fault(c, Fault.GP, selector);
    }
    TaskSwitch.perform(c, tss, reason, Fault.NO_ERROR_CODE, false);
  }

  private static void call(Processor c, int selector, int target, boolean wide) {
    if (realAddressing(c)) {
      checkLimit(c, target, c.segments.limit[CS]);
      PendingStack stack = PendingStack.current(c);
      stack.push(c.segments.selector[CS], wide);
      stack.push(c.eip, wide);
      stack.commit();
      setCodeReal(c, selector);
      c.eip = target;
      return;
    }
    long d = readTarget(c, selector);
    if (Descriptor.codeOrData(d)) {
      checkDirect(c, selector, d);
      callSamePrivilege(c, selector, d, target, wide);
      return;
    }
    switch (Descriptor.type(d)) {
      case Descriptor.CALL_GATE_16, Descriptor.CALL_GATE_32 -> callThroughGate(c, selector, d);
      default -> switchTask(c, selector, d, TaskSwitch.Reason.CALL);
    }
  }

  private static void callSamePrivilege(
      Processor c, int selector, long d, int target, boolean wide) {
    checkLimit(c, target, Descriptor.limit(d));
    PendingStack stack = PendingStack.current(c);
    stack.push(c.segments.selector[CS], wide);
    stack.push(c.eip, wide);
    long loaded = Descriptor.accessed(c, selector, d);
    stack.commit();
    Descriptor.load(c, CS, selector & ~3 | c.cpl, loaded);
    c.eip = target;
  }

  private static void callThroughGate(Processor c, int selector, long gate) {
    checkGate(c, selector, gate);
    boolean wide = Descriptor.type(gate) == Descriptor.CALL_GATE_32;
    int inner = Descriptor.gateSelector(gate);
    long code = readGateTarget(c, inner);
    if (Descriptor.dpl(code) > c.cpl) {
      throw Descriptor.fault(c, Fault.GP, inner);
    }
    checkPresent(c, inner, code);
    int target = Descriptor.gateOffset(gate);
    if (Descriptor.conforming(code) || Descriptor.dpl(code) == c.cpl) {
      callSamePrivilege(c, inner, code, target, wide);
      return;
    }
    int cpl = Descriptor.dpl(code);
    PendingStack stack = PendingStack.fromTss(c, cpl);
    checkLimit(c, target, Descriptor.limit(code));
    stack.push(c.segments.selector[SS], wide);
    stack.push(c.r[ESP], wide);
    for (int n = Descriptor.gateParameters(gate) - 1; n >= 0; n--) {
      stack.push(wide ? Stack.peek32(c, 4 * n) : Stack.peek16(c, 2 * n), wide);
    }
    stack.push(c.segments.selector[CS], wide);
    stack.push(c.eip, wide);
    long loaded = Descriptor.accessed(c, inner, code);
    stack.commit();
    Descriptor.load(c, CS, inner & ~3 | cpl, loaded);
    c.setCpl(cpl);
    c.eip = target;
  }

  /** RET far, with or without bytes to release. */
  public static void ret(Processor c, Insn i) {
    boolean wide = !i.operand16;
    int size = wide ? 4 : 2;
    int released = i.immediate;
    int target = wide ? Stack.peek32(c, 0) : Stack.peek16(c, 0);
    int selector = Stack.peek16(c, size);
    if (realAddressing(c)) {
      checkLimit(c, target, c.segments.limit[CS]);
      Stack.release(c, 2 * size + released);
      setCodeReal(c, selector);
      c.eip = target;
      return;
    }
    long d = checkReturn(c, selector);
    int cpl = selector & Descriptor.RPL;
    if (cpl == c.cpl) {
      checkLimit(c, target, Descriptor.limit(d));
      long loaded = Descriptor.accessed(c, selector, d);
      Stack.release(c, 2 * size + released);
      Descriptor.load(c, CS, selector, loaded);
      c.eip = target;
      return;
    }
    int at = 2 * size + released;
    int esp = wide ? Stack.peek32(c, at) : Stack.peek16(c, at);
    int stackSelector = Stack.peek16(c, at + size);
    returnOutward(c, selector, d, target, stackSelector, esp);
    Stack.release(c, released);
  }

  /** The code segment to return to; checks all but the limit. */
  private static long checkReturn(Processor c, int selector) {
    long d = readTarget(c, selector);
    int rpl = selector & Descriptor.RPL;
    boolean allowed =
        rpl >= c.cpl
            && Descriptor.code(d)
            && (Descriptor.conforming(d) ? Descriptor.dpl(d) <= rpl : Descriptor.dpl(d) == rpl);
    if (!allowed) {
      throw Descriptor.fault(c, Fault.GP, selector);
    }
    checkPresent(c, selector, d);
    return d;
  }

  private static void returnOutward(
      Processor c, int selector, long d, int target, int stackSelector, int esp) {
    int cpl = selector & Descriptor.RPL;
    long stack =
        SegmentLoad.checkStack(c, stackSelector, cpl, Fault.GP, stackSelector & Descriptor.RPL);
    checkLimit(c, target, Descriptor.limit(d));
    long loaded = Descriptor.accessed(c, selector, d);
    long loadedStack = Descriptor.accessed(c, stackSelector, stack);
    Descriptor.load(c, CS, selector, loaded);
    Descriptor.load(c, SS, stackSelector, loadedStack);
    Stack.set(c, esp);
    c.eip = target;
    c.setCpl(cpl);
    SegmentLoad.dropPrivileged(c);
  }

  // ---- IRET

  private static final int IRET_FLAGS_16 = Processor.ARITHMETIC | TF | Processor.DF | NT;

  public static void iret(Processor c, Insn i) {
    boolean wide = !i.operand16;
    int size = wide ? 4 : 2;
    if (c.protectedMode() && !c.virtual8086() && (c.eflags & NT) != 0) {
      TaskSwitch.back(c);
      return;
    }
    boolean virtual = c.virtual8086() && FlagControl.iopl(c) < 3;
    if (virtual && (wide || (c.cr4 & Processor.CR4_VME) == 0)) {
      throw c.generalProtection();
    }
    int target = wide ? Stack.peek32(c, 0) : Stack.peek16(c, 0);
    int selector = Stack.peek16(c, size);
    int image = wide ? Stack.peek32(c, 2 * size) : Stack.peek16(c, 2 * size);
    int changed = IRET_FLAGS_16 | (wide ? Processor.AC | Processor.ID | RF : 0);
    c.endNmi();
    if (virtual) {
      if ((image & TF) != 0 || (image & IF) != 0 && (c.eflags & VIP) != 0) {
        throw c.generalProtection();
      }
      checkLimit(c, target, c.segments.limit[CS]);
      Stack.release(c, 3 * size);
      setCodeReal(c, selector);
      c.eip = target;
      c.setFlags(changed | VIF, image & ~VIF | ((image & IF) != 0 ? VIF : 0));
      return;
    }
    if (realAddressing(c)) {
      checkLimit(c, target, c.segments.limit[CS]);
      Stack.release(c, 3 * size);
      setCodeReal(c, selector);
      c.eip = target;
      c.setFlags(changed | IF | (c.virtual8086() ? 0 : IOPL), image);
      return;
    }
    if (wide && (image & VM) != 0 && c.cpl == 0) {
      toVirtual8086(c, target, selector, image);
      return;
    }
    long d = checkReturn(c, selector);
    if (c.cpl <= FlagControl.iopl(c)) {
      changed |= IF;
    }
    if (c.cpl == 0) {
      changed |= IOPL | (wide ? VIF | VIP : 0);
    }
    if ((selector & Descriptor.RPL) == c.cpl) {
      checkLimit(c, target, Descriptor.limit(d));
      long loaded = Descriptor.accessed(c, selector, d);
      Stack.release(c, 3 * size);
      Descriptor.load(c, CS, selector, loaded);
      c.eip = target;
    } else {
      int esp = wide ? Stack.peek32(c, 3 * size) : Stack.peek16(c, 3 * size);
      returnOutward(c, selector, d, target, Stack.peek16(c, 4 * size), esp);
    }
    c.setFlags(changed, image);
  }

  private static void toVirtual8086(Processor c, int target, int selector, int image) {
    int esp = Stack.peek32(c, 12);
    int[] selectors = new int[6];
    selectors[CS] = selector;
    selectors[SS] = Stack.peek16(c, 16);
    selectors[ES] = Stack.peek16(c, 20);
    selectors[DS] = Stack.peek16(c, 24);
    selectors[FS] = Stack.peek16(c, 28);
    selectors[GS] = Stack.peek16(c, 32);
    c.setFlags(-1, image);
    for (int n = 0; n < 6; n++) {
      c.segments.setVirtual8086(n, selectors[n]);
    }
    c.r[ESP] = esp;
    c.eip = target & 0xFFFF;
    c.setCpl(3);
  }
}
