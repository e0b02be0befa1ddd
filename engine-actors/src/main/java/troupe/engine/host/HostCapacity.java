package troupe.engine.host;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import troupe.scheduler.Entitlement;

/** What the host can give, and to whom it has given it: memory and CPU are never promised twice. */
final class HostCapacity {
  /** What a VM needs besides its RAM: video memory, caches, tables. */
  static final int OVERHEAD_MIB = 32;

  private record Given(int memoryMib, int reserve) {}

  private final long memoryMib;
  private final int cpus;
  private final Map<String, Given> given = new HashMap<>();

  HostCapacity(long memoryMib, int cpus) {
    this.memoryMib = memoryMib;
    this.cpus = cpus;
  }

  /** Gives a VM what it asks for, or says why not. */
  Optional<String> request(String vm, int ramMib, Entitlement entitlement) {
    long free = memoryMib - given.values().stream().mapToLong(Given::memoryMib).sum();
    int needed = ramMib + OVERHEAD_MIB;
    if (needed > free) {
      return Optional.of(
          "%s needs %d MiB of host memory and %d MiB are free".formatted(vm, needed, free));
    }
    int unreserved = cpus * 100 - given.values().stream().mapToInt(Given::reserve).sum();
    if (entitlement.reserve() > unreserved) {
      return Optional.of(
          "%s reserves %d%% of a CPU and %d%% are left"
              .formatted(vm, entitlement.reserve(), unreserved));
    }
    given.put(vm, new Given(needed, entitlement.reserve()));
    return Optional.empty();
  }

  void release(String vm) {
    given.remove(vm);
  }
}
