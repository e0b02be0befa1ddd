package troupe.processor.translator;

import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import troupe.processor.decode.Insn;

/**
 * Regions by the code they were made of, for all processors of a process. What is translated for
 * one serves all that run the same code.
 *
 * <p>Bounded: the store forgets what was used least recently. Classes go when no processor has an
 * instance any more.
 */
public final class RegionStore {
  /**
   * When to translate and how much.
   *
   * @param threshold runs of a block that make it hot, at most (see {@link
   *     Translator#nextThreshold}); 1 translates everything at once
   * @param maxInstructions guest instructions of a region at most
   * @param maxBytes of memory that what is kept in the store takes
   */
  public record Limits(int threshold, int maxInstructions, long maxBytes) {
    public static final Limits DEFAULT = new Limits(2_000, 300, 256 << 20);

    /** For tests of the translator. */
    public static final Limits EVERYTHING = new Limits(1, 300, 512 << 20);
  }

  /** Has regions compiled by the JVM before they are used. */
  public interface Compilation {
    /** Uses every region at once. */
    Compilation NOT_AWAITED = (region, compiled, refused) -> compiled.run();

    /**
     * On a thread of the executor.
     *
     * @param compiled to be run on a thread of the executor when the region's code is fast
     * @param refused to be run instead if it will not be
     */
    void compile(Region region, Runnable compiled, Runnable refused);
  }

  /** What the lookup goes by: the bytes of the first block, and what else the code depends on. */
  record Key(ByteBuffer head, int mode, int fixedEip) {}

  /** A class made of a plan. */
  static final class Compiled {
    final Plan plan;
    private final Class<? extends Region> type;
    private final Insn[] insns;
    private final int bytes;

    /**
     * @param fileBytes of the class file
     */
    Compiled(Plan plan, Class<? extends Region> type, Insn[] insns, int fileBytes) {
      this.plan = plan;
      this.type = type;
      this.insns = insns;
      bytes = fileBytes * TAKEN_BY_FILE_BYTE;
    }

    Region instance() {
      try {
        Region region = type.getDeclaredConstructor().newInstance();
        region.setPlan(plan);
        region.insns = insns;
        region.bytes = bytes;
        return region;
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
  }

  /**
   * Called on a thread of the executor: the class, or null if there is none; and the ns it took.
   */
  interface Done {
    void done(Compiled compiled, Plan plan, long nanos);
  }

  /**
   * Bytes of memory for each byte of a class file. Measured of {@code Endurance}: 2 on the heap and
   * 2 of metaspace; the code that the JVM compiles it to is about as much again.
   */
  private static final int TAKEN_BY_FILE_BYTE = 8;

  private static final int HEAP_BY_FILE_BYTE = 2;

  /** How much of what regions take is on the heap; the rest is metaspace and compiled code. */
  public static long heapBytes(long taken) {
    return taken / TAKEN_BY_FILE_BYTE * HEAP_BY_FILE_BYTE;
  }

  /** Bytes of code in a method up to which HotSpot compiles it. */
  static final int HUGE_METHOD = 7_900;

  private static final String NAME = "troupe.processor.translator.Translated";

  /**
   * What is made for many processors has a name of its own, as the launcher has HotSpot wait for
   * more calls before C2 compiles it: the counts of all of them add up.
   */
  private static final String NAME_FOR_MANY = NAME + "ForMany";

  /** So many processors that run as much as each other are many. */
  private static final int MANY = 3;

  /** Instructions counted of all processors between two looks at how many of them run. */
  private static final long LOOK = 30_000_000;

  /**
   * Of a slice, at most: as many as are interpreted in one. Translated code runs ten times more.
   */
  private static final long MOST_COUNTED = 100_000;

  private final Limits limits;
  private final Executor executor;
  private final Compilation compilation;
  private final MethodHandles.Lookup lookup = MethodHandles.lookup();
  private final Map<Key, List<Compiled>> compiled = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<Key, List<Done>> pending = new HashMap<>();

  /** Instructions of each processor, the older the less; one that is gone is forgotten. */
  private final Map<Object, Long> ran = new WeakHashMap<>();

  /** Since the last look. */
  private long ranTogether;

  private boolean isForMany;
  private long bytes;
  private long made;
  private long nanos;
  private int largest;

  /**
   * @param executor where translation is done; one that runs its tasks at once makes the moment at
   *     which code is translated the same in every run
   */
  public RegionStore(Limits limits, Executor executor) {
    this(limits, executor, Compilation.NOT_AWAITED);
  }

  public RegionStore(Limits limits, Executor executor, Compilation compilation) {
    this.limits = limits;
    this.executor = executor;
    this.compilation = compilation;
  }

  public Limits limits() {
    return limits;
  }

  /** A processor has run that many instructions since the last time. */
  synchronized void ran(Object processor, long instructions) {
    // The count goes back when a saved state is restored.
    long counted = Math.clamp(instructions, 0L, MOST_COUNTED);
    ran.merge(processor, counted, Long::sum);
    ranTogether += counted;
    if (ranTogether >= LOOK) {
      look();
    }
  }

  private void look() {
    ranTogether = 0;
    // Among n that run as much as each other the sum of squares is an n-th of the sum's square;
    // those that idle add next to nothing to either.
    double sum = 0;
    double squares = 0;
    for (long n : ran.values()) {
      sum += n;
      squares += (double) n * n;
    }
    // Guests that boot wait for their devices in turn: what are many remain it for a while.
    isForMany = sum * sum >= squares * (isForMany ? MANY - 1 : MANY);
    ran.replaceAll((processor, n) -> n * 3 / 4);
  }

  /** Whether many processors run now, and with what is here. */
  synchronized boolean isForMany() {
    return isForMany;
  }

  /** Regions that are being translated, or compiled by the JVM. */
  synchronized int queue() {
    return pending.size();
  }

  /** What was made of code that begins like this. */
  synchronized List<Compiled> find(Key key) {
    List<Compiled> found = compiled.get(key);
    return found == null ? List.of() : List.copyOf(found);
  }

  /** Translates a plan, unless one that begins alike is being translated: then waits for that. */
  void translate(Key key, Plan plan, Done done) {
    synchronized (this) {
      List<Done> waiting = pending.get(key);
      if (waiting != null) {
        waiting.add(done);
        return;
      }
      waiting = new ArrayList<>();
      waiting.add(done);
      pending.put(key, waiting);
    }
    executor.execute(() -> work(key, plan, plan));
  }

  /** Translates a part of a plan, all of it at first. */
  private void work(Key key, Plan plan, Plan part) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    Compiled made = null;
    try {
      made = compile(part);
    } finally {
      long took = threads.getCurrentThreadCpuTime() - before;
      Compiled region = made;
      if (region == null) {
        finish(key, plan, null, took);
      } else {
        compilation.compile(
            region.instance(),
            () -> finish(key, plan, region, took),
            () -> refused(key, plan, region.plan, took));
      }
    }
  }

