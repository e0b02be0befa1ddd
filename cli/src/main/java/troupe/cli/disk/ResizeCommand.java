package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskResize;

/** {@code troupe disk resize}. */
@Command(
    name = "resize",
    description = "Makes a disk larger, or smaller where nothing is lost.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ResizeCommand extends DiskTask {

  @Parameters(paramLabel = "FILE", description = "A disk that is no differencing one.")
  private Path file;

  @Option(names = "--size", required = true, paramLabel = "SIZE", description = "Such as 10GiB.")
  private String size;

  @Override
  Answer run(DiskJob job) throws IOException {
    long bytes = Sizes.parse("--size", size);
    DiskResize.resize(file, bytes, job);
    return Answer.done(
        "%s: %s now".formatted(file, Sizes.text(bytes)),
        Map.of("file", file.toString(), "size_bytes", bytes));
  }
}
