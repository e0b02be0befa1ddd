package troupe.processor.semantics;

import static troupe.processor.Processor.DF;
import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.ECX;
import static troupe.processor.Processor.EDI;
import static troupe.processor.Processor.ES;
import static troupe.processor.Processor.ESI;
import static troupe.processor.memory.PhysicalMemory.PAGE_MASK;
import static troupe.processor.memory.PhysicalMemory.PAGE_SHIFT;
import static troupe.processor.memory.PhysicalMemory.PAGE_SIZE;

import java.util.Arrays;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.memory.GuestPage;

/**
 * MOVS, STOS, LODS, CMPS, SCAS. A repeated instruction does a bounded number of steps and then
 * starts again at itself, so that interrupts get in between; registers are right after each step,
 * so that a fault leaves the steps before it done. MOVS and STOS take whole runs within pages at
 * once.
 */
public final class Strings {
  private static final int REPNE = 0xF2;

  private Strings() {}

  static int count(Processor c, Insn i) {
    return i.address16 ? c.get16(ECX) : c.r[ECX];
  }

  static int register(Processor c, Insn i, int n) {
    return i.address16 ? c.get16(n) : c.r[n];
  }

  static void advance(Processor c, Insn i, int n, int delta) {
    if (i.address16) {
      c.set16(n, c.r[n] + delta);
    } else {
      c.r[n] += delta;
    }
  }

  static int direction(Processor c, int size) {
    return (c.eflags & DF) != 0 ? -size : size;
  }

  static int load(Processor c, int segment, int offset, int size) {
    return switch (size) {
      case 1 -> c.read8(segment, offset);
      case 2 -> c.read16(segment, offset);
      default -> c.read32(segment, offset);
    };
  }

  static void store(Processor c, int segment, int offset, int size, int value) {
    switch (size) {
      case 1 -> c.write8(segment, offset, value);
      case 2 -> c.write16(segment, offset, value);
      default -> c.write32(segment, offset, value);
    }
  }

  /** Steps allowed now: a TF trap comes after each. */
  private static int steps(Processor c, int count) {
    int most = c.singleStep() ? 1 : Processor.REPEAT_STEPS;
    return Integer.compareUnsigned(count, most) < 0 ? count : most;
  }

  /** After a part of the steps: the rest is done by executing the instruction again. */
  static void again(Processor c) {
    c.eip = c.start;
  }

  public static void movs8(Processor c, Insn i) {
    movs(c, i, 1);
  }

  public static void movs(Processor c, Insn i) {
    movs(c, i, i.operand16 ? 2 : 4);
  }

  private static void movs(Processor c, Insn i, int size) {
    int delta = direction(c, size);
    if (i.repeat == 0) {
      moveOne(c, i, size, delta);
      return;
    }
    int count = count(c, i);
    int steps = steps(c, count);
    for (int done = 0; done < steps; ) {
      int run = delta > 0 ? moveRun(c, i, size, steps - done) : 0;
      if (run == 0) {
        moveOne(c, i, size, delta);
        run = 1;
      }
      advance(c, i, ECX, -run);
      done += run;
    }
    if (steps != count) {
      again(c);
    }
  }

  private static void moveOne(Processor c, Insn i, int size, int delta) {
    int value = load(c, i.segment, register(c, i, ESI), size);
    store(c, ES, register(c, i, EDI), size, value);
    advance(c, i, ESI, delta);
    advance(c, i, EDI, delta);
  }

  /**
   * Bytes from an offset to the end of its page and its segment, or 0 if it is not simple memory.
   */
  private static int room(Processor c, Insn i, int offset, int linear, long limit) {
    long inSegment = limit - (offset & 0xFFFFFFFFL) + 1;
    int inPage = PAGE_SIZE - (linear & PAGE_MASK);
    int beforeWrap = i.address16 ? 0x1_0000 - offset : Integer.MAX_VALUE;
    return (int) Math.max(0, Math.min(inSegment, Math.min(inPage, beforeWrap)));
  }

  /** Moves as many elements as lie in one page on both sides; returns how many, perhaps 0. */
  private static int moveRun(Processor c, Insn i, int size, int most) {
    int from = register(c, i, ESI);
    int to = register(c, i, EDI);
    int fromLinear = c.segments.base[i.segment] + from;
    int toLinear = c.segments.base[ES] + to;
    byte[] source = c.mmu.read[fromLinear >>> PAGE_SHIFT];
    byte[] target = c.mmu.write[toLinear >>> PAGE_SHIFT];
    if (source == null || target == null) {
      return 0;
    }
    int bytes =
        Math.min(
            room(c, i, from, fromLinear, c.segments.readLimit[i.segment]),
            room(c, i, to, toLinear, c.segments.writeLimit[ES]));
    int elements = Math.min(bytes / size, most);
    int a = fromLinear & PAGE_MASK;
    int b = toLinear & PAGE_MASK;
    if (source == target && b > a && b - a < elements * size) {
      // The source grows into what is written: the pattern repeats, element by element.
      if (b - a < size) {
        return 0;
      }
      elements = (b - a) / size;
    }
    System.arraycopy(source, a, target, b, elements * size);
    advance(c, i, ESI, elements * size);
    advance(c, i, EDI, elements * size);
    return elements;
  }

