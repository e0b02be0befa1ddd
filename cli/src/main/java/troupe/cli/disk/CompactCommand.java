package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskCompaction;
import troupe.diskio.DiskJob;

/** {@code troupe disk compact}. */
@Command(
    name = "compact",
    description = "Frees what a growing disk does not need.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompactCommand extends DiskTask {

  @Parameters(paramLabel = "FILE", description = "A dynamic or differencing disk.")
  private Path file;

  @Override
  Answer run(DiskJob job) throws IOException {
    long saved = DiskCompaction.compact(file, job);
    return Answer.done(
        "%s: %s shorter".formatted(file, Sizes.text(saved)),
        Map.of("file", file.toString(), "saved_bytes", saved));
  }
}
