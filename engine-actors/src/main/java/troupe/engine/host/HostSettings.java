package troupe.engine.host;

import troupe.engine.channel.Lines;
import troupe.engine.vm.GuestMachineFactory;

/**
 * What a host is made with.
 *
 * @param cpus host CPUs that VMs may use together
 * @param memoryMib memory that VMs may use together, MiB
 */
public record HostSettings(int cpus, long memoryMib, Lines lines, GuestMachineFactory machines) {
  /** What this process can give to VMs: its heap, less what the engine itself needs. */
  public static long processMemoryMib() {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return heap - Math.max(48, heap / 16);
  }
}
