package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import troupe.diskio.DiskJob;
import troupe.diskio.ParentAttachment;

/** {@code troupe disk attach-parent}. */
final class AttachParentCommand extends DiskTask {

  private Path child;
  private Path parent;

  AttachParentCommand() {
    super("Tells a differencing disk where its parent is now.");
    words.parameter("CHILD", Path.class, v -> child = v, "The differencing disk.");
    words.parameter("PARENT", Path.class, v -> parent = v, "The disk that it was made from.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    ParentAttachment.attach(child, parent, search());
    return Answer.done(
        "%s: its parent is %s".formatted(child, parent),
        Map.of("file", child.toString(), "parent", parent.toString()));
  }
}
