package troupe.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The words of a command, told to picocli without annotations: to read those takes longer than most
 * jobs with disks. Help lists options in the order in which they were added.
 */
public final class CommandWords {
  private final CommandSpec spec;

  public CommandWords(Object command, String description) {
    spec = CommandSpec.wrapWithoutInspection(command);
    spec.usageMessage().description(description).sortOptions(false);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
  }

  /** Adds a word that must be there, the next one of those that follow the options. */
  public <T> void parameter(String label, Class<T> type, Consumer<T> setter, String description) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(String.valueOf(spec.positionalParameters().size()))
            .required(true)
            .paramLabel(label)
            .type(type)
            .setter(setter(setter))
            .description(description)
            .build());
  }

  /** Adds an option with a value. */
  public <T> void option(
      String name, String label, Class<T> type, Consumer<T> setter, String description) {
    option(name, label, type, setter, description, false);
  }

  /** Adds an option with a value that must be there. */
  public <T> void requiredOption(
      String name, String label, Class<T> type, Consumer<T> setter, String description) {
    option(name, label, type, setter, description, true);
  }

  private <T> void option(
      String name,
      String label,
      Class<T> type,
      Consumer<T> setter,
      String description,
      boolean required) {
    spec.addOption(
        OptionSpec.builder(name)
            .required(required)
            .paramLabel(label)
            .type(type)
            .setter(setter(setter))
            .description(description)
            .build());
  }

  /** Adds an option that may be there several times, each with one value for {@code values}. */
  public <T> void options(
      String name, String label, Class<T> type, List<T> values, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .description(description)
            .type(List.class)
            .auxiliaryTypes(type)
            .initialValue(new ArrayList<T>())
            .setter(setter((List<T> given) -> replace(values, given)))
            .build());
  }

  private static <T> void replace(List<T> values, List<T> given) {
    values.clear();
    values.addAll(given);
  }

  /** Adds an option without a value. */
  public void flag(String name, Consumer<Boolean> setter, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .description(description)
            .type(boolean.class)
            .setter(setter(setter))
            .build());
  }

  private static <T> ISetter setter(Consumer<T> setter) {
    return new ISetter() {
      @SuppressWarnings("unchecked")
      @Override
      public <V> V set(V value) {
        if (value != null) {
          setter.accept((T) value);
        }
        return null;
      }
    };
  }

  /** What picocli parses and helps by. */
  public CommandSpec spec() {
    return spec;
  }
}
