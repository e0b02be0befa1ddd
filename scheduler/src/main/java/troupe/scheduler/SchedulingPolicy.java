package troupe.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which VM has a host CPU next, and for how long. Pure: the caller passes the time
 * (nanoseconds, never going back) and reports what was used.
 *
 * <p>At the begin of each period of 10 ms, {@link Shares water-filling} says what each VM is to
 * get: {@code clamp(level * weight, reserve, min(maximum, demand))}, with the level that uses all
 * CPUs up. Demand is not known; it is all for a VM that did not sleep in the last period, and a
 * little more than what it used lately for one that did. A token bucket of this rate puts a VM that
 * has not had its share before all that have, the one that lacks most first: what needs nearly a
 * whole CPU could not make up later for time that others took from it. Who is late with its
 * reserve, which has a bucket too, goes before that: the shares are of what the host is believed to
 * have to give, and when it suddenly has less, reserves must hold though shares cannot.
 *
 * <p>What those who sleep leave over goes to the VM whose virtual time, which advances with the CPU
 * time it used divided by its weight, is furthest behind, as in start-time fair queueing (Goyal,
 * Guo and Vin, 1996). A VM can neither save up time nor owe it for long: what it is behind or ahead
 * of the others is bounded. Another token bucket holds a VM to its maximum. A VM that wakes up and
 * has not had its share takes the CPU of another.
 *
 * @param <K> what names a VM
 */
public final class SchedulingPolicy<K> {
  /** Slice when no other VM waits, nanoseconds: long, as each slice costs a message. */
  public static final long ALONE_SLICE = 10_000_000;

  /** Slice when others wait, nanoseconds: bounds how long a VM that wakes up waits. */
  public static final long CONTENDED_SLICE = 2_000_000;

  /** What a VM has at least before another takes its CPU, nanoseconds. */
  public static final long LEAST_RUN = 500_000;

  /** Never grant less, however little is left in a bucket, nanoseconds. */
  static final long LEAST_SLICE = 500_000;

  /** What a VM may be behind or ahead of the host, nanoseconds of its own CPU time. */
  private static final long FURTHEST = 2 * ALONE_SLICE;

  /** What a VM that slept is ahead of those that did not, nanoseconds of its own CPU time. */
  private static final long SLEEPER_CREDIT = LEAST_RUN;

  /** Weight of the last period in what a VM usually uses. */
  private static final double SMOOTHING = 1.0 / 8;

  /** Weight of the last period in what there is to share. */
  private static final double CAPACITY_SMOOTHING = 1.0 / 32;

  /** Percent of a CPU; below that the measurement means nothing. */
  private static final double LEAST_CAPACITY = 5;

  /** A VM that sleeps may want more than it usually uses. */
  private static final double DEMAND_MARGIN = 1.25;

  /**
   * What is kept for a VM that sleeps, percent of one CPU, so that it is served when it wakes up.
   */
  private static final double LEAST_DEMAND = 1;

  /** A decision: {@code vm} may run for {@code nanos} of CPU time. */
  public record Slice<K>(K vm, long nanos) {}

  private final int cpus;
  private final Map<K, Share<K>> shares = new LinkedHashMap<>();

  /**
   * Waiting, and short of their share: who is late with its reserve, then who has just woken up,
   * then who is late, then who lacks most.
   */
  private final TreeSet<Share<K>> owed =
      new TreeSet<>(
          Comparator.<Share<K>, Boolean>comparing(share -> !share.lacksReserve)
              .thenComparing(share -> !share.fresh)
              .thenComparingDouble(share -> -share.lateness)
              .thenComparingLong(share -> -share.owedTokens)
              .thenComparingLong(share -> share.number));

  /** Waiting, furthest behind first. Virtual times may wrap, so only differences are compared. */
  private final TreeSet<Share<K>> fair =
      new TreeSet<>(
          ((Comparator<Share<K>>) (a, b) -> Long.signum(a.virtualTime - b.virtualTime))
              .thenComparingLong(share -> share.number));

  /** Waiting for the refill of their maximum. */
  private final Set<Share<K>> capped = new HashSet<>();

  private final Set<Share<K>> running = new HashSet<>();

  /** How many in {@link #owed} and {@link #fair} have just begun to wait. */
  private int fresh;

  /** How many of those that run have been told to give way. */
  private int preempted;

  /** Percent of one CPU that there is to share. */
  private double capacity;

  /** CPU time charged since the period began, and what slices had run then, nanoseconds. */
  private long charged;

  private long underWayBefore;
  private boolean fullBefore;
  private long measuredAt;

  private long virtualNow;
  private long period = Long.MIN_VALUE;
  private long nextNumber;

