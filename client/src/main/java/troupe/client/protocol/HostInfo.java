package troupe.client.protocol;

/**
 * The daemon and its host.
 *
 * @param cpus host CPUs that VMs may use together
 * @param memoryMib memory that VMs may use together, MiB
 * @param virtualMachines how many are known
 * @param latestEvent number of the latest event; 0 if there was none
 */
public record HostInfo(
    String version, int cpus, long memoryMib, int virtualMachines, long latestEvent) {}
