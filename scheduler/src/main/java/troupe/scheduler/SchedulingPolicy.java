package troupe.scheduler;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides which VM has a host CPU next, and for how long. Pure: the caller passes the time
 * (nanoseconds, never going back) and reports what was used.
 *
 * <p>Every VM has a virtual time that advances with the CPU time it used, divided by its weight. Of
 * those VMs that are not ahead of the average, the one whose virtual deadline (virtual time plus a
 * slice at its weight) is earliest goes first, as in EEVDF (Stoica and Abdel-Wahab, 1995). A VM
 * that slept comes back at the average, so it can neither save up time nor lose what it owes. A
 * token bucket holds a VM to its maximum, and a second one puts a VM that has not had its reserve
 * before all that have.
 *
 * @param <K> what names a VM
 */
public final class SchedulingPolicy<K> {
  /** Slice when no other VM waits, nanoseconds: long, as each slice costs a message. */
  public static final long ALONE_SLICE = 10_000_000;

  /** Slice when others wait, nanoseconds: bounds how long a VM that wakes up waits. */
  public static final long CONTENDED_SLICE = 2_000_000;

  /** Never grant less, however little is left in a bucket, nanoseconds. */
  static final long LEAST_SLICE = 200_000;

  /** A decision: {@code vm} may run for {@code nanos} of CPU time. */
  public record Slice<K>(K vm, long nanos) {}

  private final int cpus;
  private final Map<K, Share> shares = new LinkedHashMap<>();
  private int running;

  /** A policy for {@code cpus} host CPUs: that many slices are out at the same time at most. */
  public SchedulingPolicy(int cpus) {
    if (cpus < 1) {
      throw new IllegalArgumentException("a host has at least one CPU, not " + cpus);
    }
    this.cpus = cpus;
  }

  /** Adds a VM, asleep. */
  public void add(K vm, Entitlement entitlement, long now) {
    if (shares.putIfAbsent(vm, new Share(entitlement, average(), now)) != null) {
      throw new IllegalArgumentException(vm + " is already scheduled");
    }
  }

  /** Forgets a VM; a slice it has out is given back. */
  public void remove(K vm) {
    Share share = shares.remove(vm);
    if (share != null && share.state == State.RUNNING) {
      running--;
    }
  }

  public void setEntitlement(K vm, Entitlement entitlement) {
    share(vm).set(entitlement);
  }

  public Entitlement entitlement(K vm) {
    return share(vm).entitlement;
  }

  /** The VM wants a CPU. */
  public void wake(K vm, long now) {
    Share share = share(vm);
    if (share.state == State.ASLEEP) {
      share.virtualTime = Math.max(share.virtualTime, average());
      share.become(State.WAITING, now);
    }
  }