  /** HotSpot did not compile a region: half of it may do. */
  private void refused(Key key, Plan plan, Plan part, long took) {
    int blocks = part.blocks().size();
    if (blocks > 1) {
      work(key, plan, part.firstBlocks(blocks / 2));
    } else {
      finish(key, plan, null, took);
    }
  }

  private void finish(Key key, Plan plan, Compiled region, long took) {
    List<Done> waiting;
    synchronized (this) {
      nanos += took;
      if (region != null) {
        made++;
        keep(key, region);
      }
      waiting = pending.remove(key);
    }
    for (int n = 0; n < waiting.size(); n++) {
      waiting.get(n).done(region, plan, n == 0 ? took : 0);
    }
  }

  private void keep(Key key, Compiled made) {
    List<Compiled> alike = compiled.computeIfAbsent(key, k -> new ArrayList<>());
    bytes -= bytes(alike);
    // The same with fewer entries is of no use any more.
    alike.removeIf(old -> old.plan.blocks() == made.plan.blocks());
    alike.add(made);
    bytes += bytes(alike);
    var oldest = compiled.entrySet().iterator();
    while (bytes > limits.maxBytes() && oldest.hasNext()) {
      bytes -= bytes(oldest.next().getValue());
      oldest.remove();
    }
  }

  private static long bytes(List<Compiled> regions) {
    return regions.stream().mapToLong(region -> region.bytes).sum();
  }

  private Compiled compile(Plan plan) {
    Plan part = plan;
    while (true) {
      RegionEmitter emitter = new RegionEmitter(part);
      byte[] file = emitter.emit(isForMany() ? NAME_FOR_MANY : NAME);
      if (emitter.codeSize() > HUGE_METHOD && part.instructions() > 1) {
        part = part.shortened((double) HUGE_METHOD / emitter.codeSize());
        continue;
      }
      synchronized (this) {
        largest = Math.max(largest, emitter.codeSize());
      }
      try {
        Class<? extends Region> type =
            lookup.defineHiddenClass(file, true).lookupClass().asSubclass(Region.class);
        return new Compiled(part, type, emitter.raw(), file.length);
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
  }

  /**
   * Figures for reports.
   *
   * @param regions made since the start
   * @param nanos processor time that making them took, ns, without the JVM's compilation of them
   * @param queue waiting to be made
   * @param threshold see {@link Limits}; 0 if nothing is translated
   * @param largest bytes of code in the largest method
   */
  public record Counters(long regions, long nanos, int queue, int threshold, int largest) {
    public static final Counters NONE = new Counters(0, 0, 0, 0, 0);
  }

  public synchronized Counters counters() {
    return new Counters(made, nanos, queue(), limits.threshold(), largest);
  }
}
