package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import troupe.diskio.DiskJob;
import troupe.diskio.LinkedDisk;
import troupe.diskio.VhdMaker;

/** {@code troupe disk create}. */
final class CreateCommand extends DiskTask {

  enum Type {
    DYNAMIC,
    FIXED,
    DIFFERENCING,
    LINKED
  }

  private Path file;
  private Type type;
  private String size;
  private Path parent;
  private Path source;
  private boolean sparse;

  CreateCommand() {
    super("Makes an empty disk.");
    words.parameter("FILE", Path.class, v -> file = v, "The new file.");
    words.requiredOption(
        "--type", "TYPE", Type.class, v -> type = v, "dynamic, fixed, differencing or linked.");
    words.option(
        "--size",
        "SIZE",
        String.class,
        v -> size = v,
        "Of a dynamic or fixed disk, such as 10GiB.");
    words.option("--parent", "FILE", Path.class, v -> parent = v, "Of a differencing disk.");
    words.option(
        "--source",
        "DEVICE",
        Path.class,
        v -> source = v,
        "Disk of the host, or raw image, that a linked disk stands for.");
    words.flag(
        "--sparse", v -> sparse = v, "A fixed disk that gets no room on the host for zeros.");
  }

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
