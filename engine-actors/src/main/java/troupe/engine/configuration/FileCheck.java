package troupe.engine.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a file that is to be read whole can be. */
public final class FileCheck {
  private FileCheck() {}

  /** Why {@code file} cannot be read, in one line that names it; empty if it can. */
  public static Optional<String> problem(Path file) {
    if (!Files.exists(file)) {
      return Optional.of(file + ": no such file");
    }
    if (Files.isDirectory(file)) {
      return Optional.of(file + ": is a directory");
    }
    if (!Files.isReadable(file)) {
      return Optional.of(file + ": permission denied");
    }
    return Optional.empty();
  }
}
