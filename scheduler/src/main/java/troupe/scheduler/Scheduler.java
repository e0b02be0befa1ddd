package troupe.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The scheduler actor: gives VMs slices of host CPUs as {@link SchedulingPolicy} decides, as many
 * at a time as there are CPUs, and charges what they measured. It never blocks.
 */
public final class Scheduler extends AbstractBehavior<Scheduler.Command> {
  /** Everything that the scheduler understands. */
  public sealed interface Command {}

  /** A VM was turned on: {@code processor} gets its slices. It sleeps until {@link Wake}. */
  public record Register(String vm, Entitlement entitlement, ActorRef<Order> processor)
      implements Command {}

  /** A VM is gone; the slice it may have out is given back. */
  public record Unregister(String vm) implements Command {}

  public record SetEntitlement(String vm, Entitlement entitlement) implements Command {}

  /** The VM wants a CPU. */
  public record Wake(String vm) implements Command {}

  /**
   * The VM's slice ended.
   *
   * @param cpuNanos CPU time of the VM's thread, measured
   * @param wantsMore false when the guest halted or the VM was paused
   */
  public record Used(String vm, long cpuNanos, boolean wantsMore) implements Command {}

  /** Asks for a VM's accounts; a VM that is not on has used nothing. */
  public record ReadUsage(String vm, ActorRef<Usage> replyTo) implements Command {}

  /** Time to decide anew. */
  private enum Look implements Command {
    AFTER_REFILL,
    AFTER_LEAST_RUN
  }

  /** What a VM's processor is told. */
  public sealed interface Order {}

  /** A grant: run for this many nanoseconds of CPU time, then answer with {@link Used}. */
  public record Slice(long nanos) implements Order {}

  /** Another VM goes first: end the slice at once, and answer with {@link Used} as always. */
  public enum GiveWay implements Order {
    NOW
  }

  private final SchedulingPolicy<String> policy;
  private final LongSupplier time;
  private final AlarmClock alarms;
  private boolean refillSet;
  private boolean leastRunSet;
  private final Map<String, ActorRef<Order>> processors = new HashMap<>();

  /**
   * @param cpus host CPUs to give away
   * @param time nanoseconds, monotonic
   */
  public static Behavior<Command> create(int cpus, LongSupplier time, AlarmClock alarms) {
    return Behaviors.setup(
        context -> new Scheduler(context, alarms, new SchedulingPolicy<String>(cpus), time));
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
      case Register(String vm, Entitlement entitlement, ActorRef<Order> processor) -> {
        policy.add(vm, entitlement, now);
        processors.put(vm, processor);
      }
      case Unregister(String vm) -> {
        policy.remove(vm);
        processors.remove(vm);
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
          policy.charge(vm, cpuNanos, wantsMore, now);
        }
      }
      case ReadUsage(String vm, ActorRef<Usage> replyTo) ->
          replyTo.tell(policy.knows(vm) ? policy.usage(vm, now) : new Usage(0, 0, 0));
      case Look look -> {
        switch (look) {
          case AFTER_REFILL -> refillSet = false;
          case AFTER_LEAST_RUN -> leastRunSet = false;
        }
      }
    }
    grant(now);
    return this;
  }

  private void grant(long now) {
    for (Optional<SchedulingPolicy.Slice<String>> next = policy.next(now);
        next.isPresent();
        next = policy.next(now)) {
      processors.get(next.get().vm()).tell(new Slice(next.get().nanos()));
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
    OptionalLong refill = policy.nextRefill(now);
    if (refill.isPresent() && !refillSet) {
      refillSet = true;
      alarms.in(refill.getAsLong() - now, () -> self.tell(Look.AFTER_REFILL));
    }
  }
}