  /** Takes the next decision; empty when all CPUs are taken or nobody may run. */
  public Optional<Slice<K>> next(long now) {
    if (running >= cpus) {
      return Optional.empty();
    }
    K chosen = null;
    Share best = null;
    int waiting = 0;
    long average = average();
    for (Map.Entry<K, Share> entry : shares.entrySet()) {
      Share share = entry.getValue();
      if (share.state != State.WAITING) {
        continue;
      }
      share.account(now);
      if (share.throttled) {
        continue;
      }
      waiting++;
      if (best == null || share.goesBefore(best, average, now)) {
        chosen = entry.getKey();
        best = share;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    best.become(State.RUNNING, now);
    running++;
    long slice = waiting <= cpus - running + 1 ? ALONE_SLICE : CONTENDED_SLICE;
    return Optional.of(new Slice<>(chosen, best.limit(slice, now)));
  }

  /**
   * A slice ended.
   *
   * @param nanos CPU time measured, which may be more or less than was granted
   * @param wantsMore whether the VM still wants a CPU; else it sleeps until woken
   */
  public void charge(K vm, long nanos, boolean wantsMore, long now) {
    Share share = share(vm);
    if (share.state == State.RUNNING) {
      running--;
    }
    share.charge(nanos, now);
    share.become(wantsMore ? State.WAITING : State.ASLEEP, now);
  }

  /** When a VM that is held back by its maximum may run again; empty when there is none. */
  public OptionalLong nextRefill(long now) {
    return shares.values().stream()
        .filter(share -> share.state == State.WAITING && share.overdrawn(now))
        .mapToLong(share -> share.maximum.refilledAt(now))
        .min();
  }

  /** Sum of all reserves, percent of one host CPU. */
  public int reserved() {
    return shares.values().stream().mapToInt(share -> share.entitlement.reserve()).sum();
  }

  public Usage usage(K vm, long now) {
    Share share = share(vm);
    share.account(now);
    return new Usage(share.used, share.waited, share.capped);
  }

  public boolean knows(K vm) {
    return shares.containsKey(vm);
  }

  private Share share(K vm) {
    Share share = shares.get(vm);
    if (share == null) {
      throw new IllegalArgumentException(vm + " is not scheduled");
    }
    return share;
  }

  /** Mean virtual time of the VMs that run or wait, by weight; the latest seen if there is none. */
  private long average() {
    long least = Long.MAX_VALUE;
    long latest = 0;
    for (Share share : shares.values()) {
      latest = Math.max(latest, share.virtualTime);
      if (share.state != State.ASLEEP) {
        least = Math.min(least, share.virtualTime);
      }
    }
    if (least == Long.MAX_VALUE) {
      return latest;
    }
    long weights = 0;
    double lead = 0;
    for (Share share : shares.values()) {
      if (share.state != State.ASLEEP) {
        weights += share.entitlement.weight();
        lead += (double) (share.virtualTime - least) * share.entitlement.weight();
      }
    }
    return least + (long) (lead / weights);
  }

  private enum State {
    ASLEEP,
    WAITING,
    RUNNING
  }

  /** One VM's part. */
  private static final class Share {
    private Entitlement entitlement;
    private State state = State.ASLEEP;
    private boolean throttled;
    private long virtualTime;
    private final TokenBucket reserve;
    private final TokenBucket maximum;
    private long since;
    private long used;
    private long waited;
    private long capped;

    Share(Entitlement entitlement, long virtualTime, long now) {
      this.entitlement = entitlement;
      this.virtualTime = virtualTime;
      this.reserve = new TokenBucket(entitlement.reserve(), now);
      this.maximum = new TokenBucket(entitlement.maximum(), now);
      this.since = now;
    }

    void set(Entitlement changed) {
      entitlement = changed;
      reserve.setPercent(changed.reserve());
      maximum.setPercent(changed.maximum());
    }

    boolean overdrawn(long now) {
      return entitlement.maximum() < 100 && maximum.available(now) <= 0;
    }

    boolean goesBefore(Share other, long average, long now) {
      boolean owed = reserve.available(now) > 0;
      boolean otherOwed = other.reserve.available(now) > 0;
      if (owed != otherOwed) {
        return owed;
      }
      boolean eligible = virtualTime <= average;
      boolean otherEligible = other.virtualTime <= average;
      if (eligible != otherEligible) {
        return eligible;
      }
      return eligible ? deadline() < other.deadline() : virtualTime < other.virtualTime;
    }

    private long deadline() {
      return virtualTime + virtual(CONTENDED_SLICE);
    }

    private long virtual(long nanos) {
      return nanos * Entitlement.DEFAULT_WEIGHT / entitlement.weight();
    }

    long limit(long slice, long now) {
      return entitlement.maximum() == 100
          ? slice
          : Math.max(LEAST_SLICE, Math.min(slice, maximum.available(now)));
    }

    void charge(long nanos, long now) {
      used += nanos;
      virtualTime += virtual(nanos);
      reserve.spendAtMost(nanos, now);
      maximum.spend(nanos, now);
    }

    void become(State next, long now) {
      account(now);
      state = next;
      throttled = overdrawn(now);
    }

    /** Adds the time since the last change to what the VM was doing. */
    void account(long now) {
      if (state == State.WAITING) {
        if (throttled) {
          capped += now - since;
        } else {
          waited += now - since;
        }
      }
      since = now;
      throttled = overdrawn(now);
    }
  }
}
