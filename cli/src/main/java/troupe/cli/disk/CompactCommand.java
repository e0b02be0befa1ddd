package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import troupe.diskio.DiskCompaction;
import troupe.diskio.DiskJob;

/** {@code troupe disk compact}. */
final class CompactCommand extends DiskTask {

  private Path file;

  CompactCommand() {
    super("Frees what a growing disk does not need.");
    words.parameter("FILE", Path.class, v -> file = v, "A dynamic or differencing disk.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    long saved = DiskCompaction.compact(file, job);
    return Answer.done(
        "%s: %s shorter".formatted(file, Sizes.text(saved)),
        Map.of("file", file.toString(), "saved_bytes", saved));
  }
}
