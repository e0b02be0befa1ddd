package troupe.engine.configuration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the configuration file of a daemon. */
public final class DeploymentReader {
  private static final int MOST_CPUS = 4096;
  private static final int DEFAULT_PORT = 7531;
  private static final Map<String, String> ENGINES =
      Map.of("auto", "auto", "interpreter", "interpreter", "translator", "translator");

  private DeploymentReader() {}

  /**
   * Reads {@code file}.
   *
   * @throws BadConfigurationException if anything in it is wrong, files that it names included
   */
  public static Deployment read(Path file) throws BadConfigurationException {
    if (Files.isDirectory(file)) {
      throw new BadConfigurationException(file + ": is a directory");
    }
    if (!Files.exists(file)) {
      throw new BadConfigurationException(file + ": no such file");
    }
    if (!Files.isReadable(file)) {
      throw new BadConfigurationException(file + ": permission denied");
    }
    return read(file, parse(file));
  }

  /** The content of a file, substitutions resolved. */
  static Config parse(Path file) throws BadConfigurationException {
    try {
      return ConfigFactory.parseFile(
              file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
          .resolve();
    } catch (ConfigException e) {
      throw new BadConfigurationException(parseError(file, e));
    }
  }

  private static String parseError(Path file, ConfigException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    if (e.origin() == null) {
      return file + ": " + message;
    }
    String description = e.origin().description() + ": ";
    return new BadConfigurationException(
            e.origin(),
            message.startsWith(description) ? message.substring(description.length()) : message)
        .getMessage();
  }

  private static Deployment read(Path file, Config config) throws BadConfigurationException {
    Section top = new Section("", config.root());
    boolean hasPekko = top.has("pekko");
    Section troupe = top.section("troupe");
    top.done();
    boolean hasDispatchers = troupe.has("dispatchers");
    Section host = troupe.section("host");
    int cpus = host.integer("cpus", 0, MOST_CPUS, 0);
    Path savedStates =
        host.path("saved-states")
            .orElse(file.toAbsolutePath().resolveSibling("saved-states").normalize());
    boolean hasDiskSpace = host.has("disk-space");
    Section space = host.section("disk-space");
    long warning = space.bytes("warning", 0);
    long error = space.bytes("error", 0);
    if (warning > 0 && error > warning) {
      throw space.bad("error", "is more than the limit for warnings");
    }
    space.done();
    Path folders =
        host.path("machines").orElse(file.toAbsolutePath().resolveSibling("machines").normalize());
    host.done();
    String processorEngine = troupe.word("engine", ENGINES, "auto");
    Optional<Deployment.Api> api = api(troupe.section("api"));
    Section machines = troupe.section("virtual-machines");
    VmFiles files = new VmFiles(folders, machines);
    List<VmConfiguration> result = new ArrayList<>();
    for (String name : files.names()) {
      result.add(files.read(name));
    }
    troupe.done();
    Config engine = ConfigFactory.empty();
    if (hasPekko) {
      engine = engine.withFallback(config.withOnlyPath("pekko"));
    }
    if (hasDispatchers) {
      engine = engine.withFallback(config.withOnlyPath("troupe.dispatchers"));
    }
    if (hasDiskSpace) {
      engine = engine.withFallback(config.withOnlyPath("troupe.host.disk-space"));
    }
    return new Deployment(cpus, savedStates, files, result, processorEngine, api, engine);
  }

  private static Optional<Deployment.Api> api(Section api) throws BadConfigurationException {
    boolean enabled = api.truth("enabled", true);
    Deployment.Api result =
        new Deployment.Api(
            api.text("host").orElse("127.0.0.1"),
            api.integer("port", 1, 0xFFFF, DEFAULT_PORT),
            api.path("key"),
            !api.keys().isEmpty());
    api.done();
    return enabled ? Optional.of(result) : Optional.empty();
  }
}
