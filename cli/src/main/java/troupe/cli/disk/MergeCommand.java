package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskKind;
import troupe.diskio.DiskMerge;
import troupe.diskio.ParentSearch;

/** {@code troupe disk merge}. */
final class MergeCommand extends DiskTask {

  private Path child;
  private Path into;
  private DiskKind kind = DiskKind.DYNAMIC;

  MergeCommand() {
    super("Merges a differencing disk with its parent.");
    words.parameter("CHILD", Path.class, v -> child = v, "The differencing disk.");
    words.option(
        "--into",
        "NEW",
        Path.class,
        v -> into = v,
        "Makes a new disk; without it the parent takes all, and the child is deleted.");
    words.option(
        "--type", "TYPE", DiskKind.class, v -> kind = v, "Of the new disk: raw, fixed or dynamic.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    if (into == null) {
      return intoParent(child, search(), job);
    }
    DiskMerge.intoNew(child, into, kind, search(), job);
    return Answer.done(
        "%s: has all of %s and its parents".formatted(into, child),
        Map.of("file", into.toString()));
  }

  static Answer intoParent(Path child, ParentSearch search, DiskJob job) throws IOException {
    DiskMerge.Merged merged = DiskMerge.intoParent(child, search, job);
    merged.warnings().forEach(System.err::println);
    return Answer.done(
        "%s: has all of %s, which is deleted".formatted(merged.parent(), child),
        Map.of("file", merged.parent().toString()));
  }
}
