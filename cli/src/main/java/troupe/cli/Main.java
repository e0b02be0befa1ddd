package troupe.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import troupe.cli.disk.DiskCommand;
import troupe.cli.remote.EventsCommand;
import troupe.cli.remote.TopCommand;
import troupe.cli.remote.VmCommand;
import troupe.diskio.DiskJob;

/** Where the process starts. */
public final class Main implements CommandGroup {
  static final String VERSION = "0.1.0";

  private static final String[] NOT_THERE_YET = {"net", "console", "screen", "keys"};

  private Main() {}

  /** Runs the command and ends the process with its status. */
  public static void main(String[] args) {
    int status = run(args);
    // To exit, the JVM asks for a logger, which takes longer than the rest of a small job with
    // disks. Such a job leaves nothing behind that would go on.
    if (status != ExitStatus.OK || !(args.length > 0 && args[0].equals("disk"))) {
      System.exit(status);
    }
  }

  static int run(String... args) {
    for (String command : NOT_THERE_YET) {
      if (args.length > 0 && args[0].equals(command)) {
        return refuse("troupe " + command, "this command is not there yet");
      }
    }
    if (args.length > 2 && args[0].equals("disk")) {
      DiskJob.prepare();
    }
    if (args.length > 0 && args[0].equals("run")) {
      RunCommand.readKernelAhead(List.of(args));
    }
    CommandSpec words = new CommandWords(new Main(), "Runs emulated x86 PCs.").spec();
    words.name("troupe").version("troupe " + VERSION);
    CommandLine line = new CommandLine(CommandGroup.set(words, List.of(args)));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // As picocli's own, which calls it by reflection; that takes longer to set up.
    line.registerConverter(Path.class, Path::of);
    line.setExecutionStrategy(Main::execute);
    line.setParameterExceptionHandler(
        (e, _) -> refuse(e.getCommandLine().getCommandSpec().qualifiedName(), reason(e)));
    line.setExecutionExceptionHandler(
        (e, failed, _) -> {
          if (e instanceof UsageException) {
            return refuse(failed.getCommandSpec().qualifiedName(), e.getMessage());
          }
          throw e;
        });
    return line.execute(args);
  }

  @Override
  public List<Member> members() {
    return List.of(
        Member.annotated("run", () -> new RunCommand()),
        Member.annotated("serve", () -> new ServeCommand()),
        Member.annotated("demo", () -> new DemoCommand()),
        new Member("disk", DiskCommand::words),
        Member.annotated("vm", () -> new VmCommand()),
        Member.annotated("top", () -> new TopCommand()),
        Member.annotated("events", () -> new EventsCommand()));
  }

  private static int execute(ParseResult result) {
    if (!(result.hasSubcommand()
        && result.subcommand().commandSpec().userObject() instanceof DiskCommand)) {
      // Before there are threads that log, as two that begin at once make the logger complain.
      // Setting it up takes longer than a small job with disks, which does not log.
      LoggerFactory.getILoggerFactory();
    }
    if (!result.hasSubcommand()
        && !result.isUsageHelpRequested()
        && !result.isVersionHelpRequested()) {
      result.commandSpec().commandLine().usage(System.err);
      return ExitStatus.USAGE;
    }
    return new CommandLine.RunLast().execute(result);
  }

  /** What is wrong with the words of a command. */
  private static String reason(ParameterException e) {
    Set<String> commands = e.getCommandLine().getSubcommands().keySet();
    if (!commands.isEmpty()
        && e instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()) {
      return "there is no command '%s', but: %s"
          .formatted(unmatched.getUnmatched().getFirst(), String.join(", ", commands));
    }
    return e.getMessage();
  }

  private static int refuse(String command, String reason) {
    System.err.println(command + ": " + reason.lines().findFirst().orElse("cannot be done"));
    return ExitStatus.USAGE;
  }
}
