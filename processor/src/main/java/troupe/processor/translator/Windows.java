package troupe.processor.translator;

import static troupe.processor.Processor.EBP;
import static troupe.processor.Processor.ESP;
import static troupe.processor.memory.PhysicalMemory.PAGE_SHIFT;

import java.util.ArrayList;
import java.util.List;
import troupe.processor.decode.Insn;

/**
 * Which memory accesses of basic blocks that only follow each other are so near each other that
 * their page is found once for all of them: those by registers of which it is known how far apart
 * they point, as pushes, local variables and fields of one structure.
 *
 * <p>When built it has gone through all instructions and knows the windows. Then it is gone through
 * once more with the emitter: {@link #of} is asked for the accesses of an instruction and {@link
 * #pass} called after it. An access that was not foreseen is in no window, or in one by chance,
 * which does no harm.
 */
final class Windows {
  /**
   * Bytes of a window at most. Where it crosses a page the interpreter does the block, so that a
   * large one costs more than it saves.
   */
  private static final int MOST_BYTES = 64;

  /** Bytes that are accessed within one page, from {@link #low} to before {@link #high}. */
  static final class Window {
    private final int origin;

    /** Whether the address is known, so that no crossing of a page has to be looked for. */
    final boolean fixed;

    /** Distances from the origin. */
    int low;

    long high;

    /** Whether one of the accesses writes: then the page has to be one that may be written. */
    boolean writing;

    private int accesses = 1;

    /** Local variables of the page and of where in it {@link #low} is, once it is found. */
    int page = -1;

    int offset = -1;

    Window(int origin, boolean fixed, int low, long high, boolean writing) {
      this.origin = origin;
      this.fixed = fixed;
      this.low = low;
      this.high = high;
      this.writing = writing;
    }
  }

  private final boolean stack32;
  private final List<Window> windows = new ArrayList<>();

  // What a register points to is a distance from an origin, which is a number of no meaning but
  // that equal ones are the same address. The last is for addresses without a register.
  private final int[] origins = new int[9];
  private final int[] distances = new int[9];
  private int lastOrigin;

  /**
   * @param stack32 whether the stack's addresses have 32 bits
   */
  Windows(List<Insn> insns, boolean stack32) {
    this.stack32 = stack32;
    forget();
    for (Insn i : insns) {
      foresee(i);
      pass(i);
    }
    windows.removeIf(w -> w.accesses == 1);
    lastOrigin = 0;
    forget();
  }

  private void forget() {
    for (int n = 0; n < origins.length; n++) {
      forgetRegister(n);
    }
  }

  private void forgetRegister(int n) {
    origins[n] = ++lastOrigin;
    distances[n] = 0;
  }

  private void point(int register, int like, int further) {
    origins[register] = origins[like];
    distances[register] = distances[like] + further;
  }

  /**
   * The window of an access by the instruction that comes next, or null.
   *
   * @param base register, or {@link Insn#NO_REGISTER}
   */
  Window of(int base, int displacement, int bytes, boolean writing) {
    long low = distance(base, displacement);
    for (Window w : windows) {
      if (w.origin == origins[base]
          && w.low <= low
          && low + bytes <= w.high
          && (w.writing || !writing)) {
        return w;
      }
    }
    return null;
  }

  /** How far from its origin an access of the instruction that comes next is. */
  int distance(int base, int displacement) {
    return distances[base] + displacement;
  }

