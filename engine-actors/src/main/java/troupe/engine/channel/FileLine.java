package troupe.engine.channel;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Output to a file; there is no input. */
final class FileLine implements Line {
  private final OutputStream file;

  FileLine(Path path, boolean append) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": is a directory");
    }
    try {
      file =
          Files.newOutputStream(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be written (" + Reasons.of(e) + ")", e);
    }
  }

  @Override
  public int read(byte[] target) {
    return -1;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    file.write(bytes);
  }

  /** A volume always goes on, though a busy host may take its time: nothing is to be lost. */
  @Override
  public Duration patience() {
    return Duration.ofSeconds(4);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
