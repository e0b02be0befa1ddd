package troupe.client.protocol;

/**
 * What can be said of a VM at a moment.
 *
 * @param memoryMib RAM, MiB
 * @param guestSeconds guest time since it was turned on, or of its last run
 * @param instructions guest instructions in that time
 * @param lastEnd why it went off last; empty if it has not been on
 */
public record VmInfo(
    String name,
    VmState state,
    int memoryMib,
    Cpu cpu,
    Disk disk,
    double guestSeconds,
    long instructions,
    String lastEnd) {

  /**
   * Host CPU.
   *
   * @param weight 1 to 10,000
   * @param reserve percent of one host CPU
   * @param maximum percent of one host CPU
   * @param granted percent of one host CPU that is the VM's if all VMs that are on want as much as
   *     they can get; 0 while it is off
   * @param usedSeconds since it was turned on, as the others; 0 while it is off
   * @param waitedSeconds wanted a CPU that others had
   * @param cappedSeconds wanted a CPU and had used up its maximum
   */
  public record Cpu(
      int weight,
      int reserve,
      int maximum,
      double granted,
      double usedSeconds,
      double waitedSeconds,
      double cappedSeconds) {}

  /** All drives together, since the VM was turned on. */
  public record Disk(long reads, long writes, long bytesRead, long bytesWritten) {}
}
