package troupe.cli;

import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** A command that has others beneath it. */
public interface CommandGroup {
  /**
   * A command of a group.
   *
   * @param words makes what picocli knows of it; its user object is the command
   */
  record Member(String name, Supplier<CommandSpec> words) {
    /**
     * A command whose class has a {@link Command}.
     *
     * @param command a lambda expression, for which the JVM does not load the command's class; it
     *     does for a reference to a constructor
     */
    public static Member annotated(String name, Supplier<?> command) {
      return new Member(name, () -> CommandSpec.forAnnotatedObject(command.get()));
    }
  }

  /** In the order in which help lists them. */
  List<Member> members();

  /**
   * Adds to the group's own {@code spec} what {@code words} name; everything if they name nothing
   * that is there. Setting a command up takes longer than most do their work.
   */
  static CommandSpec set(CommandSpec spec, List<String> words) {
    if (spec.userObject() instanceof CommandGroup group) {
      spec.usageMessage().synopsisSubcommandLabel("COMMAND");
      List<Member> named =
          group.members().stream()
              .filter(member -> words.stream().limit(1).anyMatch(member.name()::equals))
              .toList();
      List<String> rest = named.isEmpty() ? List.of() : words.subList(1, words.size());
      for (Member each : named.isEmpty() ? group.members() : named) {
        spec.addSubcommand(each.name(), set(each.words().get(), rest));
      }
    }
    return spec;
  }
}