  /** A policy for {@code cpus} host CPUs: that many slices are out at the same time at most. */
  public SchedulingPolicy(int cpus) {
    if (cpus < 1) {
      throw new IllegalArgumentException("a host has at least one CPU, not " + cpus);
    }
    this.cpus = cpus;
    this.capacity = 100.0 * cpus;
  }

  /** Adds a VM, asleep. */
  public void add(K vm, Entitlement entitlement, long now) {
    Share<K> share = new Share<>(vm, nextNumber++, entitlement, virtualNow, now);
    if (shares.putIfAbsent(vm, share) != null) {
      throw new IllegalArgumentException(vm + " is already scheduled");
    }
  }

  /** Forgets a VM; a slice it has out is given back. */
  public void remove(K vm) {
    Share<K> share = shares.remove(vm);
    if (share != null) {
      leaveQueue(share, share.since);
      stopped(share);
    }
  }

  private void stopped(Share<K> share) {
    if (running.remove(share) && share.preempted) {
      preempted--;
    }
  }

  public void setEntitlement(K vm, Entitlement entitlement, long now) {
    Share<K> share = share(vm);
    boolean waits = share.state == State.WAITING;
    if (waits) {
      leaveQueue(share, now);
    }
    share.set(entitlement, virtualNow, now);
    if (waits) {
      enqueue(share, now);
    }
  }

  public Entitlement entitlement(K vm) {
    return share(vm).entitlement;
  }

  /** The VM wants a CPU. */
  public void wake(K vm, long now) {
    Share<K> share = share(vm);
    if (share.state == State.ASLEEP) {
      share.due.forgetOld(now);
      share.reserve.forgetOld(now);
      share.notBehind(virtualNow - share.virtual(SLEEPER_CREDIT));
      share.become(State.WAITING, now);
      share.fresh = true;
      enqueue(share, now);
    }
  }

  /** Takes the next decision; empty when all CPUs are taken or nobody may run. */
  public Optional<Slice<K>> next(long now) {
    refill(now);
    if (running.size() >= cpus) {
      return Optional.empty();
    }
    boolean isOwed = !owed.isEmpty();
    if (!isOwed && fair.isEmpty()) {
      return Optional.empty();
    }
    Share<K> chosen = isOwed ? owed.first() : fair.first();
    leaveQueue(chosen, now);
    if (!isOwed && chosen.virtualTime - virtualNow > 0) {
      virtualNow = chosen.virtualTime;
    }
    running.add(chosen);
    boolean contended = owed.size() + fair.size() > cpus - running.size();
    chosen.start(isOwed, now);
    return Optional.of(
        new Slice<>(chosen.vm, chosen.limit(contended ? CONTENDED_SLICE : ALONE_SLICE, now)));
  }

  /**
   * A VM that should give its CPU to one that has just woken up and goes before it; it is named
   * once.
   */
  public Optional<K> preempt(long now) {
    if (running.size() < cpus || preempted >= fresh) {
      return Optional.empty();
    }
    Share<K> candidate = freshest();
    Share<K> victim = null;
    for (Share<K> share : running) {
      if (!share.preempted
          && share.givesWayTo(candidate, now)
          && (victim == null || share.yieldsBefore(victim))) {
        victim = share;
      }
    }
    if (victim == null) {
      return Optional.empty();
    }
    victim.preempted = true;
    preempted++;
    return Optional.of(victim.vm);
  }

  /** Whether {@link #preempt} may name another VM when its least run is over. */
  public boolean preemptionPending() {
    return running.size() >= cpus && preempted < fresh;
  }

  private Share<K> freshest() {
    return owed.stream()
        .filter(share -> share.fresh)
        .findFirst()
        .or(() -> fair.stream().filter(share -> share.fresh).findFirst())
        .orElseThrow();
  }

  /**
   * A slice ended.
   *
   * @param nanos CPU time measured, which may be more or less than was granted
   * @param wantsMore whether the VM still wants a CPU; else it sleeps until woken
   */
  public void charge(K vm, long nanos, boolean wantsMore, long now) {
    Share<K> share = share(vm);
    leaveQueue(share, now);
    stopped(share);
    charged += nanos;
    share.charge(nanos, virtualNow, now);
    share.become(wantsMore ? State.WAITING : State.ASLEEP, now);
    if (wantsMore) {
      enqueue(share, now);
    }
  }

  /** When a VM that is held back by its maximum may run again; empty when there is none. */
  public OptionalLong nextRefill(long now) {
    return capped.stream().mapToLong(share -> share.maximum.refilledAt(now)).min();
  }

  /** Sum of all reserves, percent of one host CPU. */
  public int reserved() {
    return shares.values().stream().mapToInt(share -> share.entitlement.reserve()).sum();
  }

