package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import troupe.diskio.DiskJob;

/** {@code troupe disk commit}. */
final class CommitCommand extends DiskTask {

  private Path file;

  CommitCommand() {
    super("Puts what an undo disk has into its parent, and deletes it.");
    words.parameter("VUD", Path.class, v -> file = v, "The undo disk.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    return MergeCommand.intoParent(file, search(), job);
  }
}
