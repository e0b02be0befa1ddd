package troupe.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Says which NUMA node each VM is to run on: the one that is least full after it, by memory,
 * reserved CPU and number of VMs for each CPU, whichever is fullest. A VM that no node has memory
 * or unreserved CPUs for may run anywhere.
 */
public final class NodePlacement {
  private record Placed(HostTopology.Node node, long memoryMib, int reserve) {}

  private final HostTopology topology;
  private final Map<String, Placed> placed = new HashMap<>();

  public NodePlacement(HostTopology topology) {
    this.topology = topology;
  }

  /**
   * Places a VM that is turned on, or has changed; one that still fits where it is stays there,
   * where its memory is.
   *
   * @param reserve percent of one CPU
   * @return empty if it may run anywhere
   */
  public Optional<HostTopology.Node> place(String vm, long memoryMib, int reserve) {
    Placed before = placed.remove(vm);
    if (!topology.hasSeveralNodes()) {
      return Optional.empty();
    }
    HostTopology.Node best = null;
    if (before != null && !Double.isNaN(fullness(before.node, memoryMib, reserve))) {
      best = before.node;
    } else {
      double least = Double.MAX_VALUE;
      for (HostTopology.Node node : topology.nodes()) {
        double fullness = fullness(node, memoryMib, reserve);
        if (fullness < least) {
          least = fullness;
          best = node;
        }
      }
    }
    if (best != null) {
      placed.put(vm, new Placed(best, memoryMib, reserve));
    }
    return Optional.ofNullable(best);
  }

  /** The VM is off. */
  public void release(String vm) {
    placed.remove(vm);
  }

  /** How full the node would be with one more VM; no number at all if it does not fit. */
  private double fullness(HostTopology.Node node, long memoryMib, int reserve) {
    long memory = memoryMib;
    int reserved = reserve;
    int vms = 1;
    for (Placed other : placed.values()) {
      if (other.node.equals(node)) {
        memory += other.memoryMib;
        reserved += other.reserve;
        vms++;
      }
    }
    int cpus = node.cpus().cardinality();
    if (memory > node.memoryMib() || reserved > 100 * cpus) {
      return Double.NaN;
    }
    double byMemory = (double) memory / node.memoryMib();
    double byReserve = reserved / (100.0 * cpus);
    // A VM that has reserved nothing wants CPU time all the same: many are to be spread.
    double byCount = 1 - 1 / (1 + (double) vms / cpus);
    return Math.max(byMemory, Math.max(byReserve, byCount));
  }
}
