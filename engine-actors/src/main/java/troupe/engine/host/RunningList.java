package troupe.engine.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which VMs are on, in a file with a name a line, so that the next daemon knows which were on when
 * this one ended, however it ended. Blocks; not for several threads at once.
 */
final class RunningList {
  private static final String FILE = "running";

  private final Path file;

  /**
   * @param directory made if it is not there
   */
  RunningList(Path directory) {
    file = directory.resolve(FILE);
  }

  /** What the last daemon left; nothing if there was none. */
  Set<String> read() throws IOException {
    try {
      return new LinkedHashSet<>(Files.readAllLines(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Set.of();
    }
  }

  void write(Set<String> names) throws IOException {
    Files.createDirectories(file.getParent());
    Path unfinished = file.resolveSibling(FILE + ".unfinished");
    Files.write(unfinished, names, StandardCharsets.UTF_8);
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
