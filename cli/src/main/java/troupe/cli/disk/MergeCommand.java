package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import troupe.diskio.DiskJob;
import troupe.diskio.DiskKind;
import troupe.diskio.DiskMerge;
import troupe.diskio.ParentSearch;

/** {@code troupe disk merge}. */
@Command(
    name = "merge",
    description = "Merges a differencing disk with its parent.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MergeCommand extends DiskTask {

  @Parameters(paramLabel = "CHILD", description = "The differencing disk.")
  private Path child;

  @Option(
      names = "--into",
      paramLabel = "NEW",
      description = "Makes a new disk; without it the parent takes all, and the child is deleted.")
  private Path into;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Of the new disk: raw, fixed or dynamic.")
  private DiskKind kind = DiskKind.DYNAMIC;

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
