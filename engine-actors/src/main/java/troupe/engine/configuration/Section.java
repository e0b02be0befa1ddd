package troupe.engine.configuration;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A HOCON object that is read strictly: each key once, by its type, and {@link #done} refuses what
 * has not been asked for. All errors say file and line.
 */
final class Section {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*([A-Za-z]*)");

  private final String path;
  private final ConfigObject values;
  private final Set<String> known = new HashSet<>();

  /**
   * @param path for messages; empty for a whole file
   */
  Section(String path, ConfigObject values) {
    this.path = path;
    this.values = values;
  }

  String path() {
    return path;
  }

  ConfigObject values() {
    return values;
  }

  ConfigOrigin origin() {
    return values.origin();
  }

  /** Origin of a key's value, or of the section if there is none. */
  ConfigOrigin origin(String key) {
    ConfigValue value = values.get(key);
    return value == null ? values.origin() : value.origin();
  }

  Set<String> keys() {
    return values.keySet();
  }

  boolean has(String key) {
    known.add(key);
    return values.containsKey(key);
  }

  /** Whether the key is there with the value null. */
  boolean isNull(String key) {
    known.add(key);
    ConfigValue value = values.get(key);
    return value != null && value.valueType() == ConfigValueType.NULL;
  }

  Optional<String> text(String key) throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value.valueType() != ConfigValueType.STRING
        && value.valueType() != ConfigValueType.NUMBER) {
      throw wrongType(value, key, "a text");
    }
    return Optional.of(value.unwrapped().toString());
  }

  int integer(String key, int least, int greatest, int otherwise) throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    long number;
    try {
      number = Long.parseLong(value.unwrapped().toString());
    } catch (NumberFormatException e) {
      throw wrongType(value, key, "a whole number");
    }
    if (number < least || number > greatest) {
      throw bad(value, "%s must be %d to %d, not %d".formatted(name(key), least, greatest, number));
    }
    return (int) number;
  }

  boolean truth(String key, boolean otherwise) throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    String text = String.valueOf(value.unwrapped());
    if (!text.equals("true") && !text.equals("false")) {
      throw wrongType(value, key, "true or false");
    }
    return text.equals("true");
  }

  /** A size of memory, with its unit, in MiB. */
  int mebibytes(String key, int least, int greatest, int otherwise)
      throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    String text = String.valueOf(value.unwrapped());
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw wrongType(value, key, "a size such as 256 MiB");
    }
    long number = Long.parseLong(matcher.group(1));
    long kibibytes =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "kib", "k" -> number;
          case "mib", "m" -> number << 10;
          case "gib", "g" -> number << 20;
          default -> throw wrongType(value, key, "a size in KiB, MiB or GiB");
        };
    if (kibibytes % 1024 != 0 || kibibytes >> 10 < least || kibibytes >> 10 > greatest) {
      throw bad(
          value, "%s must be %d to %d MiB, not %s".formatted(name(key), least, greatest, text));
    }
    return (int) (kibibytes >> 10);
  }

  /** A size with its unit, in bytes. */
  long bytes(String key, long otherwise) throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    try {
      return value.atKey(key).getBytes(key);
    } catch (ConfigException e) {
      throw wrongType(value, key, "a size such as 100 MB");
    }
  }

  /** A time with its unit; none if there is no such key. */
  Duration duration(String key, Duration greatest) throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return Duration.ZERO;
    }
    Duration duration;
    try {
      duration = value.atKey(key).getDuration(key);
    } catch (ConfigException e) {
      throw wrongType(value, key, "a time such as 30 s");
    }
    if (duration.isNegative() || duration.compareTo(greatest) > 0) {
      throw bad(
          value,
          "%s must be 0 to %d s, not %s".formatted(name(key), greatest.toSeconds(), shown(value)));
    }
    return duration;
  }

  /** One of some words. */
  <T> T word(String key, Map<String, T> words, T otherwise) throws BadConfigurationException {
    ConfigValue value = value(key);
    return value == null ? otherwise : word(value, key, words);
  }

  /** A list of different words. */
  <T> List<T> words(String key, Map<String, T> words, List<T> otherwise)
      throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof ConfigList list)) {
      throw wrongType(value, key, "a list");
    }
    List<T> result = new ArrayList<>();
    for (ConfigValue element : list) {
      T word = word(element, key, words);
      if (result.contains(word)) {
        throw bad(element, "%s has %s twice".formatted(name(key), element.unwrapped()));
      }
      result.add(word);
    }
    return result;
  }

  private <T> T word(ConfigValue value, String key, Map<String, T> words)
      throws BadConfigurationException {
    T word = words.get(String.valueOf(value.unwrapped()));
    if (word == null) {
      throw bad(
          value,
          "%s must be one of %s, not %s"
              .formatted(
                  name(key),
                  String.join(", ", words.keySet().stream().sorted().toList()),
                  shown(value)));
    }
    return word;
  }

  /** A file name; a relative one starts at the directory of the configuration file. */
  Optional<Path> path(String key) throws BadConfigurationException {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().isBlank()) {
      throw bad(values.get(key), name(key) + " names no file");
    }
    String configuration = values.get(key).origin().filename();
    File directory = configuration == null ? null : new File(configuration).getParentFile();
    Path file;
    try {
      file = Path.of(text.get());
    } catch (InvalidPathException e) {
      throw bad(values.get(key), name(key) + " is no name of a file: " + e.getReason());
    }
    return Optional.of((directory == null ? file : directory.toPath().resolve(file)).normalize());
  }

  /** The section under a key; an empty one if there is none. */
  Section section(String key) throws BadConfigurationException {
    ConfigValue value = value(key);
    if (value == null) {
      return new Section(name(key), ConfigFactory.empty().root());
    }
    if (!(value instanceof ConfigObject object)) {
      throw wrongType(value, key, "a section in braces");
    }
    return new Section(name(key), object);
  }

  /** Refuses the first key, by its line, that was not asked for. */
  void done() throws BadConfigurationException {
    Optional<String> unknown =
        values.keySet().stream()
            .filter(key -> !known.contains(key))
            .min(Comparator.comparingInt(key -> values.get(key).origin().lineNumber()));
    if (unknown.isPresent()) {
      throw bad(
          values.get(unknown.get()),
          "there is no key %s%s"
              .formatted(
                  name(unknown.get()),
                  known.isEmpty()
                      ? ""
                      : " (there are "
                          + String.join(", ", known.stream().sorted().toList())
                          + ")"));
    }
  }

  BadConfigurationException bad(String key, String reason) {
    return new BadConfigurationException(origin(key), name(key) + ": " + reason);
  }

  private ConfigValue value(String key) {
    known.add(key);
    ConfigValue value = values.get(key);
    return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private BadConfigurationException wrongType(ConfigValue value, String key, String wanted) {
    return bad(value, "%s must be %s, not %s".formatted(name(key), wanted, shown(value)));
  }

  private static String shown(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "a section";
      case LIST -> "a list";
      case STRING -> "\"" + value.unwrapped() + "\"";
      case NUMBER, BOOLEAN, NULL -> String.valueOf(value.unwrapped());
    };
  }

  private static BadConfigurationException bad(ConfigValue value, String reason) {
    return new BadConfigurationException(value.origin(), reason);
  }
}
