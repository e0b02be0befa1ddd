package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskJob;

/** {@code troupe disk commit}. */
@Command(
    name = "commit",
    description = "Puts what an undo disk has into its parent, and deletes it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CommitCommand extends DiskTask {

  @Parameters(paramLabel = "VUD", description = "The undo disk.")
  private Path file;

  @Override
  Answer run(DiskJob job) throws IOException {
    return MergeCommand.intoParent(file, search(), job);
  }
}
