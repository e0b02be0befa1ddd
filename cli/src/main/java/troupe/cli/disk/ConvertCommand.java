package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskConversion;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskKind;

/** {@code troupe disk convert}. */
@Command(
    name = "convert",
    description = "Makes a disk of another kind, also of images of other products.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ConvertCommand extends DiskTask {

  @Parameters(
      index = "0",
      paramLabel = "FROM",
      description = "A VHD or a raw image; a qcow2, VMDK, VDI or VHDX one where there is qemu-img.")
  private Path from;

  @Parameters(index = "1", paramLabel = "TO", description = "The new file.")
  private Path to;

  @Option(
      names = "--type",
      required = true,
      paramLabel = "TYPE",
      description = "raw, fixed or dynamic.")
  private DiskKind kind;

  @Option(names = "--sparse", description = "A fixed disk that gets no room on the host for zeros.")
  private boolean sparse;

  @Override
  Answer run(DiskJob job) throws IOException {
    DiskConversion.convert(from, to, kind, !sparse, search(), job);
    return Answer.done("%s: made of %s".formatted(to, from), Map.of("file", to.toString()));
  }
}
