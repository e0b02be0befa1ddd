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
 * tells: some 50 ns interpreted, a few compiled.
 */
public final class Translation implements RegionStore.Compilation {
  /**
   * Calls after which HotSpot queues a method for compilation: Tier3InvocationThreshold, which is
   * 200, multiplied by how long its queue is; and of those in the queue it takes first what was
   * called most.
   */
  private static final int FIRST_CALLS = 3_000;

  /** Calls of a look, which also keep HotSpot from taking the region out of its queue again. */
  private static final int CALLS = 16;

  /** A call that does nothing takes less than this in compiled code, ns. */
  private static final int COMPILED = 14;

  /** Between two looks at the regions that wait, ns. */
  private static final long PAUSE = 1_000_000;

  /** Looks after which a region is given up: HotSpot does not compile it. */
  private static final int MOST_LOOKS = 4_000;

  private final Executor executor;

  // Only for the executor's thread.
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean looking;

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
    call(region, FIRST_CALLS);
    waiting.add(new Waiting(region, compiled, refused));
    lookAgain();
  }

  private static void call(Region region, int times) {
    for (int n = 0; n < times; n++) {
      region.doNothing();
    }
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
      long before = System.nanoTime();
      call(next.region, CALLS);
      if (System.nanoTime() - before < CALLS * COMPILED) {
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
