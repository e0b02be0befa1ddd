package troupe.engine.host;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import troupe.board.Machine;
import troupe.scheduler.Entitlement;

/** What the host can give, and to whom it has given it: memory and CPU are never promised twice. */
final class HostCapacity {
  /** What a VM may take besides its RAM, by the limits that its PC keeps to. */
  static final int OVERHEAD_MIB = (int) (Machine.MOST_HEAP_BYTES >> 20);

  private record Given(int memoryMib, int reserve) {}

  private final long memoryMib;
  private final int cpus;
  private final Map<String, Given> given = new HashMap<>();

  HostCapacity(long memoryMib, int cpus) {
    this.memoryMib = memoryMib;
    this.cpus = cpus;
  }

  /** Gives a VM what it asks for, in the place of what it had, or says why not. */
  Optional<String> request(String vm, int ramMib, Entitlement entitlement) {
    long free =
        memoryMib
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
