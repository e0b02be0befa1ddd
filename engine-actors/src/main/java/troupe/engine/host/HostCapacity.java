package troupe.engine.host;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import troupe.board.Machine;
import troupe.scheduler.Entitlement;

/**
 * What the host can give, and to whom it has given it: memory and CPU are never promised twice.
 *
 * <p>The memory is heap. Counted is what may be on it: of each VM its RAM, chips, decoded code, and
 * the translated code that it uses; once for the host, the translated code that is kept for all.
 * What translated code takes elsewhere in the process is not counted, but bounded likewise.
 */
final class HostCapacity {
  /** What a VM may take besides its RAM, by the limits that its PC keeps to. */
  static final int OVERHEAD_MIB = (int) (Machine.MOST_HEAP_BYTES >> 20);

  private record Given(int memoryMib, int reserve) {}

  private final long memoryMib;
  private final long sharedMib;
  private final int cpus;
  private final Map<String, Given> given = new HashMap<>();

  /**
   * @param sharedBytes taken by what VMs share, before there is one
   */
  HostCapacity(long memoryMib, long sharedBytes, int cpus) {
    this.memoryMib = memoryMib;
    sharedMib = sharedBytes >> 20;
    this.cpus = cpus;
  }

  /** Gives a VM what it asks for, in the place of what it had, or says why not. */
  Optional<String> request(String vm, int ramMib, Entitlement entitlement) {
    long free =
        memoryMib
            - sharedMib
            - given.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(vm))
                .mapToLong(entry -> entry.getValue().memoryMib())
                .sum();
    int needed = ramMib + OVERHEAD_MIB;
    if (needed > free) {
      return Optional.of(
          "%s needs %d MiB of host memory (%d of RAM and %d besides) and %d of %d MiB are free"
              .formatted(vm, needed, ramMib, OVERHEAD_MIB, Math.max(0, free), memoryMib));
    }
    int unreserved =
        cpus * 100
            - given.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(vm))
                .mapToInt(entry -> entry.getValue().reserve())
                .sum();
    if (entitlement.reserve() > unreserved) {
      return Optional.of(
          "%s reserves %d%% of a CPU and %d%% of %d%% are not reserved yet"
              .formatted(vm, entitlement.reserve(), unreserved, cpus * 100));
    }
    given.put(vm, new Given(needed, entitlement.reserve()));
    return Optional.empty();
  }

  void release(String vm) {
    given.remove(vm);
  }
}
