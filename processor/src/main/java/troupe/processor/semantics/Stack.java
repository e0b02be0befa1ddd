package troupe.processor.semantics;

import static troupe.processor.Processor.EBP;
import static troupe.processor.Processor.ESP;
import static troupe.processor.Processor.SS;

import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;

/**
 * The stack, addressed by SS:ESP or SS:SP as SS's B flag says. ESP moves only when all went well.
 */
public final class Stack {
  private Stack() {}

  static boolean big(Processor c) {
    return (c.segments.attributes[SS] & SegmentRegisters.BIG) != 0;
  }

  private static int offset(Processor c, int delta) {
    int offset = c.r[ESP] + delta;
    return big(c) ? offset : offset & 0xFFFF;
  }

  /** Sets ESP, or SP alone on a 16-bit stack. */
  static void set(Processor c, int value) {
    if (big(c)) {
      c.r[ESP] = value;
    } else {
      c.set16(ESP, value);
    }
  }

  /** Drops {@code bytes} from the stack. */
  static void release(Processor c, int bytes) {
    set(c, c.r[ESP] + bytes);
  }

  public static void push16(Processor c, int value) {
    int offset = offset(c, -2);
    c.write16(SS, offset, value);
    set(c, offset);
  }

  public static void push32(Processor c, int value) {
    int offset = offset(c, -4);
    c.write32(SS, offset, value);
    set(c, offset);
  }

  /** 16 bits at {@code delta} bytes above the top. */
  static int peek16(Processor c, int delta) {
    return c.read16(SS, offset(c, delta));
  }

  static int peek32(Processor c, int delta) {
    return c.read32(SS, offset(c, delta));
  }

  public static void popRegister(Processor c, Insn i) {
    if (i.operand16) {
      int value = peek16(c, 0);
      release(c, 2);
      c.set16(i.reg, value);
    } else {
      int value = peek32(c, 0);
      release(c, 4);
      c.r[i.reg] = value;
    }
  }

  /** An address that uses ESP is computed after the increment ([SDM] vol. 2, POP). */
  public static void popOperand(Processor c, Insn i) {
    int before = c.r[ESP];
    int value = i.operand16 ? peek16(c, 0) : peek32(c, 0);
    release(c, i.operand16 ? 2 : 4);
    if (i.rm >= 0) {
      if (i.operand16) {
        c.set16(i.rm, value);
      } else {
        c.r[i.rm] = value;
      }
      return;
    }
    int after = c.r[ESP];
    int offset = c.effectiveAddress(i);
    c.r[ESP] = before;
    if (i.operand16) {
      c.write16(i.segment, offset, value);
    } else {
      c.write32(i.segment, offset, value);
    }
    c.r[ESP] = after;
  }

  public static void pusha16(Processor c) {
    c.probeWritable(SS, offset(c, -16), 16);
    int sp = c.r[ESP];
    for (int n = 0; n < 8; n++) {
      c.write16(SS, offset(c, -2 * n - 2), n == ESP ? sp : c.r[n]);
    }
    release(c, -16);
  }

  public static void pusha32(Processor c) {
    c.probeWritable(SS, offset(c, -32), 32);
    int esp = c.r[ESP];
    for (int n = 0; n < 8; n++) {
      c.write32(SS, offset(c, -4 * n - 4), n == ESP ? esp : c.r[n]);
    }
    release(c, -32);
  }

  public static void popa16(Processor c) {
    int[] values = new int[8];
    for (int n = 0; n < 8; n++) {
      values[n] = peek16(c, 14 - 2 * n);
    }
    for (int n = 0; n < 8; n++) {
      if (n != ESP) {
        c.set16(n, values[n]);
      }
    }
    release(c, 16);
  }

  public static void popa32(Processor c) {
    int[] values = new int[8];
    for (int n = 0; n < 8; n++) {
      values[n] = peek32(c, 28 - 4 * n);
    }
    for (int n = 0; n < 8; n++) {
      if (n != ESP) {
        c.r[n] = values[n];
      }
    }
    release(c, 32);
  }

  public static void pushf16(Processor c) {
    push16(c, FlagControl.pushed(c, true));
  }

  public static void pushf32(Processor c) {
    push32(c, FlagControl.pushed(c, false));
  }

  public static void popf16(Processor c) {
    FlagControl.popped(c, peek16(c, 0), true);
    release(c, 2);
  }

  public static void popf32(Processor c) {
    FlagControl.popped(c, peek32(c, 0), false);
    release(c, 4);
  }

  public static void enter(Processor c, Insn i) {
    int size = i.operand16 ? 2 : 4;
    int level = i.immediate2 & 31;
    boolean big = big(c);
    int top = c.r[ESP];
    int frame = c.r[EBP];
    top = below(c, top, size);
    store(c, top, frame, size);
    int framePointer = top;
    if (level > 0) {
      for (int n = 1; n < level; n++) {
        frame -= size;
        int from = big ? frame : frame & 0xFFFF;
        int value = size == 2 ? c.read16(SS, from) : c.read32(SS, from);
        top = below(c, top, size);
        store(c, top, value, size);
      }
      top = below(c, top, size);
      store(c, top, framePointer, size);
    }
    top = below(c, top, i.immediate);
    // The manual wants the new top to be writable, so that the frame can be used.
    c.probeWrite(SS, big ? top : top & 0xFFFF, 1);
    if (size == 2) {
      c.set16(EBP, framePointer);
    } else {
      c.r[EBP] = framePointer;
    }
    set(c, top);
  }

  /** A stack pointer moved down; on a 16-bit stack the upper half of ESP stays. */
  private static int below(Processor c, int top, int bytes) {
    return big(c) ? top - bytes : top & ~0xFFFF | top - bytes & 0xFFFF;
  }

  private static void store(Processor c, int top, int value, int size) {
    int offset = big(c) ? top : top & 0xFFFF;
    if (size == 2) {
      c.write16(SS, offset, value);
    } else {
      c.write32(SS, offset, value);
    }
  }

  private static int frameOffset(Processor c) {
    return big(c) ? c.r[EBP] : c.r[EBP] & 0xFFFF;
  }

  public static void leave16(Processor c) {
    int frame = frameOffset(c);
    int value = c.read16(SS, frame);
    set(c, frame + 2);
    c.set16(EBP, value);
  }

  public static void leave32(Processor c) {
    int frame = frameOffset(c);
    int value = c.read32(SS, frame);
    set(c, frame + 4);
    c.r[EBP] = value;
  }

  public static void pushSegment16(Processor c, int n) {
    push16(c, c.segments.selector[n]);
  }

  /** Writes 16 bits into a slot of 32, as processors since the 486 do. */
  public static void pushSegment32(Processor c, int n) {
    int offset = offset(c, -4);
    c.write16(SS, offset, c.segments.selector[n]);
    set(c, offset);
  }

  public static void popSegment16(Processor c, int n) {
    popSegment(c, n, 2);
  }

  public static void popSegment32(Processor c, int n) {
    popSegment(c, n, 4);
  }

  private static void popSegment(Processor c, int n, int size) {
    int selector = peek16(c, 0);
    int top = c.r[ESP];
    boolean big = big(c);
    SegmentLoad.load(c, n, selector);
    // The size of the stack that is popped from is that of before the load.
    if (big) {
      c.r[ESP] = top + size;
    } else {
      c.set16(ESP, top + size);
    }
  }
}
