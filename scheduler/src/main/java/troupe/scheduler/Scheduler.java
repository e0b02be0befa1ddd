package troupe.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The scheduler actor: gives VMs slices of host CPUs as {@link SchedulingPolicy} decides, as many
 * at a time as there are CPUs, and charges what they measured. It never blocks, and goes on after a
 * message that failed: all VMs wait for it.
 */
public final class Scheduler extends AbstractBehavior<Scheduler.Command> {
  /** Everything that the scheduler understands. */
  public sealed interface Command {}

  /** A VM was turned on: {@code processor} gets its slices. It sleeps until {@link Wake}. */
  public record Register(String vm, Entitlement entitlement, ActorRef<Order> processor, Watch watch)
      implements Command {}

  /** What the scheduler looks at while a slice is out. Any thread may call it. */
  public interface Watch {
    /** CPU time that the VM's thread has used since it began, nanoseconds. */
    long cpuNanos();

    /**
     * The VM's thread has used far more than its slice and does not give it back: others get the
     * CPU now, as far as the host lets them.
     */
    void overdue();
  }

  /** A VM is gone; the slice it may have out is given back. */
  public record Unregister(String vm) implements Command {}

  public record SetEntitlement(String vm, Entitlement entitlement) implements Command {}

  /** The VM wants a CPU. */
  public record Wake(String vm) implements Command {}

  /**
   * The VM's slice ended.
   *
   * @param cpuNanos CPU time of the VM's thread, measured, and of work that others did for it
   * @param wantsMore false when the guest halted or the VM was paused
   */
  public record Used(String vm, long cpuNanos, boolean wantsMore) implements Command {}

  /** Asks for a VM's accounts; a VM that is not on has used nothing. */
  public record ReadUsage(String vm, ActorRef<Usage> replyTo) implements Command {}

  /** Answered with the accounts of all VMs that are on. */
  public record ReadAccounts(ActorRef<Accounts> replyTo) implements Command {}

  /** By VM. */
  public record Accounts(Map<String, Account> byVm) {
    public Accounts {
      byVm = Map.copyOf(byVm);
    }
  }

  /**
   * @param granted percent of one CPU that it gets if all VMs want as much as they can get
   */
  public record Account(Usage usage, double granted) {}

  /** Time to decide anew. */
  private enum Look implements Command {
    AFTER_REFILL,
    AFTER_LEAST_RUN,
    AT_SLICES_OUT
  }

  /** What a VM's processor is told. */
  public sealed interface Order {}

  /** A grant: run for this many nanoseconds of CPU time, then answer with {@link Used}. */
  public record Slice(long nanos) implements Order {}

  /** Another VM goes first: end the slice at once, and answer with {@link Used} as always. */
  public enum GiveWay implements Order {
    NOW
  }

  /**
   * A slice that is out.
   *
   * @param usedBefore CPU time of the thread when it was granted
   * @param nanos what was granted
   */
  private record Out(long usedBefore, long nanos) {}

  /** How much more than its slice a thread may use before it is overdue, nanoseconds. */
  static final long OVERDUE = 1_000_000_000;

  private static final long WATCH_INTERVAL = 250_000_000;

  private final SchedulingPolicy<String> policy;
  private final LongSupplier time;
  private final AlarmClock alarms;
  private boolean refillSet;
  private boolean leastRunSet;
  private boolean watchSet;
  private final Map<String, ActorRef<Order>> processors = new HashMap<>();
  private final Map<String, Watch> watches = new HashMap<>();
  private final Map<String, Out> out = new HashMap<>();

  /** What was charged already of slices that are overdue. */
  private final Map<String, Long> overdue = new HashMap<>();

