package troupe.engine.pc;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import troupe.processor.translator.Region;
import troupe.processor.translator.RegionStore;

/**
 * Translation in the background, on a thread of its own. New regions are held back until HotSpot
 * has compiled them: before that, the JVM's interpreter would run them, 25 times slower than ours
 * runs the guest's code.
 *
 * <p>HotSpot does not say when it has compiled a method, so the time of a call that does nothing
 * tells: interpreted it takes three to four times as long as compiled.
 */
public final class Translation implements RegionStore.Compilation {
  /**
   * Calls after which HotSpot queues a method for compilation: Tier3InvocationThreshold, which is
   * 200, multiplied by how long its queue is; and of those in the queue it takes first what was
   * called most.
   */
  private static final int FIRST_CALLS = 3_000;

  /**
   * Calls of a look without the clock, and of one with it. They also keep HotSpot from taking the
   * region out of its queue again.
   */
  private static final int CALLS = 8;

  /** A call takes less than this part of one that is interpreted if it is compiled. */
  private static final double COMPILED = 0.5;

  /**
   * The time of a call that is interpreted is taken to grow by at most this from region to region.
   */
  private static final double GROWTH = 1.05;

  /** Between two looks at the regions that wait, ns. */
  private static final long PAUSE = 1_000_000;

  /** Looks after which a region is given up: HotSpot does not compile it. */
  private static final int MOST_LOOKS = 4_000;

  private final Executor executor;

  // Only for the executor's thread.
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean looking;

  /** Time of a call that does nothing, interpreted, ns. */
  private double interpreted = Double.MAX_VALUE / GROWTH;

  private static final class Waiting {
    final Region region;
    final Runnable compiled;
    final Runnable refused;
    int looks;

    Waiting(Region region, Runnable compiled, Runnable refused) {
      this.region = region;
      this.compiled = compiled;
      this.refused = refused;
    }
  }

  private Translation(Executor executor) {
    this.executor = executor;
  }

  /** A store for all VMs of a process, with its thread. */
  public static RegionStore inBackground() {
    Executor executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "translation");
              thread.setDaemon(true);
              return thread;
            });
    return new RegionStore(RegionStore.Limits.DEFAULT, executor, new Translation(executor));
  }

  @Override
  public void compile(Region region, Runnable compiled, Runnable refused) {
    // With the thread interrupted in between it is too long, hence the least of late.
    double took = (double) time(region, FIRST_CALLS) / FIRST_CALLS;
    interpreted = Math.min(took, interpreted * GROWTH);
    waiting.add(new Waiting(region, compiled, refused));
    lookAgain();
  }

  /** Calls a region so many times, and returns the time of that, ns. */
  private static long time(Region region, int calls) {
    long before = System.nanoTime();
    for (int n = 0; n < calls; n++) {
      region.doNothing();
    }
    return System.nanoTime() - before;
  }

  private void lookAgain() {
    if (!looking && !waiting.isEmpty()) {
      looking = true;
      executor.execute(this::look);
    }
  }

  private void look() {
    looking = false;
    // What is told of a region may add others.
    List<Runnable> outcomes = new ArrayList<>();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting next = all.next();
      // What the CPU's caches do not have is slow, compiled or not: only the second time counts.
      time(next.region, CALLS);
      if (time(next.region, CALLS) < CALLS * interpreted * COMPILED) {
        all.remove();
        outcomes.add(next.compiled);
      } else if (++next.looks == MOST_LOOKS) {
        all.remove();
        outcomes.add(next.refused);
      }
    }
    outcomes.forEach(Runnable::run);
    if (!waiting.isEmpty()) {
      LockSupport.parkNanos(PAUSE);
    }
    lookAgain();
  }
}
