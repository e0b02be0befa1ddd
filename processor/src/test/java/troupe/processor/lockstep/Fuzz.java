package troupe.processor.lockstep;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import troupe.processor.lockstep.FuzzProgram.Step;
import troupe.processor.lockstep.FuzzProgram.Translation;
import troupe.processor.translator.RegionStore;

/**
 * Runs random programs in lock step until time is up: {@code Fuzz SECONDS FIRST-SEED FOLDER}. Each
 * mismatch is made smaller and stored in the folder as a reproducer.
 */
public final class Fuzz {
  /** Programs that are stored at most in one run. */
  private static final int ENOUGH = 20;

  private static final int SHRINKING_RUNS = 2_000;
  private static final Duration LONGEST = Duration.ofMillis(500);

  /** A line about what was done is printed this often. */
  private static final Duration REPORTS = Duration.ofMinutes(1);

  /** Vectors of external interrupts: some return, some go on elsewhere. */
  private static final int[] VECTORS = {0x20, 0x22, 0x40, 0x21, 0x24, 0x80, 0x26};

  private Fuzz() {}

  /**
   * What one run of a program showed.
   *
   * @param largest bytes of code in the largest method that was made
   */
  record Outcome(Optional<String> difference, long instructions, long regions, int largest) {}

  /** Runs a program on both engines. */
  static Outcome run(FuzzProgram program) {
    return run(program, Long.MAX_VALUE);
  }

  /**
   * @param most ns of CPU after which the rest of the steps is left out: those programs that are in
   *     a REP with a large count would take minutes
   */
  private static Outcome run(FuzzProgram program, long most) {
    long start = cpuTime();
    Translation translation = program.translation();
    Queue<Runnable> tasks = new ArrayDeque<>();
    RegionStore store =
        new RegionStore(
            new RegionStore.Limits(translation.threshold(), translation.longest(), 1L << 30),
            translation.deferred() ? tasks::add : Runnable::run);
    LockStep lockStep = new LockStep(store, new FuzzImage(program), VECTORS);
    Optional<String> difference = Optional.empty();
    try {
      int number = 0;
      for (Step step : program.steps()) {
        switch (step) {
          case Step.Run(int budget) -> difference = lockStep.run(budget);
          case Step.Interrupt() -> lockStep.interrupt();
          case Step.NonMaskable() -> lockStep.nonMaskableInterrupt();
          case Step.Write(int address, byte[] bytes) -> lockStep.write(address, bytes);
          case Step.A20(boolean open) -> lockStep.setA20(open);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        number++;
        if (difference.isPresent()) {
          int at = number;
          difference =
              difference.map(
                  text ->
                      "after step %d, instruction %d: %s"
                          .formatted(at, lockStep.translating().instructions(), text));
          break;
        }
        if (lockStep.translating().shutDown() || cpuTime() - start > most) {
          break;
        }
      }
    } catch (RuntimeException | Error e) {
      String first = e.toString().lines().findFirst().orElse("");
      difference = Optional.of("thrown: " + first + place(e));
    }
    return new Outcome(
        difference,
        lockStep.translating().instructions(),
        lockStep.translating().translation().regions(),
        store.counters().largest());
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static String place(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  // ---- Making smaller

  /** A program with as few units and steps as still show a difference. */
  static FuzzProgram shrink(FuzzProgram program) {
    int[] left = {SHRINKING_RUNS};
    FuzzProgram smaller = program;
    int before;
    do {
      before = size(smaller);
      smaller = without(smaller, smaller.steps(), smaller::withSteps, left);
      smaller = without(smaller, smaller.units(), smaller::withUnits, left);
    } while (size(smaller) < before && left[0] > 0);
    return smaller;
  }

  private static int size(FuzzProgram program) {
    return program.units().size() + program.steps().size();
  }

  /** Leaves out parts of a list, larger ones first. */
  private static <T> FuzzProgram without(
      FuzzProgram program, List<T> all, Function<List<T>, FuzzProgram> with, int[] left) {
    FuzzProgram best = program;
    List<T> kept = new ArrayList<>(all);
    for (int chunk = Math.max(1, kept.size() / 2); chunk > 0; chunk /= 2) {
      for (int at = kept.size() - chunk; at >= 0 && left[0] > 0; at -= chunk) {
        List<T> less = new ArrayList<>(kept);
        less.subList(at, Math.min(at + chunk, less.size())).clear();
        FuzzProgram candidate = with.apply(less);
        left[0]--;
        if (run(candidate).difference().isPresent()) {
          kept = less;
          best = candidate;
        }
        at = Math.min(at, kept.size());
      }
    }
    return best;
  }

  // ---- Main program

  /** Runs for a time; a mismatch ends it with status 1. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 2 && arguments[0].equals("replay")) {
      FuzzProgram program = FuzzProgram.parse(Files.readAllLines(Path.of(arguments[1])));
      System.out.println(run(program).difference().orElse("no difference"));
      return;
    }
    if (arguments.length != 3) {
      System.err.println("usage: Fuzz SECONDS FIRST-SEED FOLDER, or Fuzz replay FILE");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[2]));
    int found =
        run(Duration.ofSeconds(Long.parseLong(arguments[0])), Long.parseLong(arguments[1]), folder);
    System.exit(found == 0 ? 0 : 1);
  }

  private static int run(Duration duration, long first, Path folder) throws IOException {
    Instant start = Instant.now();
    Instant end = start.plus(duration);
    Instant report = start.plus(REPORTS);
    Totals totals = new Totals(first);
    for (long seed = first; Instant.now().isBefore(end) && totals.found < ENOUGH; seed++) {
      FuzzProgram program = ProgramMaker.make(seed);
      Outcome outcome = run(program, LONGEST.toNanos());
      totals.add(program.mode(), outcome);
      if (outcome.difference().isPresent()) {
        store(program, seed, folder);
      }
      if (Instant.now().isAfter(report)) {
        report = report.plus(REPORTS);
        System.out.println(totals);
      }
    }
    System.out.println(totals);
    System.out.println(totals.modes);
    return totals.found;
  }

  /** What was run so far. */
  private static final class Totals {
    final Map<Mode, Integer> modes = new EnumMap<>(Mode.class);
    private final long first;
    private int programs;
    private long instructions;
    private long regions;
    int found;

    Totals(long first) {
      this.first = first;
    }

    void add(Mode mode, Outcome outcome) {
      programs++;
      modes.merge(mode, 1, Integer::sum);
      instructions += outcome.instructions();
      regions += outcome.regions();
      found += outcome.difference().isPresent() ? 1 : 0;
    }

    @Override
    public String toString() {
      return "%d programs from seed %d in %d s of CPU: %d instructions compared, %d regions, %d mismatches"
          .formatted(programs, first, cpuTime() / 1_000_000_000, instructions, regions, found);
    }
  }

  private static void store(FuzzProgram program, long seed, Path folder) throws IOException {
    FuzzProgram small = shrink(program);
    String what = run(small).difference().orElse("nothing any more");
    Path file = folder.resolve("seed-" + seed + ".txt");
    Files.writeString(file, "# " + what.replace("\n", "\n# ") + "\n" + small.text());
    System.out.println(file + " (" + small.mode() + "): " + what);
  }
}
