package troupe.engine.configuration;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon is configured with.
 *
 * @param cpus host CPUs that VMs may use together; 0: all
 * @param savedStates directory of saved states
 * @param files where the VMs' configurations are, and changes of them go
 * @param machines in the order of the file, then those that have a folder only
 * @param processorEngine auto, interpreter or translator
 * @param api where clients reach the daemon; empty if they cannot
 * @param engine settings of the actor system and its dispatchers, to override the defaults
 */
public record Deployment(
    int cpus,
    Path savedStates,
    VmFiles files,
    List<VmConfiguration> machines,
    String processorEngine,
    Optional<Api> api,
    Config engine) {
  /**
   * @param host by which clients know this host
   * @param key file of the access key; empty for the usual one
   * @param required whether the configuration says where: the daemon does not start without it then
   */
  public record Api(String host, int port, Optional<Path> key, boolean required) {}

  public Deployment {
    machines = List.copyOf(machines);
  }
}
