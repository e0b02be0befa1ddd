package troupe.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import troupe.engine.configuration.BadConfigurationException;
import troupe.engine.configuration.DeploymentReader;

/** {@code troupe demo}: a real guest under the daemon, its console on this terminal. */
@Command(
    description = "Boots Debian's own kernel under the daemon and says where to look.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Override
  public Integer call() throws UsageException {
    try {
      return new Daemon(
              DeploymentReader.read(Installation.configuration("demo.conf")),
              new Machines("auto").factory(),
              System.out)
          .showing("demo", Installation.demo("screen.png"))
          .run();
    } catch (BadConfigurationException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
