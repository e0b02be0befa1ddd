package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskResize;

/** {@code troupe disk resize}. */
final class ResizeCommand extends DiskTask {

  private Path file;
  private String size;

  ResizeCommand() {
    super("Makes a disk larger, or smaller where nothing is lost.");
    words.parameter("FILE", Path.class, v -> file = v, "A disk that is no differencing one.");
    words.requiredOption("--size", "SIZE", String.class, v -> size = v, "Such as 10GiB.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    long bytes = Sizes.parse("--size", size);
    DiskResize.resize(file, bytes, job);
    return Answer.done(
        "%s: %s now".formatted(file, Sizes.text(bytes)),
        Map.of("file", file.toString(), "size_bytes", bytes));
  }
}
