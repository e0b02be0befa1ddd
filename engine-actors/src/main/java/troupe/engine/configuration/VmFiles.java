package troupe.engine.configuration;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.parser.ConfigDocument;
import com.typesafe.config.parser.ConfigDocumentFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The configurations of a daemon's VMs. Each VM may have a folder with a file {@value #FILE} in it:
 * what that says goes before what the deployment says. A VM that has a folder only is complete in
 * it, and can be moved to another host with it. Changes are written to these files, and leave what
 * they do not concern, comments too, as it is. Blocks; not for several threads at once.
 */
public final class VmFiles {
  /** The file in a VM's folder. */
  public static final String FILE = "vm.conf";

  private static final ConfigParseOptions HOCON =
      ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF);

  private final Path folders;
  private final Section deployed;

  /** A changed configuration, already on stable storage, and how to take that back. */
  public record Change(VmConfiguration configuration, Path file, Optional<String> before) {
    /** Makes the file what it was. */
    public void undo() throws IOException {
      if (before.isPresent()) {
        write(file, before.get());
      } else {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * @param folders where each VM may have a folder of its name
   * @param deployed the VMs of the deployment
   */
  VmFiles(Path folders, Section deployed) {
    this.folders = folders;
    this.deployed = deployed;
  }

  /** All VMs: those of the deployment in its order, then those that have a folder only. */
  List<String> names() throws BadConfigurationException {
    List<String> names =
        new ArrayList<>(
            deployed.keys().stream()
                .sorted(Comparator.comparingInt(name -> deployed.origin(name).lineNumber()))
                .toList());
    for (String name : names) {
      if (!VmConfiguration.NAME.matcher(name).matches()) {
        throw deployed.bad(name, "a VM's name is made of letters, digits, hyphens and dots");
      }
    }
    if (!Files.isDirectory(folders)) {
      return names;
    }
    try (Stream<Path> found = Files.list(folders)) {
      found
          .filter(folder -> Files.isRegularFile(folder.resolve(FILE)))
          .map(folder -> folder.getFileName().toString())
          .filter(name -> VmConfiguration.NAME.matcher(name).matches())
          .filter(name -> !names.contains(name))
          .sorted()
          .forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new BadConfigurationException(folders + ": " + e.getMessage());
    }
  }

  private Path file(String name) {
    return folders.resolve(name).resolve(FILE);
  }

  /** What a VM is configured to be now. */
  public VmConfiguration read(String name) throws BadConfigurationException {
    ConfigObject own = ConfigFactory.empty().root();
    if (Files.exists(file(name))) {
      own = DeploymentReader.parse(file(name)).root();
    }
    ConfigObject values =
        deployed.has(name)
            ? own.withFallback(deployed.section(name).values()).toConfig().root()
            : own;
    return VmReader.read(name, new Section(deployed.path() + "." + name, values));
  }

  /**
   * Makes a folder for a new VM.
   *
   * @param text its configuration, HOCON; relative file names start at the folder
   */
  public Change create(String name, String text) throws BadConfigurationException {
    if (!VmConfiguration.NAME.matcher(name).matches()) {
      throw new BadConfigurationException(
          name + ": a VM's name is made of letters, digits, hyphens and dots");
    }
    if (deployed.has(name) || Files.exists(file(name))) {
      throw new BadConfigurationException("there is a VM named " + name + " already");
    }
    return change(name, Optional.empty(), text);
  }

  /**
   * Changes values.
   *
   * @param changes HOCON values by path
   */
  public Change set(String name, Map<String, String> changes) throws BadConfigurationException {
    Optional<String> before = text(name);
    try {
      ConfigDocument document =
          ConfigDocumentFactory.parseString(
              before.orElse("# Goes before what the deployment says of this VM.\n"), HOCON);
      for (Map.Entry<String, String> change : new TreeMap<>(changes).entrySet()) {
        ConfigUtil.splitPath(change.getKey());
        document = document.withValueText(change.getKey(), hocon(change.getValue()));
      }
      String text = document.render();
      return change(name, before, text.endsWith("\n") ? text : text + "\n");
    } catch (ConfigException e) {
      throw new BadConfigurationException(
          String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read"));
    }
  }

  /** The value as it is if it is one value of HOCON, else as a text in quotes. */
  private static String hocon(String value) {
    try {
      ConfigFactory.parseString("v = " + value, HOCON).root();
      if (!value.isBlank() && value.indexOf('\n') < 0 && one(value)) {
        return value;
      }
    } catch (ConfigException e) {
      // Then it is a text.
    }
    return ConfigUtil.quoteString(value);
  }

  /** Whether the text does not end the value and begin something else. */
  private static boolean one(String value) {
    return ConfigFactory.parseString("v = " + value, HOCON).root().size() == 1
        && value.indexOf('#') < 0
        && !value.contains("//")
        && !value.contains("${");
  }

  private Optional<String> text(String name) throws BadConfigurationException {
    try {
      return Optional.of(Files.readString(file(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new BadConfigurationException(file(name) + ": " + e.getMessage());
    }
  }

  private Change change(String name, Optional<String> before, String text)
      throws BadConfigurationException {
    Path file = file(name);
    try {
      write(file, text);
      return new Change(read(name), file, before);
    } catch (IOException e) {
      throw new BadConfigurationException(file + ": cannot be written: " + e.getMessage());
    } catch (BadConfigurationException e) {
      try {
        new Change(null, file, before).undo();
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** There is always a whole file, the old or the new. */
  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Path unfinished = file.resolveSibling(FILE + ".unfinished");
    Files.writeString(unfinished, text, StandardCharsets.UTF_8);
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The VM is not to come back: its file is renamed, and stays. */
  public void retire(String name) throws IOException {
    if (Files.exists(file(name))) {
      Files.move(
          file(name),
          file(name).resolveSibling(FILE + ".removed"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
