package troupe.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import troupe.engine.configuration.BadConfigurationException;
import troupe.engine.configuration.Deployment;
import troupe.engine.configuration.DeploymentReader;

/** {@code troupe serve}: the supervisor daemon, in the foreground. */
@Command(
    description = "Runs the supervisor daemon in the foreground.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The daemon's configuration (default: conf/troupe.conf).")
  private Path config = Installation.configuration("troupe.conf");

  @Override
  public Integer call() throws UsageException {
    try {
      Deployment deployment = DeploymentReader.read(config);
      return new Daemon(
              deployment, new Machines(deployment.processorEngine()).factory(), System.out)
          .run();
    } catch (BadConfigurationException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
