package troupe.engine.host;

import java.nio.file.Path;
import java.util.Optional;
import troupe.engine.channel.Lines;
import troupe.engine.vm.GuestMachineFactory;

/**
 * What a host is made with.
 *
 * @param cpus host CPUs that VMs may use together
 * @param memoryMib heap that VMs may use together, what they share included, MiB
 * @param savedStates directory of saved states, and of the list of the VMs that were on; empty if
 *     the host keeps neither
 */
public record HostSettings(
    int cpus,
    long memoryMib,
    Lines lines,
    GuestMachineFactory machines,
    Optional<Path> savedStates) {
  /** A host that keeps no saved states. */
  public HostSettings(int cpus, long memoryMib, Lines lines, GuestMachineFactory machines) {
    this(cpus, memoryMib, lines, machines, Optional.empty());
  }

  /** What this process can give to VMs: its heap, less what the engine itself needs. */
  public static long processMemoryMib() {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return heap - Math.max(48, heap / 16);
  }
}
