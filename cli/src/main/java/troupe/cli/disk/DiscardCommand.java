package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskMerge;

/** {@code troupe disk discard}. */
final class DiscardCommand extends DiskTask {

  private Path file;

  DiscardCommand() {
    super("Deletes an undo or differencing disk that nobody uses.");
    words.parameter("VUD", Path.class, v -> file = v, "The undo disk.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    DiskMerge.discard(file);
    return Answer.done(
        file + ": discarded, its parent is as it was", Map.of("file", file.toString()));
  }
}
