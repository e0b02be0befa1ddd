package troupe.engine.vm;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import troupe.engine.thread.VmThread;
import troupe.scheduler.AlarmClock;
import troupe.scheduler.Entitlement;
import troupe.scheduler.Scheduler;

/**
 * The processor of one PC: runs the guest in slices that the scheduler grants. Within a slice it
 * lets the VM's other actors in as soon as they have something to do, and sleeps while the guest is
 * halted.
 */
final class VirtualProcessor extends AbstractBehavior<VirtualProcessor.Command> {
  /** Everything that the processor understands. */
  sealed interface Command {}

  /** The guest may run. */
  enum Run implements Command {
    INSTANCE
  }

  /** The guest must not run, and its time stands. */
  enum Hold implements Command {
    INSTANCE
  }

  /** As {@link Hold}; {@code done} runs when the guest does not run any more. */
  record Settle(Runnable done) implements Command {}

  /** A device may have asked for an interrupt. */
  enum Poke implements Command {
    INSTANCE
  }

  private record Ordered(Scheduler.Order order) implements Command {}

  private enum Continue implements Command {
    INSTANCE
  }

  private record Alarm(long number) implements Command {}

  /** Told of what the VM must decide on; the processor holds until {@link Run}. */
  @FunctionalInterface
  interface Outcome {
    void stopped(GuestMachine.Stop stop);
  }

  private enum State {
    HELD,
    /** Wants a slice. */
    WAITING,
    IN_SLICE,
    /** The guest is halted. */
    HALTED
  }

  /**
   * What the processor gets at least between two messages of other actors, nanoseconds, so that a
   * flood of them cannot stop the guest.
   */
  private static final long LEAST_RUN = 100_000;

  /** Do not go to sleep for less, nanoseconds: waking costs about as much. */
  private static final long LEAST_SLEEP = 20_000;

  /**
   * How long a guest that halted for its disk may stay on the CPU, nanoseconds: what the host's
   * cache has comes sooner, and giving the slice back, sleeping and being woken by way of the
   * scheduler takes about as long.
   */
  private static final long LONGEST_LINGER = 200_000;

  /** A transfer that did not take longer with sleeping and waking would have come in that time. */
  private static final long WORTH_LINGERING = 2 * LONGEST_LINGER;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final String vm;
  private final GuestMachine machine;
  private final VmThread thread;
  private final AlarmClock alarms;
  private final ActorRef<Scheduler.Command> scheduler;
  private final Runnable afterRun;
  private final BooleanSupplier awaitsDisk;
  private final Outcome outcome;
  private State state = State.HELD;
  private boolean wanted;
  private long left;
  private long charged;
  private long chargedTranslation;
  private AlarmClock.Alarm alarm = () -> {};
  private long alarmNumber;

  /** When the guest halted, if for its disk; 0 if not. */
  private long haltedForDisk;

  /** The last transfer that it halted for was not worth lingering. */
  private boolean diskIsSlow;

  /**
   * @param afterRun done each time the guest has run for a while
   * @param awaitsDisk whether the host has a transfer of the guest's disks under way
   * @param overdue told, on another thread, where the VM's thread is when a slice does not end
   */
  static Behavior<Command> create(
      String vm,
      GuestMachine machine,
      VmThread thread,
      AlarmClock alarms,
      ActorRef<Scheduler.Command> scheduler,
      Entitlement entitlement,
      Runnable afterRun,
      BooleanSupplier awaitsDisk,
      Consumer<String> overdue,
      Outcome outcome) {
    return Behaviors.setup(
        context -> {
          scheduler.tell(
              new Scheduler.Register(
                  vm,
                  entitlement,
                  context.messageAdapter(Scheduler.Order.class, Ordered::new),
                  new ThreadWatch(Thread.currentThread().threadId(), overdue)));
          return new VirtualProcessor(
              context, vm, machine, thread, alarms, scheduler, afterRun, awaitsDisk, outcome);
        });
  }

  private VirtualProcessor(
      ActorContext<Command> context,
      String vm,
      GuestMachine machine,
      VmThread thread,
      AlarmClock alarms,
      ActorRef<Scheduler.Command> scheduler,
      Runnable afterRun,
      BooleanSupplier awaitsDisk,
      Outcome outcome) {
    super(context);
    this.vm = vm;
    this.machine = machine;
    this.thread = thread;
    this.alarms = alarms;
    this.scheduler = scheduler;
    this.afterRun = afterRun;
    this.awaitsDisk = awaitsDisk;
    this.outcome = outcome;
    this.charged = THREADS.getCurrentThreadCpuTime();
  }

  /** Looks at the VM's thread from another. */
  private record ThreadWatch(long thread, Consumer<String> listener) implements Scheduler.Watch {
    private static final int FRAMES = 8;

    @Override
    public long cpuNanos() {
      return THREADS.getThreadCpuTime(thread);
    }

