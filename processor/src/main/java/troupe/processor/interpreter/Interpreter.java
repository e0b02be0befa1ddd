package troupe.processor.interpreter;

import troupe.processor.Debug;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.ProcessorState;
import troupe.processor.decode.Block;
import troupe.processor.decode.CodeCache;
import troupe.processor.decode.Insn;
import troupe.processor.semantics.Interrupt;

/**
 * Runs decoded code, and takes interrupts and exceptions in between.
 *
 * <p>What has to be looked at between blocks is collected in {@link #events}, so that the loop over
 * blocks tests one word. Blocks are short, which bounds the delay of an interrupt.
 */
public final class Interpreter {
  // Events.
  private static final int INTERRUPT = 1;
  private static final int NMI = 2;
  private static final int HALTED = 4;
  private static final int SHUT_DOWN = 8;

  /** The next instruction runs alone: an interrupt shadow, TF, RF or a code breakpoint. */
  private static final int STEP = 16;

  private final Processor c;
  private final CodeCache cache;

  private int events;
  private volatile boolean attention;
  private boolean halted;
  private boolean shutDown;
  private boolean inhibited;
  private boolean interruptRequest;
  private boolean nmiPending;
  private boolean nmiBlocked;
  private long instructions;

  public Interpreter(Processor c, CodeCache cache) {
    this.c = c;
    this.cache = cache;
  }

  public void reset() {
    halted = false;
    shutDown = false;
    inhibited = false;
    nmiPending = false;
    nmiBlocked = false;
    updateEvents();
  }

  // ---- Signals

  public void setInterruptRequest(boolean high) {
    interruptRequest = high;
    updateEvents();
  }

  public void raiseNmi() {
    nmiPending = true;
    updateEvents();
  }

  public void endNmi() {
    nmiBlocked = false;
    updateEvents();
  }

  public void requestAttention() {
    attention = true;
  }

  public void clearAttention() {
    attention = false;
  }

  public void halt() {
    halted = true;
    updateEvents();
  }

  public void wake() {
    halted = false;
    updateEvents();
  }

  public void inhibit() {
    inhibited = true;
    updateEvents();
  }

  /** Whether an interrupt will be taken before the next block. */
  public boolean interruptWaits() {
    return (events & INTERRUPT) != 0;
  }

  public boolean halted() {
    return halted;
  }

  public boolean shutDown() {
    return shutDown;
  }

  public long instructions() {
    return instructions;
  }

  /** Derives {@link #events} from the signals and flags that it depends on. */
  public void updateEvents() {
    boolean step = inhibited || (c.eflags & (Processor.TF | Processor.RF)) != 0 || c.debug.active();
    events =
        (interruptRequest && (c.eflags & Processor.IF) != 0 ? INTERRUPT : 0)
            | (nmiPending && !nmiBlocked ? NMI : 0)
            | (halted ? HALTED : 0)
            | (shutDown ? SHUT_DOWN : 0)
            | (step ? STEP : 0);
  }

  // ---- Running

  /** See {@link Processor#run}. */
  public void run(long budget) {
    long end = instructions + budget;
    while (instructions < end && !attention) {
      try {
        if (events != 0 && !handleEvents()) {
          return;
        }
        runBlocks(end);
      } catch (Fault f) {
        deliver(f);
      }
    }
  }

  private void runBlocks(long end) {
    Block block = null;
    int firstEip = 0;
    while (events == 0 && instructions < end && !attention) {
      int distance = c.eip - firstEip;
      Block next = block == null ? null : block.next(distance);
      if (next == null) {
        // A fault of the fetch belongs to the instruction that is not there.
        c.start = c.eip;
        next = cache.lookup();
        if (block != null) {
          block.link(distance, next);
        }
      }
      block = next;
      firstEip = c.eip;
      instructions += block.count;
      try {
        runBlock(block.code);
      } catch (Fault f) {
        uncount(block, firstEip);
        throw f;
      }
    }
  }

  private void runBlock(Insn[] code) {
    Processor p = c;
    int n = 0;
    for (Insn i = code[0]; i != null; i = code[++n]) {
      p.start = p.eip;
      p.eip += i.length;
      i.handler.run(p, i);
    }
  }

  /** Takes back the instructions of a block after the one that faulted. */
  private void uncount(Block block, int firstEip) {
    int at = firstEip;
    int done = 0;
    while (done < block.count && block.code[done] != null && at != c.start) {
      at += block.code[done].length;
      done++;
    }
    instructions -= block.count - done;
  }

