package troupe.processor.translator;

import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Insn;
import troupe.processor.memory.PhysicalMemory;

/**
 * Translated code as it is attached to one processor. Subclasses are generated; all state of the
 * guest is reached through the processor, so that one class serves all of them.
 */
public abstract class Region {
  /** The plan that the class was made of. */
  Plan plan;

  /** Instructions that the code calls the semantics of with their operands still encoded. */
  protected Insn[] insns;

  /** What the class takes, see {@link RegionStore.Compiled}. */
  int bytes;

  /** The bytes are still those that were translated; cleared while the region may be running. */
  public boolean valid = true;

  /** The guest has come here since {@link troupe.processor.decode.CodeCache} last cleared this. */
  public boolean used;

  /** The same without windows is being translated. */
  boolean beingReplaced;

  /** Physical address of the first instruction. */
  int physical;

  /** Physical pages by their distance from the page of the first instruction, or -1 in gaps. */
  int[] pages = {};

  private int plannedMode;
  private int plannedMask;

  /** Times that accesses which have one page looked up for them were in two. */
  private int crossings;

  /** {@link Processor#instructions} when they were last looked at. */
  private long crossingsBegan;

  // The mapping that the pages were last checked for.
  private int checkedGeneration = -1;
  private int checkedLinear;
  private int checkedCpl;

  final void setPlan(Plan made) {
    plan = made;
    plannedMode = made.mode();
    plannedMask = made.modeMask();
  }

  /** Bytes of memory that it takes, with its class, the JVM's compilation of that, and its plan. */
  public final int bytes() {
    return bytes;
  }

  /** CS.D of the code. */
  public final boolean code32() {
    return plan.code32();
  }

  /** Number of places where it can be entered. */
  public final int entries() {
    return plan.entries().length;
  }

  /** Physical address of an entry; that of entry 0 is the first instruction. */
  public final int entry(int n) {
    return address(plan, physical, pages, plan.entries()[n]);
  }

  /** Distance of an entry from the first instruction. */
  public final int entryOffset(int n) {
    return plan.entries()[n];
  }

  /** Number of the physical page of an entry. */
  public final int entryPage(int n) {
    return entry(n) >>> 12;
  }

  private static int address(Plan plan, int physical, int[] pages, int offset) {
    int at = (physical & 0xFFF) + offset;
    return pages[(at >> 12) - plan.firstPage(physical)] << 12 | at & 0xFFF;
  }

  /** Physical addresses of the basic blocks that have their translation here. */
  public final int[] leaders() {
    return leaders(plan, physical, pages);
  }

  static int[] leaders(Plan plan, int physical, int[] pages) {
    return plan.blocks().stream()
        .mapToInt(Plan.BasicBlock::offset)
        .filter(offset -> !plan.borrows(offset))
        .map(offset -> address(plan, physical, pages, offset))
        .toArray();
  }

  /** Whether one of {@link #leaders} is at a physical address. */
  public final boolean owns(int address) {
    return offsetOf(address) != Integer.MIN_VALUE;
  }

  /** Offset of the leader at a physical address, or the least number. */
  final int offsetOf(int address) {
    for (Plan.BasicBlock block : plan.blocks()) {
      if (!plan.borrows(block.offset())
          && address(plan, physical, pages, block.offset()) == address) {
        return block.offset();
      }
    }
    return Integer.MIN_VALUE;
  }

  /** The entry at a physical address, or -1. */
  public final int entryAt(int address) {
    for (int n = 0; n < plan.entries().length; n++) {
      if (entry(n) == address) {
        return n;
      }
    }
    return -1;
  }

  /**
   * Runs at EIP, which is that of an entry, for about {@code budget} instructions. Leaves by {@link
   * #leave}, or with a fault, having set {@link Processor#unused} and {@link Processor#undone}.
   */
  public abstract void run(Processor c, int budget, int entry);

  /** A call of {@link #run} that returns at once: what is called often, HotSpot compiles. */
  public final void doNothing() {
    run(null, 0, 0);
  }

  /** Physical address of the first instruction. */
  public final int physical() {
    return physical;
  }

  /** Physical numbers of the pages that it has bytes in; -1 for gaps. */
  public final int[] pages() {
    return pages;
  }

  /** Whether a byte of a physical page was translated. */
  public final boolean covers(int page, int offset) {
    int first = plan.firstPage(physical);
    for (int n = 0; n < pages.length; n++) {
      if (pages[n] == page) {
        int at = (first + n << 12) + offset - (physical & 0xFFF) - plan.from();
        if (at >= 0 && at < plan.covered().length && plan.covered()[at]) {
          return true;
        }
      }
    }
    return false;
  }

  /** Sets bit n for each translated byte n of a physical page. */
  public final void mark(int page, long[] bits) {
    boolean[] covered = plan.covered();
    int first = plan.firstPage(physical);
    for (int n = 0; n < pages.length; n++) {
      if (pages[n] == page) {
        int begin = (first + n << 12) - (physical & 0xFFF) - plan.from();
        int end = Math.min(begin + PhysicalMemory.PAGE_SIZE, covered.length);
        for (int at = Math.max(0, begin); at < end; at++) {
          if (covered[at]) {
            bits[at - begin >>> 6] |= 1L << at - begin;
          }
        }
      }
    }
  }

