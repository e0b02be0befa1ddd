package troupe.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;

/**
 * Runs a {@link SchedulingPolicy} on simulated CPUs, deterministically. Each VM has work coming in
 * at a steady pace, in portions; it sleeps when it has none left.
 */
final class Simulation {
  /** Nanoseconds between two portions of a VM's work. */
  private static final long PORTION = 10_000_000;

  /** How long before the end of a slice a VM yields that does, and for how long, nanoseconds. */
  private static final long YIELD = 20_000;

  /** Wants a CPU all the time. */
  static final int BUSY = 100;

  /** One VM. */
  static final class Vm {
    final int name;
    final int demand;
    private long work;
    long used;
    long wokenAt = -1;
    long longestWake;
    private long startedAt;
    private long runsUntil;
    private long slice;
    private int stolen;
    private boolean yields;

    /**
     * @param demand percent of one CPU
     */
    Vm(int name, int demand) {
      this.name = name;
      this.demand = demand;
      this.work = demand == BUSY ? Long.MAX_VALUE : 0;
    }
  }

  private record Event(long at, long number, Vm vm, boolean portion) {}

  private final SchedulingPolicy<Integer> policy;
  private final List<Vm> vms = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private long number;
  private long now;
  private OptionalLong look = OptionalLong.empty();
  private IntUnaryOperator stolen = _ -> 0;

  Simulation(int cpus) {
    policy = new SchedulingPolicy<>(cpus);
  }

  /**
   * Other work of the host takes part of the time of each slice.
   *
   * @param percent by the number of the tenth of a second that the slice begins in
   */
  Simulation stealing(IntUnaryOperator percent) {
    stolen = percent;
    return this;
  }

  SchedulingPolicy<Integer> policy() {
    return policy;
  }

  Vm add(Entitlement entitlement, int demand) {
    Vm vm = new Vm(vms.size(), demand);
    vms.add(vm);
    policy.add(vm.name, entitlement, now);
    if (demand == BUSY) {
      policy.wake(vm.name, now);
    } else if (demand > 0) {
      // Portions of different VMs do not come at the same instants.
      events.add(new Event(now + vm.name * 7_919_000L % PORTION, number++, vm, true));
    }
    return vm;
  }

  /** Adds a VM that always wants a CPU, but sleeps for a moment just before each slice ends. */
  Vm addYielding(Entitlement entitlement) {
    Vm vm = add(entitlement, BUSY);
    vm.yields = true;
    return vm;
  }

  void set(Vm vm, Entitlement entitlement) {
    policy.setEntitlement(vm.name, entitlement, now);
  }

  void forgetUse() {
    vms.forEach(vm -> vm.used = 0);
  }

  long now() {
    return now;
  }

  /** Goes on for {@code nanos}. */
  void run(long nanos) {
    long end = now + nanos;
    decide();
    while (true) {
      Event next = events.peek();
      long at = Math.min(next == null ? Long.MAX_VALUE : next.at, look.orElse(Long.MAX_VALUE));
      if (at > end) {
        now = end;
        return;
      }
      now = at;
      if (look.isPresent() && look.getAsLong() <= now) {
        look = OptionalLong.empty();
      } else {
        happens(events.remove());
      }
      decide();
    }
  }

  private void happens(Event event) {
    Vm vm = event.vm;
    if (event.portion && vm.yields) {
      policy.wake(vm.name, now);
    } else if (event.portion) {
      boolean slept = vm.work == 0;
      vm.work += PORTION * vm.demand / 100;
      events.add(new Event(now + PORTION, number++, vm, true));
      if (slept) {
        vm.wokenAt = now;
        policy.wake(vm.name, now);
      }
    } else if (event.at == vm.runsUntil) {
      stop(vm);
    }
  }

  /** Ends a VM's slice, used or not. */
  private void stop(Vm vm) {
    long ran = Math.min(vm.slice, (now - vm.startedAt) * (100 - vm.stolen) / 100);
    vm.runsUntil = -1;
    vm.used += ran;
    if (vm.demand != BUSY) {
      vm.work -= ran;
    }
    policy.charge(vm.name, ran, vm.work > 0 && !vm.yields, now);
    if (vm.yields) {
      events.add(new Event(now + YIELD, number++, vm, true));
    }
  }

  private void decide() {
    grant();
    for (Optional<Integer> victim = policy.preempt(now);
        victim.isPresent();
        victim = policy.preempt(now)) {
      stop(vms.get(victim.get()));
      grant();
    }
    look = policy.nextRefill(now);
    if (policy.preemptionPending()) {
      long later = now + SchedulingPolicy.LEAST_RUN;
      look = OptionalLong.of(Math.min(look.orElse(later), later));
    }
  }

  private void grant() {
    for (Optional<SchedulingPolicy.Slice<Integer>> slice = policy.next(now);
        slice.isPresent();
        slice = policy.next(now)) {
      Vm vm = vms.get(slice.get().vm());
      if (vm.wokenAt >= 0) {
        vm.longestWake = Math.max(vm.longestWake, now - vm.wokenAt);
        vm.wokenAt = -1;
      }
      vm.startedAt = now;
      vm.slice = Math.min(slice.get().nanos() - (vm.yields ? YIELD : 0), vm.work);
      vm.stolen = stolen.applyAsInt((int) (now / 100_000_000));
      vm.runsUntil = now + Math.ceilDiv(vm.slice * 100, 100 - vm.stolen);
      events.add(new Event(vm.runsUntil, number++, vm, false));
    }
  }
}
