package troupe.cli.disk;

import java.util.List;
import picocli.CommandLine.Command;
import troupe.cli.CommandGroup;

/** {@code troupe disk}. */
@Command(
    name = "disk",
    description = "Makes, inspects, checks and changes virtual hard disks.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "A job that is interrupted, by Ctrl-C too, leaves the files as they were.",
      "Exit status: 0 done; 1 not done; 2 check has found damage that is still there."
    })
public final class DiskCommand implements CommandGroup {
  @Override
  public List<Class<?>> commands() {
    return List.of(
        CreateCommand.class,
        InfoCommand.class,
        CheckCommand.class,
        ConvertCommand.class,
        CompactCommand.class,
        ResizeCommand.class,
        MergeCommand.class,
        CommitCommand.class,
        DiscardCommand.class,
        AttachParentCommand.class);
  }
}
