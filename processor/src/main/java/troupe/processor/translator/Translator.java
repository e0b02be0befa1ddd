package troupe.processor.translator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.decode.Block;
import troupe.processor.decode.CodeCache;
import troupe.processor.memory.PhysicalMemory;

/**
 * Decides for one processor what is translated, and attaches what was. All methods are for the
 * thread that runs the processor.
 */
public final class Translator {
  /** Places where a region can be entered, at most. */
  private static final int MOST_ENTRIES = 40;

  /**
   * Regions of this processor that wait for their translation at most, those that are at work
   * included.
   */
  private static final int MOST_WAITING = 200;

  /**
   * Regions of this processor that are being translated, or compiled by the JVM, at once. The
   * others wait here, where the hottest goes first: a loop that has just begun must not wait for
   * hundreds of regions that seldom run. And those of other processors do not wait long.
   */
  private static final int MOST_AT_WORK = 32;

  /** The threshold falls to this part of what was set. */
  private static final int LEAST_PART = 8;

  /** Or to this where guests want the CPUs that translation takes. */
  private static final int LEAST_PART_FOR_MANY = 4;

  /** By so many runs a slice. */
  private static final int FALL = 8;

  /** By which part of itself it rises, for each region that waits. */
  private static final int RISE = 64;

  private final Processor c;
  private final CodeCache cache;
  private final RegionStore store;
  private final PlanBuilder builder;
  private final Queue<Runnable> finished = new ConcurrentLinkedQueue<>();
  private final AtomicLong nanos = new AtomicLong();

  /** Runs of a block that make it hot just now. */
  private int threshold;

  /** {@link Processor#instructions} when {@link #nextThreshold} was last called. */
  private long instructions;

  private long regions;
  private long translated;
  private final List<Waiting> waiting = new ArrayList<>();
  private int atWork;

  /** A plan that waits for its turn, with the blocks that it is to replace. */
  private record Waiting(
      RegionStore.Key key,
      Plan plan,
      int physical,
      int[] pages,
      Region replaced,
      List<Block> blocks) {
    /** Instructions that the interpreter has run of it meanwhile. */
    long interpreted() {
      long sum = 0;
      for (Block block : blocks) {
        sum += block.heat < 0 ? (block.heat - (long) Integer.MIN_VALUE) * block.count : 0;
      }
      return sum;
    }
  }

  public Translator(Processor c, CodeCache cache, RegionStore store) {
    this.c = c;
    this.cache = cache;
    this.store = store;
    builder = new PlanBuilder(c, cache, store.limits().maxInstructions());
    threshold = store.limits().threshold();
  }

  /**
   * Runs of a block that make it hot, until the next call. While nothing waits for its translation,
   * for no processor, fewer are enough each time, down to a part of what was set; else it goes back
   * there.
   */
  public int nextThreshold() {
    long now = c.instructions();
    store.ran(c, now - instructions);
    instructions = now;
    int most = store.limits().threshold();
    long left = Math.max(waiting(), store.queue());
    if (left == 0) {
      int least = most / (store.isForMany() ? LEAST_PART_FOR_MANY : LEAST_PART);
      threshold = Math.max(Math.max(1, least), threshold - FALL);
    } else {
      threshold = (int) Math.min(most, threshold + left * threshold / RISE);
    }
    return threshold;
  }

  public TranslationCounters counters() {
    return new TranslationCounters(regions, translated, waiting(), nanos.get());
  }

  private long waiting() {
    return waiting.size() + atWork;
  }

  /** Attaches what was translated since the last call. */
  public void attachFinished() {
    for (Runnable next = finished.poll(); next != null; next = finished.poll()) {
      next.run();
      startNext();
    }
  }

  /** The block at EIP has become hot. */
  public void hot(Block block) {
    if (block.inside != null) {
      enterAt(block);
      return;
    }
    int linear = c.segments.base[Processor.CS] + c.eip;
    boolean code32 = (c.segments.mode & SegmentRegisters.CODE32) != 0;
    RegionStore.Key key = key(block, code32 ? -1 : c.eip);
    if (key == null) {
      block.heat = Integer.MIN_VALUE;
      return;
    }
    for (RegionStore.Compiled known : store.find(key).reversed()) {
      if (attach(known, block.physical, pages(known.plan, block.physical, linear))) {
        block.heat = Integer.MIN_VALUE;
        return;
      }
    }
    if (waiting() >= MOST_WAITING) {
      block.heat = threshold - threshold / 8 - 1;
      return;
    }
    Plan plan = builder.build(block);
    block.heat = Integer.MIN_VALUE;
    int[] pages = pages(plan, block.physical, linear);
    if (!readBytes(plan, block.physical, pages)) {
      return;
    }
    translate(key, plan, block.physical, pages, null);
  }

  /** A block within a region is often come to from outside: translates that with one more entry. */
  private void enterAt(Block block) {
    if (block.heat < 0) {
      return;
    }
    Region region = block.inside;
    block.heat = Integer.MIN_VALUE;
    if (region.owns(block.physical) && region.entries() < MOST_ENTRIES) {
      replace(region, region.plan.withEntry(region.offsetOf(block.physical)));
    }
  }

  /** Translates a region without what pays only where it seldom has to be left for it. */
  public void withoutWindows(Region region) {
    if (region.plan.windows() && !region.beingReplaced) {
      region.beingReplaced = true;
      replace(region, region.plan.withoutWindows());
    }
  }