  /** Returns false if there is nothing to run for now. */
  private boolean handleEvents() {
    if ((events & SHUT_DOWN) != 0) {
      return false;
    }
    boolean shadow = inhibited;
    if ((events & NMI) != 0 && !shadow) {
      nmiPending = false;
      nmiBlocked = true;
      external(2);
      return true;
    }
    if ((events & INTERRUPT) != 0 && !shadow) {
      external(c.surroundings.acknowledgeInterrupt());
      return true;
    }
    if ((events & HALTED) != 0) {
      return false;
    }
    if ((events & STEP) != 0) {
      step(shadow);
    }
    return true;
  }

  private void external(int vector) {
    halted = false;
    updateEvents();
    c.start = c.eip;
    Interrupt.deliver(c, vector, Interrupt.Source.EXTERNAL, Fault.NO_ERROR_CODE);
  }

  /** One instruction by itself, with the debug exceptions around it. */
  private void step(boolean shadow) {
    c.start = c.eip;
    boolean resumed = (c.eflags & Processor.RF) != 0;
    if (c.debug.watchesCode() && !resumed) {
      int met = c.debug.codeMatches(c.segments.base[Processor.CS] + c.eip);
      if (met != 0) {
        c.dr[6] |= met;
        throw c.fault(Fault.DB);
      }
    }
    boolean trap = (c.eflags & Processor.TF) != 0;
    c.debug.begin();
    Insn i = cache.decodeOne();
    if (shadow) {
      inhibited = false;
    }
    c.eip += i.length;
    i.handler.run(c, i);
    instructions++;
    boolean incomplete = i.repeat != 0 && c.eip == c.start;
    if (resumed && !incomplete) {
      // An IRET or task switch that was the instruction has just set RF anew.
      if (!loadsFlags(i)) {
        c.eflags &= ~Processor.RF;
      }
    }
    updateEvents();
    int bits = c.debug.end();
    if (trap) {
      bits |= Debug.DR6_BS;
    }
    if (bits != 0 && !inhibited) {
      c.dr[6] |= bits;
      c.start = c.eip;
      deliverException(Fault.DB, Fault.NO_ERROR_CODE);
    }
  }

  private static boolean loadsFlags(Insn i) {
    return troupe.processor.decode.InstructionTable.row(i.row).mnemonic().equals("IRET");
  }

  // ---- Exceptions

  private void deliver(Fault f) {
    // A fault in what was running: the instruction counts as not done.
    c.eip = c.start;
    inhibited = false;
    if (f.vector == Fault.RESTART) {
      updateEvents();
      return;
    }
    boolean codeBreakpoint = f.vector == Fault.DB;
    if (!codeBreakpoint) {
      c.eflags |= Processor.RF;
    }
    deliverException(f.vector, f.errorCode);
  }

  /** Exceptions whose meeting another one in delivery makes a double fault. */
  private static boolean contributory(int vector) {
    return vector == Fault.DE || vector >= Fault.TS && vector <= Fault.GP;
  }

  private void deliverException(int vector, int errorCode) {
    int first = vector;
    int code = errorCode;
    while (true) {
      try {
        Interrupt.deliver(c, first, Interrupt.Source.EXCEPTION, code);
        updateEvents();
        return;
      } catch (Fault f) {
        int second = f.vector;
        if (first == Fault.DF) {
          shutDown = true;
          updateEvents();
          c.surroundings.tripleFault();
          return;
        }
        boolean both =
            contributory(first) && contributory(second)
                || first == Fault.PF && (contributory(second) || second == Fault.PF);
        code = both ? 0 : f.errorCode;
        first = both ? Fault.DF : second;
      }
    }
  }

  // ---- Saved state

  public ProcessorState.Run save() {
    return new ProcessorState.Run(
        instructions, halted, shutDown, inhibited, interruptRequest, nmiPending, nmiBlocked);
  }

  public void restore(ProcessorState.Run s) {
    instructions = s.instructions();
    halted = s.halted();
    shutDown = s.shutDown();
    inhibited = s.inhibited();
    interruptRequest = s.interruptRequest();
    nmiPending = s.nmiPending();
    nmiBlocked = s.nmiBlocked();
    updateEvents();
  }
}
