package troupe.processor.interpreter;

import troupe.processor.Debug;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.ProcessorState;
import troupe.processor.decode.Block;
import troupe.processor.decode.CodeCache;
import troupe.processor.decode.Insn;
import troupe.processor.semantics.Interrupt;
import troupe.processor.translator.Region;
import troupe.processor.translator.Translator;

/**
 * Runs decoded code, and takes interrupts and exceptions in between.
 *
 * <p>What has to be looked at between blocks is collected in {@link Processor#events}, so that the
 * loop over blocks tests one word. Blocks are short, which bounds the delay of an interrupt.
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
  private final Translator translator;

  /** Runs of a block after which it is considered for translation. */
  private int threshold = Integer.MAX_VALUE;

  /**
   * Blocks of one region that are interpreted one after the other until the next becomes a way in:
   * the loop that they are of has none. It was there before the region was.
   */
  private static final int LONGEST_STAY = 4_096;

  /** Instructions that translated code runs at most before signals are looked at again. */
  private static final int REGION_BUDGET = 20_000;

  private volatile boolean attention;
  private boolean halted;
  private boolean shutDown;

  /** The instruction at {@link #shadowEip} is in the shadow of the one before it. */
  private boolean inhibited;

  private int shadowEip;

  /** {@link #instructions()} when it began. */
  private long shadowStart;

  private boolean interruptRequest;
  private boolean nmiPending;
  private boolean nmiBlocked;
  private long instructions;

  /** Exceptions and interrupts delivered since power-on. */
  private long deliveries;

  /** Every instruction runs alone. */
  private boolean single;

  /**
   * @param translator told what runs often; may be null
   */
  public Interpreter(Processor c, CodeCache cache, Translator translator) {
    this.c = c;
    this.cache = cache;
    this.translator = translator;
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

  /**
   * No interrupt and no trap is taken before the next instruction. It runs alone only if there is
   * one to be held off; else the shadow is looked for when one comes ({@link #updateEvents}).
   */
  public void inhibit() {
    inhibited = true;
    shadowEip = c.eip;
    shadowStart = instructions();
    if (interruptRequest || nmiPending) {
      updateEvents();
    }
  }

  /**
   * Whether the instruction before EIP was the one that called {@link #inhibit}: EIP alone may be
   * the same once more, in a loop that has not run that instruction again.
   */
  private boolean inShadow() {
    return inhibited && c.eip == shadowEip && instructions() == shadowStart;
  }

  /** IF was set or cleared, and nothing else. */
  public void interruptFlagChanged() {
    boolean taken = interruptRequest && (c.eflags & Processor.IF) != 0;
    c.events = taken ? c.events | INTERRUPT : c.events & ~INTERRUPT;
  }

  /** Whether an interrupt will be taken before the next block. */
  public boolean interruptWaits() {
    return (c.events & INTERRUPT) != 0;
  }

  public boolean halted() {
    return halted;
  }

  public boolean shutDown() {
    return shutDown;
  }

  public long instructions() {
    return instructions - c.unused;
  }

  /** Derives {@link Processor#events} from the signals and flags that it depends on. */
  public void updateEvents() {
    inhibited = inShadow();
    boolean step =
        single
            || inhibited && (interruptRequest || nmiPending)
            || (c.eflags & (Processor.TF | Processor.RF)) != 0
            || c.debug.active();
    c.events =
        (interruptRequest && (c.eflags & Processor.IF) != 0 ? INTERRUPT : 0)
            | (nmiPending && !nmiBlocked ? NMI : 0)
            | (halted ? HALTED : 0)
            | (shutDown ? SHUT_DOWN : 0)
            | (step ? STEP : 0);
  }

  // ---- Running

  /** See {@link Processor#run}. */
  public void run(long budget) {
    // A guest whose handlers fault at their first instruction gets nowhere, but must come to an
    // end.
    long end = instructions + deliveries + budget;
    if (translator != null) {
      translator.attachFinished();
      threshold = translator.nextThreshold();
      cache.forgetOld();
    }
    while (instructions + deliveries < end && !attention) {
      try {
        if (c.events != 0 && !handleEvents()) {
          return;
        }
        runBlocks(end - deliveries);
      } catch (Fault f) {
        deliver(f);
      }
    }
  }

  /** See {@link Processor#runExactly}. */
  public void runExactly(long count, long wanted) {
    long end = instructions + count;
    long far = count - CodeCache.MAX_INSTRUCTIONS;
    if (far > 0) {
      run(far);
    }
    single = true;
    updateEvents();
    try {
      while ((instructions < end || instructions == end && deliveries < wanted) && !stopped()) {
        try {
          handleEvents();
        } catch (Fault f) {
          deliver(f);
        }
      }
    } finally {
      single = false;
      updateEvents();
    }
  }

  /** Whether nothing runs until something from outside happens. */
  private boolean stopped() {
    return attention || shutDown || halted && (c.events & (INTERRUPT | NMI)) == 0;
  }

  /** Exceptions and interrupts delivered since power-on. */
  public long deliveries() {
    return deliveries;
  }

  private void runBlocks(long end) {
    Block block = null;
    int firstEip = 0;
    boolean interpret = false;
    int stayed = 0;
    while (c.events == 0 && instructions < end && !attention) {
      if (block == null && !interpret) {
        Region known = c.jumps.find(c);
        if (known != null) {
          runRegions(known, c.jumps.entry, end);
          interpret = c.missed;
          continue;
        }
      }
      int distance = c.eip - firstEip;
      Block next = block == null || !cache.wholePage() ? null : block.next(distance);
      if (next == null) {
        // A fault of the fetch belongs to the instruction that is not there.
        c.start = c.eip;
        next = cache.lookup();
        if (block != null) {
          block.link(distance, next);
          block.observe(distance);
        }
      }
      boolean fromElsewhere = next.inside == null || block == null || block.inside != next.inside;
      block = next;
      stayed = fromElsewhere ? 0 : stayed + 1;
      if (block.region == null
          && (fromElsewhere ? ++block.heat >= threshold : stayed == LONGEST_STAY)) {
        stayed = 0;
        translator.hot(block);
      }
      if (block.region != null && !interpret && cache.runs(block)) {
        runRegions(block.region, block.entry, end);
        // What could not be done there is done here, with the rest of its block.
        interpret = c.missed;
        block = null;
        continue;
      }
      interpret = false;
      firstEip = c.eip;
      instructions += block.count;
      try {
        int done = runBlock(block.code);
        // Less than all if an instruction overwrote those after it.
        instructions -= block.count - done;
      } catch (Fault f) {
        uncount(block, firstEip);
        throw f;
      }
    }
  }

  /** Runs a region, and those that the guest goes on in as long as they are known. */
  private void runRegions(Region first, int firstEntry, long end) {
    int budget = (int) Math.min(end - instructions, REGION_BUDGET);
    instructions += budget;
    c.unused = budget;
    Region region = first;
    int entry = firstEntry;
    try {
      while (region != null) {
        c.callDepth = 0;
        region.run(c, c.unused, entry);
        boolean goesOn = !c.missed && c.events == 0 && c.unused > 0 && !attention;
        region = goesOn ? c.jumps.find(c) : null;
        entry = c.jumps.entry;
      }
    } catch (Fault f) {
      instructions -= c.undone;
      throw f;
    } finally {
      instructions -= c.unused;
      c.unused = 0;
    }
  }

  /** Returns how many instructions were there to be executed. */
  private int runBlock(Insn[] code) {
    Processor p = c;
    int n = 0;
    for (Insn i = code[0]; i != null; i = code[++n]) {
      p.start = p.eip;
      p.eip += i.length;
      i.handler.run(p, i);
    }
    return n;
  }

  /** Takes back the instructions of a block after the one that faulted. */
  private void uncount(Block block, int firstEip) {
    instructions -= block.count - block.instructionsBefore(c.start - firstEip);
  }

  /** Returns false if there is nothing to run for now. */
  private boolean handleEvents() {
    if ((c.events & SHUT_DOWN) != 0) {
      return false;
    }
    boolean shadow = inShadow();
    if ((c.events & NMI) != 0 && !shadow) {
      nmiPending = false;
      nmiBlocked = true;
      external(2);
      return true;
    }
    if ((c.events & INTERRUPT) != 0 && !shadow) {
      external(c.surroundings.acknowledgeInterrupt());
      return true;
    }
    if ((c.events & HALTED) != 0) {
      return false;
    }
    if ((c.events & STEP) != 0) {
      step(shadow);
    }
    return true;
  }

  private void external(int vector) {
    deliveries++;
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
    Insn i = cache.lookup().code[0];
    if (shadow) {
      inhibited = false;
    }
    c.eip += i.length;
    instructions++;
    try {
      i.handler.run(c, i);
    } catch (Fault f) {
      instructions--;
      throw f;
    }
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
    deliveries++;
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
        instructions, halted, shutDown, inShadow(), interruptRequest, nmiPending, nmiBlocked);
  }

  public void restore(ProcessorState.Run s) {
    instructions = s.instructions();
    halted = s.halted();
    shutDown = s.shutDown();
    inhibited = s.inhibited();
    shadowEip = c.eip;
    shadowStart = instructions;
    interruptRequest = s.interruptRequest();
    nmiPending = s.nmiPending();
    nmiBlocked = s.nmiBlocked();
    updateEvents();
  }
}
