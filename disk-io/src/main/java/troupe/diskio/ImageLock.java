package troupe.diskio;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The right to use an image: one writer alone, or any number of readers, in this process and among
 * all that use the host's file locks.
 *
 * <p>The host's locks belong to the process, and closing any channel of a file drops them. So which
 * images this process has open is kept here, in the one table of the process, and a remaining user
 * takes the host's lock anew when another one leaves.
 */
final class ImageLock {
  private static final Map<Object, ImageLock> HELD = new HashMap<>();

  private final Object key;
  private final boolean exclusive;
  private final List<FileChannel> users = new ArrayList<>();
  private FileLock hostLock;

  private ImageLock(Object key, boolean exclusive) {
    this.key = key;
    this.exclusive = exclusive;
  }

  /**
   * Takes the lock for {@code channel}, which is closed if that cannot be.
   *
   * @throws ImageException if others use the image in a way that does not go together
   */
  static ImageLock acquire(Path path, FileChannel channel, boolean exclusive)
      throws ImageException {
    synchronized (HELD) {
      try {
        Object key = key(path);
        ImageLock lock = HELD.get(key);
        if (lock != null) {
          if (exclusive || lock.exclusive) {
            channel.close();
            lock.renew();
            throw inUse(path, lock.exclusive);
          }
        } else {
          FileLock hostLock = channel.tryLock(0, Long.MAX_VALUE, !exclusive);
          if (hostLock == null) {
            throw inUse(path, !exclusive);
          }
          lock = new ImageLock(key, exclusive);
          lock.hostLock = hostLock;
          HELD.put(key, lock);
        }
        lock.users.add(channel);
        return lock;
      } catch (IOException e) {
        try (channel) {
          throw ImageException.of(path, e);
        } catch (ImageException refusal) {
          throw refusal;
        } catch (IOException notClosed) {
          throw ImageException.of(path, notClosed);
        }
      }
    }
  }

  private static Object key(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return key != null ? key : path.toRealPath();
  }

  private static ImageException inUse(Path path, boolean forWriting) {
    return new ImageException(
        path,
        forWriting
            ? "is in use by another virtual machine or program that writes to it"
            : "is in use, so it cannot be opened for writing");
  }

  /** Gives up the lock and closes the channel. */
  void release(FileChannel channel) throws IOException {
    synchronized (HELD) {
      users.remove(channel);
      channel.close();
      if (users.isEmpty()) {
        HELD.remove(key);
      } else {
        renew();
      }
    }
  }

  /** Takes the host's lock anew, which went when a channel of the file was closed. */
  private void renew() throws IOException {
    if (hostLock.isValid()) {
      hostLock.release();
    }
    hostLock = users.getFirst().tryLock(0, Long.MAX_VALUE, !exclusive);
  }
}
