package troupe.cli.disk;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import troupe.cli.CommandGroup;
import troupe.cli.CommandWords;

/** {@code troupe disk}. */
public final class DiskCommand implements CommandGroup {
  /** What picocli knows of it. */
  public static CommandSpec words() {
    CommandSpec spec =
        new CommandWords(
                new DiskCommand(), "Makes, inspects, checks and changes virtual hard disks.")
            .spec();
    spec.usageMessage()
        .footer(
            "",
            "A job that is interrupted, by Ctrl-C too, leaves the files as they were.",
            "Exit status: 0 done; 1 not done; 2 check has found damage that is still there.");
    return spec;
  }

  @Override
  public List<Member> members() {
    return List.of(
        new Member("create", () -> new CreateCommand().words.spec()),
        new Member("info", () -> new InfoCommand().words.spec()),
        new Member("check", () -> new CheckCommand().words.spec()),
        new Member("convert", () -> new ConvertCommand().words.spec()),
        new Member("compact", () -> new CompactCommand().words.spec()),
        new Member("resize", () -> new ResizeCommand().words.spec()),
        new Member("merge", () -> new MergeCommand().words.spec()),
        new Member("commit", () -> new CommitCommand().words.spec()),
        new Member("discard", () -> new DiscardCommand().words.spec()),
        new Member("attach-parent", () -> new AttachParentCommand().words.spec()));
  }
}