  public static void stos8(Processor c, Insn i) {
    stos(c, i, 1);
  }

  public static void stos(Processor c, Insn i) {
    stos(c, i, i.operand16 ? 2 : 4);
  }

  private static void stos(Processor c, Insn i, int size) {
    int delta = direction(c, size);
    if (i.repeat == 0) {
      store(c, ES, register(c, i, EDI), size, c.r[EAX]);
      advance(c, i, EDI, delta);
      return;
    }
    int count = count(c, i);
    int steps = steps(c, count);
    for (int done = 0; done < steps; ) {
      int run = delta > 0 ? fillRun(c, i, size, steps - done) : 0;
      if (run == 0) {
        store(c, ES, register(c, i, EDI), size, c.r[EAX]);
        advance(c, i, EDI, delta);
        run = 1;
      }
      advance(c, i, ECX, -run);
      done += run;
    }
    if (steps != count) {
      again(c);
    }
  }

  private static int fillRun(Processor c, Insn i, int size, int most) {
    int to = register(c, i, EDI);
    int linear = c.segments.base[ES] + to;
    byte[] target = c.mmu.write[linear >>> PAGE_SHIFT];
    if (target == null) {
      return 0;
    }
    int elements = Math.min(room(c, i, to, linear, c.segments.writeLimit[ES]) / size, most);
    int at = linear & PAGE_MASK;
    int value = c.r[EAX];
    boolean allBytesEqual =
        size == 1
            || (size == 2
                ? (byte) value == (byte) (value >>> 8)
                : value == (value & 0xFF) * 0x01010101);
    if (allBytesEqual) {
      Arrays.fill(target, at, at + elements * size, (byte) value);
    } else if (size == 2) {
      for (int n = 0; n < elements; n++) {
        GuestPage.write16(target, at + 2 * n, value);
      }
    } else {
      for (int n = 0; n < elements; n++) {
        GuestPage.write32(target, at + 4 * n, value);
      }
    }
    advance(c, i, EDI, elements * size);
    return elements;
  }

  public static void lods8(Processor c, Insn i) {
    lods(c, i, 1);
  }

  public static void lods(Processor c, Insn i) {
    lods(c, i, i.operand16 ? 2 : 4);
  }

  private static void lods(Processor c, Insn i, int size) {
    int delta = direction(c, size);
    int count = i.repeat == 0 ? 1 : count(c, i);
    int steps = steps(c, count);
    for (int done = 0; done < steps; done++) {
      int value = load(c, i.segment, register(c, i, ESI), size);
      switch (size) {
        case 1 -> c.set8(EAX, value);
        case 2 -> c.set16(EAX, value);
        default -> c.r[EAX] = value;
      }
      advance(c, i, ESI, delta);
      if (i.repeat != 0) {
        advance(c, i, ECX, -1);
      }
    }
    if (steps != count) {
      again(c);
    }
  }

  private static void compare(Processor c, int size, int a, int b) {
    switch (size) {
      case 1 -> c.flags(Flags.SUB8, a, b, (byte) (a - b));
      case 2 -> c.flags(Flags.SUB16, a, b, (short) (a - b));
      default -> c.flags(Flags.SUB32, a, b, a - b);
    }
  }

  public static void cmps8(Processor c, Insn i) {
    cmps(c, i, 1);
  }

  public static void cmps(Processor c, Insn i) {
    cmps(c, i, i.operand16 ? 2 : 4);
  }

  private static void cmps(Processor c, Insn i, int size) {
    int delta = direction(c, size);
    int count = i.repeat == 0 ? 1 : count(c, i);
    int steps = steps(c, count);
    for (int done = 0; done < steps; done++) {
      int a = load(c, i.segment, register(c, i, ESI), size);
      int b = load(c, ES, register(c, i, EDI), size);
      compare(c, size, a, b);
      advance(c, i, ESI, delta);
      advance(c, i, EDI, delta);
      if (i.repeat != 0) {
        advance(c, i, ECX, -1);
        if ((a == b) == (i.repeat == REPNE)) {
          return;
        }
      }
    }
    if (steps != count) {
      again(c);
    }
  }

  public static void scas8(Processor c, Insn i) {
    scas(c, i, 1);
  }

  public static void scas(Processor c, Insn i) {
    scas(c, i, i.operand16 ? 2 : 4);
  }

  private static void scas(Processor c, Insn i, int size) {
    int delta = direction(c, size);
    int count = i.repeat == 0 ? 1 : count(c, i);
    int steps = steps(c, count);
    int a = size == 1 ? c.r[EAX] & 0xFF : size == 2 ? c.r[EAX] & 0xFFFF : c.r[EAX];
    for (int done = 0; done < steps; done++) {
      int b = load(c, ES, register(c, i, EDI), size);
      compare(c, size, a, b);
      advance(c, i, EDI, delta);
      if (i.repeat != 0) {
        advance(c, i, ECX, -1);
        if ((a == b) == (i.repeat == REPNE)) {
          return;
        }
      }
    }
    if (steps != count) {
      again(c);
    }
  }
}
