package troupe.diskio;

import java.io.IOException;

/** Who started a long job on images: is told how far it is, and may stop it. */
@FunctionalInterface
public interface DiskJob {
  /** Nobody looks. */
  DiskJob UNWATCHED = (_, _) -> {};

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