  /** Whether the code is for segments as they are now, see {@link SegmentRegisters#mode}. */
  public final boolean runs(int mode) {
    return valid && ((mode ^ plannedMode) & plannedMask) == 0;
  }

  /** Whether EIP and what is mapped there are all that decides where the region can be entered. */
  public final boolean linkable() {
    return plan.flatCode() && plan.code32();
  }

  /** Whether the region can run now: segments as it was made for, pages where they were. */
  public final boolean fits(Processor c, int entry) {
    int eip = c.eip - plan.entries()[entry];
    if (!runs(c.segments.mode)) {
      return false;
    }
    if (plan.fixedEip() != -1 && plan.fixedEip() != eip) {
      return false;
    }
    if (!plan.flatCode() && !withinLimit(c, eip)) {
      return false;
    }
    return pages.length == 1 || mapped(c, eip);
  }

  /**
   * As {@link #fits}, of a region that is {@link #linkable} and has its entry where it was.
   *
   * @param first what EIP is at the first instruction
   */
  public final boolean isStill(Processor c, int first) {
    return runs(c.segments.mode) && (pages.length == 1 || mapped(c, first));
  }

  private boolean withinLimit(Processor c, int first) {
    long limit = c.segments.limit[Processor.CS] & 0xFFFFFFFFL;
    long eip = first & 0xFFFFFFFFL;
    return eip + plan.from() >= 0 && eip + plan.to() - 1 <= limit;
  }

  private boolean mapped(Processor c, int eip) {
    int linear = c.segments.base[Processor.CS] + eip;
    if (checkedGeneration == c.mmu.generation && checkedLinear == linear && checkedCpl == c.cpl) {
      return true;
    }
    int first = (linear >>> 12) + plan.firstPage(physical);
    for (int n = 0; n < pages.length; n++) {
      if (pages[n] >= 0 && c.mmu.cached(first + n) != pages[n]) {
        return false;
      }
    }
    checkedGeneration = c.mmu.generation;
    checkedLinear = linear;
    checkedCpl = c.cpl;
    return true;
  }

  /**
   * What every way out of a region ends with.
   *
   * @param eip where the guest goes on
   * @param unused what is left of the budget
   * @param why instructions counted but not done, the one at EIP the first of them; 0 if the way
   *     out is not for the sake of that instruction; {@link #CROSSED} is added where it applies
   */
  public static void leave(Processor c, Region here, int eip, int unused, int why) {
    int undone = why & CROSSED - 1;
    if (undone != why) {
      crossed(c, here);
    }
    c.eip = eip;
    c.unused = unused + undone;
    c.undone = 0;
    c.missed = undone != 0;
  }

  /** After an instruction that leaves the region itself and has set EIP. */
  public static void left(Processor c, int unused) {
    c.unused = unused;
    c.undone = 0;
    c.missed = false;
  }

  /** Guest calls that are calls of the JVM, one within the other, at most. */
  private static final int DEEPEST_CALL = 48;

  /**
   * Runs the function at EIP, as a call by {@code caller}. Its return is one of the JVM, and costs
   * no search for where to go on.
   *
   * @param back where the guest goes on after the function
   * @param mapping {@link Processor#mapping} when the caller was entered
   * @return the budget left if the caller goes on at {@code back}; otherwise 0 or less, and the
   *     caller returns at once
   */
  public static int call(Processor c, Region caller, int budget, int back, int mapping) {
    Region callee = budget > 0 && c.callDepth < DEEPEST_CALL ? c.jumps.find(c) : null;
    if (callee == null) {
      left(c, budget);
      return 0;
    }
    c.callDepth++;
    callee.run(c, budget, c.jumps.entry);
    c.callDepth--;
    return stays(c, caller, back, mapping) ? c.unused : 0;
  }

  /** After an instruction that may change everything: as {@link #call}, without a function. */
  public static int goOn(Processor c, Region here, int budget, int back, int mapping) {
    left(c, budget);
    return stays(c, here, back, mapping) ? budget : 0;
  }

  /** Crossings between two looks at how often they are. */
  private static final int CROSSINGS = 256;

  /** A look-up for each access costs less than a crossing each so many instructions. */
  private static final int SELDOM = 4_000;

  /**
   * The reason to leave is that accesses that have one page looked up for them are in two. More
   * than instructions of a region.
   */
  static final int CROSSED = 1 << 16;

  /**
   * Where that is often, as with a structure that lies so, the code is made anew without windows.
   */
  private static void crossed(Processor c, Region here) {
    if (++here.crossings % CROSSINGS == 0) {
      long now = c.instructions();
      if (now - here.crossingsBegan < (long) CROSSINGS * SELDOM) {
        c.crossesOften(here);
      }
      here.crossingsBegan = now;
    }
  }

  private static boolean stays(Processor c, Region here, int back, int mapping) {
    return c.eip == back
        && !c.missed
        && c.events == 0
        && c.mapping() == mapping
        && here.runs(c.segments.mode);
  }
}
