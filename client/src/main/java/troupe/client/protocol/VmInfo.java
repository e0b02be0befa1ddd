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
    Code code,
    Network network,
    double guestSeconds,
    long instructions,
    String lastEnd) {
  /** A daemon of an earlier version says nothing of code and network. */
  public VmInfo {
    code = code == null ? new Code(0, 0) : code;
    network = network == null ? new Network(0, 0, 0) : network;
  }

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

  /**
   * The guest's code, decoded and translated.
   *
   * @param bytes of the host's memory that it takes
   * @param mostBytes that it may take
   */
  public record Code(long bytes, long mostBytes) {}

  /**
   * All network adapters together, since the VM was turned on.
   *
   * @param adapters how many the VM has
   */
  public record Network(int adapters, long bytesReceived, long bytesSent) {}
}
