package troupe.scheduler;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Wakes halted VMs and refills buckets: one thread that runs short actions after delays, much more
 * exactly than the actor system's scheduler, whose ticks are milliseconds.
 */
public final class AlarmClock implements AutoCloseable {
  /** An alarm that has been set. */
  @FunctionalInterface
  public interface Alarm {
    void cancel();
  }

  private final ScheduledThreadPoolExecutor executor;

  public AlarmClock() {
    executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("alarm-clock").factory());
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Runs {@code action}, which must only send a message, in {@code nanos} nanoseconds. */
  public Alarm in(long nanos, Runnable action) {
    var future = executor.schedule(action, nanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
