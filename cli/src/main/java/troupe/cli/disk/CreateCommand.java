package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskJob;
import troupe.diskio.LinkedDisk;
import troupe.diskio.VhdMaker;

/** {@code troupe disk create}. */
@Command(
    name = "create",
    description = "Makes an empty disk.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CreateCommand extends DiskTask {

  enum Type {
    DYNAMIC,
    FIXED,
    DIFFERENCING,
    LINKED
  }

  @Parameters(paramLabel = "FILE", description = "The new file.")
  private Path file;

  @Option(
      names = "--type",
      required = true,
      paramLabel = "TYPE",
      description = "dynamic, fixed, differencing or linked.")
  private Type type;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      description = "Of a dynamic or fixed disk, such as 10GiB.")
  private String size;

  @Option(names = "--parent", paramLabel = "FILE", description = "Of a differencing disk.")
  private Path parent;

  @Option(
      names = "--source",
      paramLabel = "DEVICE",
      description = "Disk of the host, or raw image, that a linked disk stands for.")
  private Path source;

  @Option(names = "--sparse", description = "A fixed disk that gets no room on the host for zeros.")
  private boolean sparse;

  @Override
  Answer run(DiskJob job) throws IOException {
    only("--size", size, type == Type.DYNAMIC || type == Type.FIXED);
    only("--parent", parent, type == Type.DIFFERENCING);
    only("--source", source, type == Type.LINKED);
    switch (type) {
      case DYNAMIC -> VhdMaker.dynamic(file, Sizes.parse("--size", size));
      case FIXED -> VhdMaker.fixed(file, Sizes.parse("--size", size), !sparse, job);
      case DIFFERENCING -> VhdMaker.differencing(file, parent, search());
      case LINKED -> LinkedDisk.create(file, source);
    }
    return Answer.done(file + ": made", Map.of("file", file.toString()));
  }

  private void only(String option, Object value, boolean wanted) throws IOException {
    String kind = type.name().toLowerCase(Locale.ROOT);
    if (wanted && value == null) {
      throw new IOException("a %s disk needs %s".formatted(kind, option));
    }
    if (!wanted && value != null) {
      throw new IOException("a %s disk takes no %s".formatted(kind, option));
    }
  }
}
