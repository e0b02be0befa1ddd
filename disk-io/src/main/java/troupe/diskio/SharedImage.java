package troupe.diskio;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An open image that its I/O channel owns, with what others may do without the channel: read what
 * the host has in memory anyway, which spares them the way to the channel's thread and back.
 *
 * <p>Such a read sees what the channel has done. Whoever has commands under way with the channel
 * that it must see waits for them first.
 */
public final class SharedImage {
  /** Work with the image. */
  interface Work {
    void run() throws IOException;
  }

  private final DiskImage image;
  private final ReentrantLock use = new ReentrantLock();
  private boolean open = true;

  public SharedImage(DiskImage image) {
    this.image = image;
  }

  /** The image, for what never changes, and for work {@linkplain #exclusively alone}. */
  DiskImage image() {
    return image;
  }

  /**
   * Reads {@code count} sectors into {@code target} at {@code offset}, from any thread, if that
   * needs no waiting; whether it did. If not, what is in {@code target} is undefined.
   */
  public boolean readCached(long sector, int count, byte[] target, int offset) {
    if (sector < 0 || sector > image.sectors() - count || !use.tryLock()) {
      return false;
    }
    try {
      return open && image.readCached(sector, count, target, offset);
    } catch (IOException e) {
      // The channel meets the same, and can say so.
      return false;
    } finally {
      use.unlock();
    }
  }

  /** Does work that must not be disturbed; others wait as long as a cached read takes at most. */
  void exclusively(Work work) throws IOException {
    use.lock();
    try {
      work.run();
    } finally {
      use.unlock();
    }
  }

  void close() throws IOException {
    exclusively(
        () -> {
          open = false;
          image.close();
        });
  }
}
