package troupe.cli.disk;

import picocli.CommandLine.Command;

/** {@code troupe disk}. */
@Command(
    name = "disk",
    description = "Makes, inspects, checks and changes virtual hard disks.",
    subcommands = {
      CreateCommand.class,
      InfoCommand.class,
      CheckCommand.class,
      ConvertCommand.class,
      CompactCommand.class,
      ResizeCommand.class,
      MergeCommand.class,
      CommitCommand.class,
      DiscardCommand.class,
      AttachParentCommand.class
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "A job that is interrupted, by Ctrl-C too, leaves the files as they were.",
      "Exit status: 0 done; 1 not done; 2 check has found damage that is still there."
    })
public final class DiskCommand {}
