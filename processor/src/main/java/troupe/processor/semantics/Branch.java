package troupe.processor.semantics;

import static troupe.processor.Processor.ECX;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Near transfers of control, and the other users of the sixteen conditions. */
public final class Branch {
  private Branch() {}

  public static int cmov16(Processor c, int tttn, int target, int source) {
    return c.condition(tttn) ? source : target;
  }

  public static int cmov32(Processor c, int tttn, int target, int source) {
    return c.condition(tttn) ? source : target;
  }

  public static int set8(Processor c, int tttn) {
    return c.condition(tttn) ? 1 : 0;
  }

  public static void jcc16(Processor c, int tttn, int displacement) {
    if (c.condition(tttn)) {
      c.jump(c.eip + displacement & 0xFFFF);
    }
  }

  public static void jcc32(Processor c, int tttn, int displacement) {
    if (c.condition(tttn)) {
      c.jump(c.eip + displacement);
    }
  }

  public static void jmpRelative16(Processor c, int displacement) {
    c.jump(c.eip + displacement & 0xFFFF);
  }

  public static void jmpRelative32(Processor c, int displacement) {
    c.jump(c.eip + displacement);
  }

  public static void callRelative16(Processor c, int displacement) {
    callNear16(c, c.eip + displacement & 0xFFFF);
  }

  public static void callRelative32(Processor c, int displacement) {
    callNear32(c, c.eip + displacement);
  }

  public static void jmpNear16(Processor c, int target) {
    c.jump(target);
  }

  public static void jmpNear32(Processor c, int target) {
    c.jump(target);
  }

  public static void callNear16(Processor c, int target) {
    c.checkJump(target);
    Stack.push16(c, c.eip);
    c.eip = target;
  }

  public static void callNear32(Processor c, int target) {
    c.checkJump(target);
    Stack.push32(c, c.eip);
    c.eip = target;
  }

  public static void ret16(Processor c) {
    c.jump(Stack.peek16(c, 0));
    Stack.release(c, 2);
  }

  public static void ret32(Processor c) {
    c.jump(Stack.peek32(c, 0));
    Stack.release(c, 4);
  }

  public static void retImmediate(Processor c, Insn i) {
    if (i.operand16) {
      ret16(c);
    } else {
      ret32(c);
    }
    Stack.release(c, i.immediate);
  }

  private static boolean countDown(Processor c, Insn i) {
    if (i.address16) {
      c.set16(ECX, c.r[ECX] - 1);
      return c.get16(ECX) != 0;
    }
    return --c.r[ECX] != 0;
  }

  private static void jumpShort(Processor c, Insn i) {
    int target = c.eip + i.immediate;
    c.jump(i.operand16 ? target & 0xFFFF : target);
  }

  /** The count is put back when the jump faults. */
  private static void loopIf(Processor c, Insn i, boolean condition) {
    int before = c.r[ECX];
    if (countDown(c, i) && condition) {
      int target = c.eip + i.immediate;
      target = i.operand16 ? target & 0xFFFF : target;
      int after = c.r[ECX];
      c.r[ECX] = before;
      c.jump(target);
      c.r[ECX] = after;
    }
  }

  public static void loop(Processor c, Insn i) {
    loopIf(c, i, true);
  }

  public static void loope(Processor c, Insn i) {
    loopIf(c, i, c.zero());
  }

  public static void loopne(Processor c, Insn i) {
    loopIf(c, i, !c.zero());
  }

  public static void jcxz(Processor c, Insn i) {
    if ((i.address16 ? c.get16(ECX) : c.r[ECX]) == 0) {
      jumpShort(c, i);
    }
  }
}
