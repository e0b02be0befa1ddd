package troupe.diskio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * A file that is made under another name ({@code .part} added) and gets its own when it is
 * complete, so that whatever happens before, nothing is there under its name, or what was there.
 */
final class NewFile implements AutoCloseable {
  /** Bytes of a piece. Where it takes long, several are put on stable storage at once. */
  private static final long PIECE = 4 << 20;

  private final Path file;
  private final Path part;
  private final ImageBytes bytes;
  private final FileChannel channel;
  private boolean complete;

  /** Bytes of the piece that is being written. */
  private long behind;

  /** Pieces that are written, and that nobody has begun to put on stable storage. */
  private final Semaphore pieces = new Semaphore(0);

  private volatile boolean ended;
  private Optional<FutureTask<Void>> ahead = Optional.empty();

  /**
   * Begins to make {@code file}. What an earlier try that was killed has left is overwritten.
   *
   * @throws ImageException if it cannot be made, or is being made
   */
  NewFile(Path file) throws ImageException {
    this.file = file;
    part = file.resolveSibling(file.getFileName() + ".part");
    try {
      channel =
          FileChannel.open(
              part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      bytes = new ImageBytes(part, channel, ImageLock.acquire(part, channel, true));
      channel.truncate(0);
    } catch (ImageException e) {
      throw e;
    } catch (IOException e) {
      throw ImageException.of(part, e);
    }
  }

  ImageBytes bytes() {
    return bytes;
  }

  FileChannel channel() {
    return channel;
  }

  /**
   * Tells of bytes that were written. The host is made to put them on stable storage beside what
   * goes on here, so that little is left to do in the end.
   */
  void written(long bytes) {
    behind += bytes;
    if (behind >= PIECE) {
      behind = 0;
      pieces.release();
      if (ahead.isEmpty()) {
        ahead = Optional.of(new FutureTask<>(this::forcePieces));
        Thread.ofPlatform().daemon().name("force-ahead").start(ahead.get());
      }
    }
  }

  private Void forcePieces() throws IOException, InterruptedException {
    while (true) {
      pieces.acquire();
      pieces.drainPermits();
      if (ended) {
        return null;
      }
      channel.force(false);
    }
  }

  private void end() {
    ended = true;
    pieces.release();
  }

  /**
   * Puts all of it on stable storage. The host tells of a write that failed only once, which may
   * have been to the other thread.
   */
  private void force() throws IOException {
    end();
    try {
      if (ahead.isPresent()) {
        ahead.get().get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    channel.force(true);
  }

  /**
   * Puts the file on stable storage and gives it its name.
   *
   * @throws ImageException if there is a file with its name by now
   */
  void complete() throws IOException {
    force();
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Files.move(part, file);
    complete = true;
    forceFolder();
  }

  /** As {@link #complete}, in the place of the file that is there, and with its time stamp. */
  void replace() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.setLastModifiedTime(part, time);
    force();
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    complete = true;
    forceFolder();
  }

  private void forceFolder() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }

  /** Leaves nothing behind unless the file is complete. */
  @Override
  public void close() throws IOException {
    end();
    try {
      if (!complete) {
        Files.deleteIfExists(part);
      }
    } finally {
      bytes.close();
    }
  }
}
