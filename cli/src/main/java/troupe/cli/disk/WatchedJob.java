package troupe.cli.disk;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import troupe.diskio.DiskJob;

/**
 * A job in the foreground: its progress is shown on a terminal once it takes a while, and a signal
 * to end the process stops it and waits until its traces are removed.
 */
final class WatchedJob implements DiskJob, AutoCloseable {
  private static final Duration QUIET = Duration.ofMillis(700);
  private static final long LONGEST_CLEANING = 30;

  private final String name;
  private final boolean show;
  private final long start = System.nanoTime();
  private final CountDownLatch cleaned = new CountDownLatch(1);
  private final Thread hook = new Thread(this::cancel, "cancel");
  private volatile boolean cancelled;
  private ProgressBar bar;

  WatchedJob(String name, boolean show) {
    this.name = name;
    this.show = show && System.console() != null && System.console().isTerminal();
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void cancel() {
    cancelled = true;
    try {
      boolean _ = cleaned.await(LONGEST_CLEANING, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void done(long bytes, long total) throws Cancelled {
    if (cancelled) {
      throw new Cancelled();
    }
    if (show && total > 0 && System.nanoTime() - start > QUIET.toNanos()) {
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .setUnit(" MiB", 1 << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
      }
      bar.maxHint(total);
      bar.stepTo(bytes);
    }
  }

  /** Ends the progress bar. */
  void hide() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    hide();
    cleaned.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and has waited for us.
    }
  }
}