  private void replace(Region region, Plan plan) {
    Block head = cache.find(region.physical, region.code32());
    RegionStore.Key key = head == null ? null : key(head, region.plan.fixedEip());
    if (key == null || !region.valid) {
      return;
    }
    for (RegionStore.Compiled known : store.find(key)) {
      if (known.plan.serves(plan)) {
        cache.drop(region);
        attach(known, region.physical, region.pages);
        return;
      }
    }
    translate(key, plan, region.physical, region.pages, region);
  }

  private void translate(
      RegionStore.Key key, Plan plan, int physical, int[] pages, Region replaced) {
    List<Block> blocks = blocks(plan, physical, pages);
    blocks.forEach(block -> block.heat = Integer.MIN_VALUE);
    waiting.add(new Waiting(key, plan, physical, pages, replaced, blocks));
    startNext();
    attachFinished();
  }

  private void startNext() {
    while (atWork < MOST_AT_WORK && !waiting.isEmpty()) {
      Waiting next = Collections.max(waiting, Comparator.comparingLong(Waiting::interpreted));
      waiting.remove(next);
      atWork++;
      store.translate(
          next.key,
          next.plan,
          (compiled, made, took) -> {
            nanos.addAndGet(took);
            finished.add(() -> finish(next, compiled, made == next.plan));
          });
    }
  }

  /** The decoded blocks of a plan, as far as they are there. */
  private List<Block> blocks(Plan plan, int physical, int[] pages) {
    return Arrays.stream(Region.leaders(plan, physical, pages))
        .mapToObj(leader -> cache.find(leader, plan.code32()))
        .filter(Objects::nonNull)
        .toList();
  }

  private void finish(Waiting w, RegionStore.Compiled compiled, boolean own) {
    atWork--;
    if (compiled == null) {
      return;
    }
    blocks(w.plan, w.physical, w.pages).forEach(block -> block.heat = 0);
    if (own) {
      translated++;
    }
    if (own || w.replaced != null && compiled.plan.serves(w.plan)) {
      if (w.replaced != null && w.replaced.valid) {
        cache.drop(w.replaced);
      }
      attach(compiled, w.physical, w.pages);
      return;
    }
    if (w.replaced != null) {
      w.replaced.beingReplaced = false;
    }
    // Another processor's plan, with perhaps other pages: found again when the block is next hot.
    Block block = cache.find(w.physical, (w.plan.mode() & SegmentRegisters.CODE32) != 0);
    if (block != null) {
      block.heat = threshold - 2;
    }
  }

  /** What a region that begins with a block is found by; null if the code cannot be read. */
  private RegionStore.Key key(Block block, int fixedEip) {
    byte[] page = c.memory.readable(block.physical >>> PhysicalMemory.PAGE_SHIFT);
    if (page == null) {
      return null;
    }
    int length = 0;
    for (int n = 0; n < block.count; n++) {
      length += block.code[n].length;
    }
    int from = block.physical & PhysicalMemory.PAGE_MASK;
    byte[] head = new byte[Math.min(length, PhysicalMemory.PAGE_SIZE - from)];
    System.arraycopy(page, from, head, 0, head.length);
    return new RegionStore.Key(ByteBuffer.wrap(head), c.segments.mode, fixedEip);
  }

  /** The physical pages that a plan's bytes are in if it begins here; null if one is not known. */
  private int[] pages(Plan plan, int physical, int linear) {
    int first = plan.firstPage(physical);
    int[] pages = new int[plan.lastPage(physical) - first + 1];
    for (int n = 0; n < pages.length; n++) {
      int delta = first + n;
      if (!plan.needs(physical, delta)) {
        pages[n] = -1;
      } else if (delta == 0) {
        pages[n] = physical >>> PhysicalMemory.PAGE_SHIFT;
      } else {
        pages[n] = c.mmu.cached((linear >>> PhysicalMemory.PAGE_SHIFT) + delta & 0xFFFFF);
        if (pages[n] < 0) {
          return null;
        }
      }
    }
    return pages;
  }

  /** Fills in the bytes of a new plan; false if they cannot be read. */
  private boolean readBytes(Plan plan, int physical, int[] pages) {
    return pages != null && eachByte(plan, physical, pages, true);
  }

  /** Copies or compares all bytes of a plan. */
  private boolean eachByte(Plan plan, int physical, int[] pages, boolean copy) {
    int first = plan.firstPage(physical);
    for (int n = 0; n < plan.bytes().length; n++) {
      if (!plan.covered()[n]) {
        continue;
      }
      int at = (physical & PhysicalMemory.PAGE_MASK) + plan.from() + n;
      byte[] page = c.memory.readable(pages[(at >> PhysicalMemory.PAGE_SHIFT) - first]);
      if (page == null) {
        return false;
      }
      byte is = page[at & PhysicalMemory.PAGE_MASK];
      if (copy) {
        plan.bytes()[n] = is;
      } else if (plan.bytes()[n] != is) {
        return false;
      }
    }
    return true;
  }

  private boolean attach(RegionStore.Compiled compiled, int physical, int[] pages) {
    if (pages == null || !eachByte(compiled.plan, physical, pages, false)) {
      return false;
    }
    Region region = compiled.instance();
    region.physical = physical;
    region.pages = pages;
    if (!cache.attach(region)) {
      return false;
    }
    regions++;
    return true;
  }
}