  public Usage usage(K vm, long now) {
    Share<K> share = share(vm);
    share.account(now);
    return new Usage(share.used, share.waited, share.cappedNanos);
  }

  /** What each VM gets if all want as much as they can get, in percent of one CPU. */
  public Map<K, Double> entitled() {
    Map<K, Shares.Claim> claims = new LinkedHashMap<>();
    shares.forEach(
        (vm, share) -> {
          Shares.Claim claim = new Shares.Claim();
          claim.weight = share.entitlement.weight();
          claim.least = share.entitlement.reserve();
          claim.most = share.entitlement.maximum();
          claims.put(vm, claim);
        });
    Shares.fill(100.0 * cpus, List.copyOf(claims.values()));
    Map<K, Double> result = new LinkedHashMap<>();
    claims.forEach((vm, claim) -> result.put(vm, claim.share));
    return result;
  }

  public boolean knows(K vm) {
    return shares.containsKey(vm);
  }

  private Share<K> share(K vm) {
    Share<K> share = shares.get(vm);
    if (share == null) {
      throw new IllegalArgumentException(vm + " is not scheduled");
    }
    return share;
  }

  // ---- Queues

  /** At the begin of a period all buckets are refilled: who waits may belong elsewhere. */
  private void refill(long now) {
    if (now / TokenBucket.PERIOD == period) {
      return;
    }
    measureCapacity(now);
    period = now / TokenBucket.PERIOD;
    Shares.fill(
        Math.min(capacity, 100.0 * cpus), shares.values().stream().map(Share::claim).toList());
    shares.values().forEach(share -> share.begin(now));
    List<Share<K>> waiting = new ArrayList<>(owed);
    waiting.addAll(fair);
    waiting.addAll(capped);
    for (Share<K> share : waiting) {
      leaveQueue(share, now);
      enqueue(share, now);
    }
  }

  /**
   * The host may have other work, and each slice costs a little itself: what all VMs got while none
   * of the CPUs was free is what there is to share.
   */
  private void measureCapacity(long now) {
    long underWay = running.stream().mapToLong(share -> now - share.startedAt).sum();
    boolean full = running.size() + owed.size() + fair.size() > cpus;
    double got = (charged + underWay - underWayBefore) * 100.0 / Math.max(1, now - measuredAt);
    double aim = full && fullBefore ? Math.min(got, 100.0 * cpus) : 100.0 * cpus;
    capacity += (Math.max(aim, LEAST_CAPACITY * cpus) - capacity) * CAPACITY_SMOOTHING;
    charged = 0;
    underWayBefore = underWay;
    fullBefore = full;
    measuredAt = now;
  }

  private void enqueue(Share<K> share, long now) {
    share.notBehind(virtualNow - share.virtual(FURTHEST));
    share.lacksReserve = share.reserve.lateness(now) > 0;
    share.owedTokens = share.owed(now);
    share.lateness = share.due.lateness(now);
    share.queue = share.belongs(now);
    switch (share.queue) {
      case OWED -> owed.add(share);
      case FAIR -> fair.add(share);
      case CAPPED -> capped.add(share);
      case NONE -> throw new IllegalStateException("who waits is in a queue");
    }
    if (share.queue == Queue.CAPPED) {
      share.fresh = false;
    } else if (share.fresh) {
      fresh++;
    }
  }

  private void leaveQueue(Share<K> share, long now) {
    share.account(now);
    if (share.fresh && (share.queue == Queue.OWED || share.queue == Queue.FAIR)) {
      fresh--;
    }
    switch (share.queue) {
      case OWED -> owed.remove(share);
      case FAIR -> fair.remove(share);
      case CAPPED -> capped.remove(share);
      case NONE -> {}
    }
    share.queue = Queue.NONE;
  }

  private enum State {
    ASLEEP,
    WAITING,
    RUNNING
  }

  private enum Queue {
    NONE,
    OWED,
    FAIR,
    CAPPED
  }

  /** One VM's part. */
  private static final class Share<K> {
    private final K vm;
    private final long number;
    private final Shares.Claim claim = new Shares.Claim();
    private final TokenBucket due;
    private final TokenBucket reserve;
    private final TokenBucket maximum;
    private Entitlement entitlement;
    private State state = State.ASLEEP;
    private Queue queue = Queue.NONE;

    /** What it lacked when it began to wait, nanoseconds. */
    private long owedTokens;

    /** In how many periods that came together; 0 if no more than usual. */
    private double lateness;

    private long virtualTime;

    /** Whether it was late with its reserve when it began to wait. */
    private boolean lacksReserve;