  /**
   * @param cpus host CPUs to give away
   * @param time nanoseconds, monotonic
   */
  public static Behavior<Command> create(int cpus, LongSupplier time, AlarmClock alarms) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(
                context -> new Scheduler(context, alarms, new SchedulingPolicy<>(cpus), time)))
        .onFailure(SupervisorStrategy.resume());
  }

  private Scheduler(
      ActorContext<Command> context,
      AlarmClock alarms,
      SchedulingPolicy<String> policy,
      LongSupplier time) {
    super(context);
    this.alarms = alarms;
    this.policy = policy;
    this.time = time;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    long now = time.getAsLong();
    switch (command) {
      case Register(String vm, Entitlement entitlement, ActorRef<Order> processor, Watch watch) -> {
        policy.add(vm, entitlement, now);
        processors.put(vm, processor);
        watches.put(vm, watch);
      }
      case Unregister(String vm) -> {
        policy.remove(vm);
        processors.remove(vm);
        watches.remove(vm);
        out.remove(vm);
        overdue.remove(vm);
      }
      case SetEntitlement(String vm, Entitlement entitlement) -> {
        if (policy.knows(vm)) {
          policy.setEntitlement(vm, entitlement, now);
        }
      }
      case Wake(String vm) -> {
        if (policy.knows(vm)) {
          policy.wake(vm, now);
        }
      }
      case Used(String vm, long cpuNanos, boolean wantsMore) -> {
        if (policy.knows(vm)) {
          out.remove(vm);
          Long charged = overdue.remove(vm);
          policy.charge(
              vm, charged == null ? cpuNanos : Math.max(0, cpuNanos - charged), wantsMore, now);
        }
      }
      case ReadUsage(String vm, ActorRef<Usage> replyTo) ->
          replyTo.tell(policy.knows(vm) ? policy.usage(vm, now) : new Usage(0, 0, 0));
      case ReadAccounts(ActorRef<Accounts> replyTo) -> {
        Map<String, Account> accounts = new HashMap<>();
        policy
            .entitled()
            .forEach(
                (vm, granted) -> accounts.put(vm, new Account(policy.usage(vm, now), granted)));
        replyTo.tell(new Accounts(accounts));
      }
      case Look look -> {
        switch (look) {
          case AFTER_REFILL -> refillSet = false;
          case AFTER_LEAST_RUN -> leastRunSet = false;
          case AT_SLICES_OUT -> {
            watchSet = false;
            watchSlices(now);
          }
        }
      }
    }
    grant(now);
    return this;
  }

  /** Takes back what does not come back: something in the VM goes on and on. */
  private void watchSlices(long now) {
    for (Map.Entry<String, Out> slice : Map.copyOf(out).entrySet()) {
      String vm = slice.getKey();
      long used = watches.get(vm).cpuNanos() - slice.getValue().usedBefore;
      if (used > slice.getValue().nanos + OVERDUE) {
        out.remove(vm);
        overdue.put(vm, used);
        policy.charge(vm, used, false, now);
        watches.get(vm).overdue();
      }
    }
  }

  private void grant(long now) {
    for (Optional<SchedulingPolicy.Slice<String>> next = policy.next(now);
        next.isPresent();
        next = policy.next(now)) {
      String vm = next.get().vm();
      out.put(vm, new Out(watches.get(vm).cpuNanos(), next.get().nanos()));
      processors.get(vm).tell(new Slice(next.get().nanos()));
    }
    for (Optional<String> victim = policy.preempt(now);
        victim.isPresent();
        victim = policy.preempt(now)) {
      processors.get(victim.get()).tell(GiveWay.NOW);
    }
    ActorRef<Command> self = getContext().getSelf();
    if (policy.preemptionPending() && !leastRunSet) {
      leastRunSet = true;
      alarms.in(SchedulingPolicy.LEAST_RUN, () -> self.tell(Look.AFTER_LEAST_RUN));
    }
    if (!out.isEmpty() && !watchSet) {
      watchSet = true;
      alarms.in(WATCH_INTERVAL, () -> self.tell(Look.AT_SLICES_OUT));
    }
    OptionalLong refill = policy.nextRefill(now);
    if (refill.isPresent() && !refillSet) {
      refillSet = true;
      alarms.in(refill.getAsLong() - now, () -> self.tell(Look.AFTER_REFILL));
    }
  }
}
