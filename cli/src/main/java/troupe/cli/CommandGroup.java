package troupe.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A command that has others beneath it. */
public interface CommandGroup {
  /** Classes with a {@link Command}, in the order in which help lists them. */
  List<Class<?>> commands();

  /**
   * The group, and beneath it what {@code words} name; everything if they name nothing that is
   * there. Setting a command up takes longer than most do their work.
   */
  static CommandLine set(CommandGroup group, List<String> words) {
    CommandLine line = new CommandLine(group);
    List<Class<?>> named =
        group.commands().stream()
            .filter(c -> words.stream().limit(1).anyMatch(name(c)::equals))
            .toList();
    List<String> rest = named.isEmpty() ? List.of() : words.subList(1, words.size());
    for (Class<?> each : named.isEmpty() ? group.commands() : named) {
      Object command = create(each);
      line.addSubcommand(command instanceof CommandGroup inner ? set(inner, rest) : command);
    }
    return line;
  }

  private static Object create(Class<?> command) {
    try {
      return CommandLine.defaultFactory().create(command);
    } catch (Exception e) {
      throw new IllegalStateException(command + " cannot be made", e);
    }
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }
}
