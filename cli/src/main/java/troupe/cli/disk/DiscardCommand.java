package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskMerge;

/** {@code troupe disk discard}. */
@Command(
    name = "discard",
    description = "Deletes an undo or differencing disk that nobody uses.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DiscardCommand extends DiskTask {

  @Parameters(paramLabel = "VUD", description = "The undo disk.")
  private Path file;

  @Override
  Answer run(DiskJob job) throws IOException {
    DiskMerge.discard(file);
    return Answer.done(
        file + ": discarded, its parent is as it was", Map.of("file", file.toString()));
  }
}