    @Override
    public void overdue() {
      ThreadInfo info = THREADS.getThreadInfo(thread, FRAMES);
      StringBuilder text = new StringBuilder("does not respond: a slice does not end");
      if (info != null) {
        for (StackTraceElement frame : info.getStackTrace()) {
          text.append("\n  at ").append(frame);
        }
      }
      listener.accept(text.toString());
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Run _ -> run();
      case Hold _ -> hold();
      case Settle(Runnable done) -> {
        hold();
        done.run();
      }
      case Poke _ -> wake();
      case Ordered(Scheduler.Slice(long nanos)) -> granted(nanos);
      case Ordered(Scheduler.GiveWay _) -> {
        if (state == State.IN_SLICE) {
          giveBack(true);
          state = State.WAITING;
        }
      }
      case Continue _ -> {
        if (state == State.IN_SLICE) {
          step();
        }
      }
      case Alarm(long number) -> {
        if (number == alarmNumber) {
          wake();
        }
      }
    }
    return this;
  }

  private void run() {
    if (wanted) {
      return;
    }
    wanted = true;
    machine.resumeTime();
    if (state == State.HELD) {
      state = State.WAITING;
      scheduler.tell(new Scheduler.Wake(vm));
    }
  }

  private void hold() {
    wanted = false;
    machine.holdTime();
    if (state == State.IN_SLICE) {
      giveBack(false);
    }
    if (state != State.WAITING) {
      state = State.HELD;
    }
    silence();
  }

  private void wake() {
    if (state == State.HALTED) {
      if (haltedForDisk != 0) {
        diskIsSlow = System.nanoTime() - haltedForDisk > WORTH_LINGERING;
      }
      silence();
      state = State.WAITING;
      scheduler.tell(new Scheduler.Wake(vm));
    }
  }

  private void granted(long nanos) {
    left = nanos;
    state = State.IN_SLICE;
    if (wanted) {
      step();
    } else {
      giveBack(false);
      state = State.HELD;
    }
  }

  private void step() {
    // What asked for attention until now waits in the queue, this very step among it: without this
    // the guest would never run.
    machine.clearAttention();
    long budget = thread.hasWork() ? Math.min(left, LEAST_RUN) : left;
    long before = THREADS.getCurrentThreadCpuTime();
    GuestMachine.Stop stop = machine.run(budget);
    left -= Math.max(THREADS.getCurrentThreadCpuTime() - before, 0);
    afterRun.run();
    switch (stop) {
      case GuestMachine.Stop.TimeUsed _ -> goOn();
      case GuestMachine.Stop.Attention _ -> goOn();
      case GuestMachine.Stop.Halted _ -> sleep();
      case GuestMachine.Stop.PoweredOff _ -> stop(stop);
      case GuestMachine.Stop.ResetRequested _ -> stop(stop);
      case GuestMachine.Stop.TripleFault _ -> stop(stop);
      case GuestMachine.Stop.ExitPort _ -> stop(stop);
    }
  }

  private void goOn() {
    if (left >= LEAST_RUN) {
      // Behind the messages that other actors of the VM already have.
      getContext().getSelf().tell(Continue.INSTANCE);
    } else {
      giveBack(true);
      state = State.WAITING;
    }
  }

  private void sleep() {
    long nanos = machine.nanosToAlarm();
    if (nanos < LEAST_SLEEP || lingers(nanos)) {
      goOn();
      return;
    }
    giveBack(false);
    state = State.HALTED;
    if (nanos != Long.MAX_VALUE) {
      Alarm message = new Alarm(++alarmNumber);
      ActorRef<Command> self = getContext().getSelf();
      alarm = alarms.in(nanos, () -> self.tell(message));
    }
  }

  /**
   * Waits a little for a transfer of the guest's disk, unless the last one took longer than that;
   * whether the guest has something to do now.
   */
  private boolean lingers(long nanosToAlarm) {
    boolean forDisk = awaitsDisk.getAsBoolean();
    haltedForDisk = forDisk ? System.nanoTime() : 0;
    if (!forDisk || diskIsSlow || left < LEAST_RUN) {
      return false;
    }
    long before = THREADS.getCurrentThreadCpuTime();
    thread.lingerForWork(Math.min(LONGEST_LINGER, nanosToAlarm));
    left -= Math.max(THREADS.getCurrentThreadCpuTime() - before, 0);
    diskIsSlow = !thread.hasWork();
    return thread.hasWork();
  }

  private void stop(GuestMachine.Stop stop) {
    wanted = false;
    machine.holdTime();
    giveBack(false);
    state = State.HELD;
    outcome.stopped(stop);
  }

  /**
   * Ends the slice; charges all that the VM's thread did since the last time, and what the
   * translation of its code took elsewhere.
   */
  private void giveBack(boolean wantsMore) {
    long now = THREADS.getCurrentThreadCpuTime();
    long translation = machine.translationNanos();
    long used = Math.max(0, now - charged) + translation - chargedTranslation;
    scheduler.tell(new Scheduler.Used(vm, used, wantsMore));
    charged = now;
    chargedTranslation = translation;
  }

  private void silence() {
    alarm.cancel();
    alarmNumber++;
  }
}