  private void foresee(Insn i) {
    Meaning m = Meaning.of(i);
    if (!Effects.of(i).own() || SimdEmitter.handles(m)) {
      return;
    }
    int size = i.operand16 ? 16 : 32;
    if (!i.address16 && i.index == Insn.NO_REGISTER) {
      for (Meaning.Operand o : m.operands) {
        if (Meaning.inMemory(o, i)) {
          foresee(i.base, i.displacement, o.width(size) / 8, o.written());
        }
      }
    }
    if (!stack32) {
      return;
    }
    switch (m.name) {
      case "Stack.push", "Branch.callRelative", "Branch.callNear" ->
          foresee(ESP, -size / 8, size / 8, true);
      case "Stack.pushSegment", "Stack.pushf" -> foresee(ESP, -4, 4, true);
      case "Stack.popRegister", "Stack.popf", "Branch.ret", "Branch.retImmediate" ->
          foresee(ESP, 0, size / 8, false);
      case "Stack.leave" -> foresee(EBP, 0, size / 8, false);
      default -> {}
    }
  }

  private void foresee(int base, int displacement, int bytes, boolean writing) {
    int low = distance(base, displacement);
    long high = (long) low + bytes;
    boolean fixed = origins[base] == origins[Insn.NO_REGISTER];
    for (Window w : windows.reversed()) {
      if (w.origin == origins[base]) {
        int both = Math.min(low, w.low);
        long end = Math.max(high, w.high);
        if (fixed ? both >> PAGE_SHIFT != end - 1 >> PAGE_SHIFT : end - both > MOST_BYTES) {
          break;
        }
        w.low = both;
        w.high = end;
        w.writing |= writing;
        w.accesses++;
        return;
      }
    }
    windows.add(new Window(origins[base], fixed, low, high, writing));
  }

  /** The instruction that came next is done. */
  void pass(Insn i) {
    Meaning m = Meaning.of(i);
    Effects effects = Effects.of(i);
    if (!effects.own()) {
      // It may change what is mapped.
      forget();
      return;
    }
    int bytes = i.operand16 ? 2 : 4;
    if (stack32) {
      switch (m.name) {
        case "Stack.push", "Branch.callRelative", "Branch.callNear" -> {
          point(ESP, ESP, -bytes);
          return;
        }
        case "Stack.pushSegment", "Stack.pushf" -> {
          point(ESP, ESP, -4);
          return;
        }
        case "Stack.popf" -> {
          point(ESP, ESP, 4);
          return;
        }
        case "Stack.popRegister" -> {
          point(ESP, ESP, bytes);
          forgetRegister(i.reg);
          return;
        }
        case "Stack.leave" -> {
          point(ESP, EBP, bytes);
          forgetRegister(EBP);
          return;
        }
        default -> {}
      }
    }
    if (!moves(m, i)) {
      for (int n = 0; n < 8; n++) {
        if ((effects.writes() >>> n & 1) != 0) {
          forgetRegister(n);
        }
      }
    }
  }

  /** Whether the instruction only makes a register point elsewhere, by a known distance. */
  private boolean moves(Meaning m, Insn i) {
    if (m.operands.isEmpty() || i.operand16) {
      return false;
    }
    int target = register(m.operands.getFirst(), i);
    if (target < 0) {
      return false;
    }
    Meaning.Operand last = m.operands.getLast();
    switch (m.name) {
      case "Alu.inc" -> point(target, target, 1);
      case "Alu.dec" -> point(target, target, -1);
      case "Alu.add", "Alu.sub" -> {
        if (!last.letter().equals("I")) {
          return false;
        }
        point(target, target, m.method.equals("add") ? i.immediate : -i.immediate);
      }
      case "." -> {
        if (last.letter().equals("M")) {
          if (i.address16 || i.index != Insn.NO_REGISTER) {
            return false;
          }
          point(target, i.base, i.displacement);
        } else if (register(last, i) >= 0) {
          point(target, register(last, i), 0);
        } else {
          return false;
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The register of 32 bits that an operand is, or -1. */
  private static int register(Meaning.Operand o, Insn i) {
    if (o.width(32) != 32) {
      return -1;
    }
    return switch (o.letter()) {
      case "E" -> i.rm;
      case "G", "Z" -> i.reg;
      case "" -> o.text().equals("eAX") ? 0 : -1;
      default -> -1;
    };
  }
}
