package troupe.engine.pc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import troupe.board.kernel.KernelImage;

/** Reads the files of kernels that are started without a boot loader. */
public final class KernelFile {
  private record Ahead(Path file, FutureTask<KernelImage> image) {}

  /** What {@link #readAhead} began to read, until it is asked for. */
  private static final AtomicReference<Ahead> AHEAD = new AtomicReference<>();

  private KernelFile() {}

  /**
   * Begins to read and unpack, on a thread for that, what {@link #read} is going to be asked for:
   * it takes as long as all else from the start of the process until there is a PC. What is wrong
   * with the file is said then.
   */
  public static void readAhead(Path file) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    FutureTask<KernelImage> image = new FutureTask<>(() -> readNow(file, true));
    AHEAD.set(new Ahead(file, image));
    Thread.ofPlatform().daemon().name("kernel").start(image);
  }

  /**
   * The kernel in a file.
   *
   * @param unpacked also does ahead what its start would wait for
   * @throws IOException if it cannot be read or is no kernel; the message names the file
   */
  static KernelImage read(Path file, boolean unpacked) throws IOException {
    Ahead begun = AHEAD.getAndSet(null);
    if (begun == null || !begun.file.equals(file)) {
      return readNow(file, unpacked);
    }
    try {
      return begun.image.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException told
          ? told
          : new IOException(file + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      throw new IOException(file + ": interrupted", e);
    }
  }

  private static KernelImage readNow(Path file, boolean unpacked) throws IOException {
    byte[] content = PcFactory.read(file, Integer.MAX_VALUE);
    try {
      KernelImage kernel = KernelImage.of(content);
      if (unpacked) {
        kernel.unpack();
      }
      return kernel;
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
