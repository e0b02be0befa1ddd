package troupe.diskio;

import java.io.IOException;
import java.util.UUID;

/** Who started a long job on images: is told how far it is, and may stop it. */
@FunctionalInterface
public interface DiskJob {
  /** Nobody looks. */
  DiskJob UNWATCHED = (_, _) -> {};

  /**
   * Begins, beside what goes on here, what the first job of a process would wait for longer than
   * for a small job itself: calls of the C library, and random numbers.
   */
  static void prepare() {
    Thread.ofPlatform()
        .daemon()
        .name("prepare-disk-job")
        .start(
            () -> {
              NativeFile.prepare();
              UUID.randomUUID();
            });
  }

  /**
   * Told now and then.
   *
   * @throws Cancelled to stop the job, which then leaves everything as it was
   */
  void done(long bytes, long total) throws Cancelled;

  /** The job was stopped by who started it. */
  final class Cancelled extends IOException {
    private static final long serialVersionUID = 1L;

    public Cancelled() {
      super("cancelled");
    }
  }
}