    /** Began to wait by itself, not by the end of a slice. */
    private boolean fresh;

    private boolean preempted;
    private boolean isOwed;
    private boolean slept = true;
    private long usedInPeriod;

    /** Nanoseconds of CPU time in a period, smoothed. */
    private double usual;

    private long startedAt;
    private long since;
    private long used;
    private long waited;
    private long cappedNanos;

    Share(K vm, long number, Entitlement entitlement, long virtualTime, long now) {
      this.vm = vm;
      this.number = number;
      this.entitlement = entitlement;
      this.virtualTime = virtualTime;
      this.due = TokenBucket.ofShare(entitlement.reserve(), now);
      this.reserve = TokenBucket.ofShare(entitlement.reserve(), now);
      this.maximum = TokenBucket.ofMaximum(entitlement.maximum(), now);
      this.since = now;
    }

    void set(Entitlement changed, long virtualNow, long now) {
      long lead = virtualTime - virtualNow;
      virtualTime =
          virtualNow + Math.round((double) lead * entitlement.weight() / changed.weight());
      entitlement = changed;
      maximum.setPercent(changed.maximum(), now);
      reserve.setPercent(changed.reserve(), now);
    }

    /** What it asks of the next period. */
    Shares.Claim claim() {
      usual += (usedInPeriod - usual) * SMOOTHING;
      usedInPeriod = 0;
      double demand =
          slept
              ? Math.max(
                  usual * 100 / TokenBucket.PERIOD * DEMAND_MARGIN,
                  Math.max(LEAST_DEMAND, entitlement.reserve()))
              : 100;
      claim.weight = entitlement.weight();
      claim.most = Math.min(demand, entitlement.maximum());
      claim.least = Math.min(entitlement.reserve(), claim.most);
      return claim;
    }

    /** A period begins. */
    void begin(long now) {
      slept = state == State.ASLEEP;
      due.setPercent(claim.share, now);
    }

    long virtual(long nanos) {
      return nanos * Entitlement.GREATEST_WEIGHT / entitlement.weight();
    }

    void notBehind(long floor) {
      if (virtualTime - floor < 0) {
        virtualTime = floor;
      }
    }

    Queue belongs(long now) {
      if (entitlement.maximum() < 100 && maximum.available(now) <= 0) {
        return Queue.CAPPED;
      }
      return promised(now) >= LEAST_SLICE ? Queue.OWED : Queue.FAIR;
    }

    /** What it lacks and may have at once, nanoseconds. */
    long owed(long now) {
      return entitlement.maximum() < 100
          ? Math.min(promised(now), maximum.available(now))
          : promised(now);
    }

    private long promised(long now) {
      return Math.max(due.available(now), reserve.available(now));
    }

    void start(boolean asOwed, long now) {
      become(State.RUNNING, now);
      isOwed = asOwed;
      startedAt = now;
      fresh = false;
      preempted = false;
    }

    long limit(long slice, long now) {
      long limit = slice;
      if (entitlement.maximum() < 100) {
        limit = Math.min(limit, maximum.available(now));
      }
      if (isOwed) {
        limit = Math.min(limit, owedTokens);
      }
      return Math.max(LEAST_SLICE, limit);
    }

    /** Its virtual time with what it has run of its slice. */
    long reached(long now) {
      return virtualTime + virtual(now - startedAt);
    }

    boolean yieldsBefore(Share<K> other) {
      return isOwed == other.isOwed ? startedAt < other.startedAt : other.isOwed;
    }

    boolean givesWayTo(Share<K> candidate, long now) {
      long ran = now - startedAt;
      boolean first = lacksReserve && !candidate.lacksReserve && ran < CONTENDED_SLICE;
      return ran >= LEAST_RUN
          && !first
          && (candidate.queue == Queue.OWED
              || ran >= CONTENDED_SLICE
              || !isOwed && candidate.virtualTime - reached(now) < 0);
    }

    void charge(long nanos, long virtualNow, long now) {
      used += nanos;
      virtualTime += virtual(nanos);
      long furthest = virtualNow + virtual(FURTHEST);
      if (virtualTime - furthest > 0) {
        virtualTime = furthest;
      }
      usedInPeriod += nanos;
      due.spend(nanos, now);
      reserve.spend(nanos, now);
      maximum.spend(nanos, now);
    }

    void become(State next, long now) {
      account(now);
      state = next;
      slept |= next == State.ASLEEP;
    }

    /** Adds the time since the last change to what the VM was doing. */
    void account(long now) {
      if (state == State.WAITING) {
        if (queue == Queue.CAPPED) {
          cappedNanos += now - since;
        } else {
          waited += now - since;
        }
      }
      since = now;
    }
  }
}
