package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import troupe.diskio.DiskConversion;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskKind;

/** {@code troupe disk convert}. */
final class ConvertCommand extends DiskTask {

  private Path from;
  private Path to;
  private DiskKind kind;
  private boolean sparse;

  ConvertCommand() {
    super("Makes a disk of another kind, also of images of other products.");
    words.parameter(
        "FROM",
        Path.class,
        v -> from = v,
        "A VHD or a raw image; a qcow2, VMDK, VDI or VHDX one where there is qemu-img.");
    words.parameter("TO", Path.class, v -> to = v, "The new file.");
    words.requiredOption("--type", "TYPE", DiskKind.class, v -> kind = v, "raw, fixed or dynamic.");
    words.flag(
        "--sparse", v -> sparse = v, "A fixed disk that gets no room on the host for zeros.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    DiskConversion.convert(from, to, kind, !sparse, search(), job);
    return Answer.done("%s: made of %s".formatted(to, from), Map.of("file", to.toString()));
  }
}
