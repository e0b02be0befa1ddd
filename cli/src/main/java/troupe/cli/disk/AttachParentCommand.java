package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskJob;
import troupe.diskio.ParentAttachment;

/** {@code troupe disk attach-parent}. */
@Command(
    name = "attach-parent",
    description = "Tells a differencing disk where its parent is now.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AttachParentCommand extends DiskTask {

  @Parameters(index = "0", paramLabel = "CHILD", description = "The differencing disk.")
  private Path child;

  @Parameters(index = "1", paramLabel = "PARENT", description = "The disk that it was made from.")
  private Path parent;

  @Override
  Answer run(DiskJob job) throws IOException {
    ParentAttachment.attach(child, parent, search());
    return Answer.done(
        "%s: its parent is %s".formatted(child, parent),
        Map.of("file", child.toString(), "parent", parent.toString()));
  }
}
