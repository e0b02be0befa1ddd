package troupe.engine.configuration;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;

/**
 * What a daemon is configured with.
 *
 * @param cpus host CPUs that VMs may use together; 0: all
 * @param savedStates directory of saved states
 * @param machines in the order of the file
 * @param engine settings of the actor system and its dispatchers, to override the defaults
 */
public record Deployment(
    int cpus, Path savedStates, List<VmConfiguration> machines, Config engine) {
  public Deployment {
    machines = List.copyOf(machines);
  }
}
