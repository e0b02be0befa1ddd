package troupe.engine.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import troupe.diskio.DiskChannel;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.thread.VmThreads;
import troupe.engine.vm.Admission;
import troupe.engine.vm.Answer;
import troupe.engine.vm.End;
import troupe.engine.vm.Event;
import troupe.engine.vm.HostServices;
import troupe.engine.vm.Images;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.AlarmClock;
import troupe.scheduler.HostTopology;
import troupe.scheduler.NodePlacement;
import troupe.scheduler.Scheduler;

/**
 * The supervisor of all VMs of this host: knows them by name, admits what the host can back, and
 * brings them down in order when it stops.
 *
 * <p>Supervision: the actors of the host itself, this one, the scheduler, the event log and what
 * opens files, go on after a message that failed, as all VMs depend on them; it is logged. A VM
 * stops alone, and so does a part of a PC, see {@link VirtualMachine}.
 */
public final class Host extends AbstractBehavior<Host.Command> {
  /** Everything that the host understands. */
  public sealed interface Command {}

  /** Registers a VM, off. Names are unique. */
  public record CreateVm(VmConfiguration configuration, ActorRef<VmCreated> replyTo)
      implements Command {}

  /** Forgets a VM that is off; its files stay. */
  public record RemoveVm(String name, ActorRef<Answer> replyTo) implements Command {}

  /** Changes the configuration of the VM of its name: {@link VirtualMachine.Configure}. */
  public record ConfigureVm(VmConfiguration configuration, ActorRef<Answer> replyTo)
      implements Command {}

  /** Answered with the VM of that name, if there is one. */
  public record FindVm(String name, ActorRef<Found> replyTo) implements Command {}

  /** Answered with all VMs, in the order in which they were created. */
  public record ListVms(ActorRef<VmList> replyTo) implements Command {}

  /** Stops all VMs as each is configured to be; answered when all are off. */
  public record Stop(ActorRef<Answer> replyTo) implements Command {}

  /**
   * Turns on the VMs that are configured to be on when the host starts: one after another in the
   * order in which they were created, and those with a delay when that is over. To be sent once,
   * when all VMs of the deployment are created. Until it is known what came of them, they count as
   * VMs that were on, if this daemon should end.
   *
   * @param each told of each VM what came of it
   * @param replyTo answered at once with those that have no delay
   */
  public record Start(ActorRef<VmStarted> each, ActorRef<Names> replyTo) implements Command {}

  /** What came of turning a VM on at the host's start. */
  public record VmStarted(String vm, Answer answer) {}

  public record Names(Set<String> names) {
    public Names {
      names = Set.copyOf(names);
    }
  }

  public record WatchEvents(ActorRef<Event> watcher) implements Command {}

  public record ReadEvents(ActorRef<EventLog.Events> replyTo) implements Command {}

  /** See {@link EventLog.ReadAfter}. */
  public record ReadEventsAfter(long number, int most, ActorRef<EventLog.Entries> replyTo)
      implements Command {}

  public record ReadLatestEvent(ActorRef<EventLog.Latest> replyTo) implements Command {}

  /**
   * Answered with what the scheduler has given and gives, by VM; those that are off are not there.
   */
  public record ReadAccounts(ActorRef<Scheduler.Accounts> replyTo) implements Command {}

  /** A VM, or why there is none. */
  public sealed interface VmCreated {
    record Created(ActorRef<VirtualMachine.Command> vm) implements VmCreated {}

    record Refused(String reason) implements VmCreated {}
  }

  public record Found(Optional<ActorRef<VirtualMachine.Command>> vm) {}

  public record VmList(Map<String, ActorRef<VirtualMachine.Command>> byName) {}

  private sealed interface Internal extends Command {}

  private record FromVm(Admission admission) implements Internal {}

  private record FromVms(Vms.Told told) implements Internal {}

  private record Happened(Event event) implements Internal {}

  private record Configured(VmConfiguration configuration, Answer answer, ActorRef<Answer> replyTo)
      implements Internal {}

  /**
   * @param wereRunning when the last daemon ended, however it ended
   */
  private record Begin(Set<String> wereRunning, Start start) implements Internal {}

  /** The first is to be turned on, then the others. */
  private record Due(List<String> vms, ActorRef<VmStarted> each) implements Internal {}

  private record Tried(String vm, Answer answer, Due others) implements Internal {}

  private record Off(String vm) implements Internal {}

  private record RemovalAnswered(String vm, Answer answer) implements Internal {}

  private record Saved(String vm, boolean done) implements Internal {}

  /**
   * The guest should shut down.
   *
   * @param done whether it knows; it cannot while it is off or paused
   */
  private record Asked(String vm, boolean done) implements Internal {}

  private record ShutDownTimeout(String vm) implements Internal {}

  /**
   * @param vm empty while its actor starts
   * @param waiting who gets to know when it has
   */
  private record Registered(
      VmConfiguration configuration,
      Optional<ActorRef<VirtualMachine.Command>> vm,
      ActorRef<VmCreated> waiting) {}

  private static final String STOPS = "this host stops";

  /** How long a guest may take to shut down before its VM is turned off. */
  private static final Duration LONGEST_SHUT_DOWN = Duration.ofSeconds(60);

  private static final Duration LONGEST_START = Duration.ofSeconds(30);
  private static final Duration LONGEST_SAVE = Duration.ofSeconds(60);
  private static final Duration LONGEST_TURN_OFF = Duration.ofSeconds(10);

  private final HostCapacity capacity;
  private final HostTopology topology;
  private final NodePlacement placement;
  private final HostServices services;
  private final ActorRef<EventLog.Command> events;
  private final ActorRef<Vms.Spawn> vms;
  private final AlarmClock alarms = new AlarmClock();
  private final Map<String, Registered> registry = new LinkedHashMap<>();

  /** VMs being removed, and who is told when their actor has ended. */
  private final Map<String, ActorRef<Answer>> leaving = new HashMap<>();

  private final Set<String> running = new TreeSet<>();

  /** VMs that the host's start is still to turn on. */
  private final Set<String> expected = new TreeSet<>();

  private Set<String> remembered = Set.of();
  private final Optional<ActorRef<RunningKeeper.Command>> keeper;
  private boolean isStopping;
  private final List<String> stopping = new ArrayList<>();
  private final List<ActorRef<Answer>> stopReplyTo = new ArrayList<>();

  /** A host whose VMs run near their memory, as far as {@code topology} says what is near. */
  public static Behavior<Command> create(HostSettings settings, HostTopology topology) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(context -> new Host(context, settings, topology)))
        .onFailure(SupervisorStrategy.resume());
  }

  private Host(ActorContext<Command> context, HostSettings settings, HostTopology topology) {
    super(context);
    this.topology = topology;
    placement = new NodePlacement(topology);
    capacity =
        new HostCapacity(
            settings.memoryMib(), settings.machines().sharedHeapBytes(), settings.cpus());
    events = context.spawn(EventLog.create(), "events");
    vms = context.spawn(Vms.create(context.messageAdapter(Vms.Told.class, FromVms::new)), "vms");
    services =
        new HostServices(
            context.spawn(Scheduler.create(settings.cpus(), System::nanoTime, alarms), "scheduler"),
            context.messageAdapter(Admission.class, FromVm::new),
            context.messageAdapter(Event.class, Happened::new),
            context.spawn(Disks.create(), "disks", DiskChannel.dispatcher()),
            new VmThreads(context.getSystem()),
            alarms,
            settings.lines(),
            settings.savedStates(),
            settings.machines());
    keeper =
        settings
            .savedStates()
            .map(
                directory ->
                    context.spawn(
                        RunningKeeper.create(new RunningList(directory)),
                        "running",
                        LineChannel.DISPATCHER));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::onCommand)
        .onSignal(
            PostStop.class,
            _ -> {
              alarms.close();
              return this;
            })
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case CreateVm(VmConfiguration configuration, ActorRef<VmCreated> replyTo) ->
          create(configuration, replyTo);
      case FromVms(Vms.Spawned(VmConfiguration configuration, var vm)) -> {
        Registered before = registry.get(configuration.name());
        registry.put(
            configuration.name(), new Registered(configuration, Optional.of(vm), before.waiting));
        before.waiting.tell(new VmCreated.Created(vm));
      }
      case FromVms(Vms.Ended(String vm, ActorRef<?> actor, Optional<String> failure)) -> {
        release(vm);
        services.scheduler().tell(new Scheduler.Unregister(vm));
        services.images().tell(new Images.OwnerEnded(actor));
        ActorRef<Answer> remover = leaving.remove(vm);
        if (remover != null) {
          registry.remove(vm);
          services.threads().release(vm);
          remover.tell(Answer.DONE);
        } else {
          failed(vm, failure.orElse("the VM's own actor was stopped"));
        }
        getContext().getSelf().tell(new Off(vm));
      }
      case Happened(Event event) -> {
        events.tell(new EventLog.Append(event));
        remember(event);
      }
      case RemoveVm(String name, ActorRef<Answer> replyTo) -> remove(name, replyTo);
      case RemovalAnswered(String _, Answer.Done _) -> {} // its end follows
      case RemovalAnswered(String vm, Answer.Refused refused) -> {
        ActorRef<Answer> remover = leaving.remove(vm);
        if (remover != null) {
          remover.tell(refused);
        }
      }
      case Saved(String vm, boolean done) -> {
        if (done) {
          getContext().getSelf().tell(new Off(vm));
        } else {
          turnOff(vm);
        }
      }
      case FindVm(String name, ActorRef<Found> replyTo) ->
          replyTo.tell(new Found(Optional.ofNullable(registry.get(name)).flatMap(Registered::vm)));
      case Start start -> start(start);
      case Begin(Set<String> wereRunning, Start start) -> begin(wereRunning, start);
      case Due due -> turnOn(due);
      case Tried(String vm, Answer answer, Due others) -> tried(vm, answer, others);
      case ListVms(ActorRef<VmList> replyTo) -> {
        Map<String, ActorRef<VirtualMachine.Command>> all = new LinkedHashMap<>();
        registry.forEach((name, registered) -> registered.vm.ifPresent(vm -> all.put(name, vm)));
        replyTo.tell(new VmList(all));
      }
      case WatchEvents(ActorRef<Event> watcher) -> events.tell(new EventLog.Watch(watcher));
      case ReadEvents(ActorRef<EventLog.Events> replyTo) -> events.tell(new EventLog.Read(replyTo));
      case ReadEventsAfter(long number, int most, ActorRef<EventLog.Entries> replyTo) ->
          events.tell(new EventLog.ReadAfter(number, most, replyTo));
      case ReadLatestEvent(ActorRef<EventLog.Latest> replyTo) ->
          events.tell(new EventLog.ReadLatest(replyTo));
      case ReadAccounts(ActorRef<Scheduler.Accounts> replyTo) ->
          services.scheduler().tell(new Scheduler.ReadAccounts(replyTo));
      case ConfigureVm(VmConfiguration configuration, ActorRef<Answer> replyTo) ->
          configure(configuration, replyTo);
      case Configured(VmConfiguration configuration, Answer answer, ActorRef<Answer> replyTo) -> {
        if (answer instanceof Answer.Done) {
          registry.computeIfPresent(
              configuration.name(),
              (_, before) -> new Registered(configuration, before.vm, before.waiting));
        }
        replyTo.tell(answer);
      }
      case FromVm(Admission admission) -> admit(admission);
      case Stop(ActorRef<Answer> replyTo) -> stop(replyTo);
      case Asked(String vm, boolean done) when done ->
          getContext()
              .scheduleOnce(LONGEST_SHUT_DOWN, getContext().getSelf(), new ShutDownTimeout(vm));
      case Asked(String vm, boolean _) -> turnOff(vm);
      case ShutDownTimeout(String vm) -> {
        if (stopping.contains(vm)) {
          turnOff(vm);
        }
      }
      case Off(String vm) -> {
        if (stopping.remove(vm) && stopping.isEmpty()) {
          stopReplyTo.forEach(replyTo -> replyTo.tell(Answer.DONE));
          stopReplyTo.clear();
        }
      }
    }
    return this;
  }

  private void create(VmConfiguration configuration, ActorRef<VmCreated> replyTo) {
    String name = configuration.name();
    if (isStopping) {
      replyTo.tell(new VmCreated.Refused(STOPS));
      return;
    }
    Registered starting = new Registered(configuration, Optional.empty(), replyTo);
    if (registry.putIfAbsent(name, starting) != null) {
      replyTo.tell(new VmCreated.Refused("there is a VM named " + name + " already"));
      return;
    }
    vms.tell(new Vms.Spawn(configuration, services, Optional.empty()));
  }

  /** A VM's own actor has ended, which is a bug of the engine: it gets another, and is off. */
  private void failed(String name, String report) {
    Registered before = registry.get(name);
    registry.put(
        name,
        new Registered(
            before.configuration, Optional.empty(), getContext().getSystem().ignoreRef()));
    vms.tell(
        new Vms.Spawn(
            before.configuration, services, Optional.of(End.of(End.Cause.FAILED, report))));
    getContext().getSelf().tell(new Happened(new Event(name, Event.Kind.FAILED, report)));
  }

  private void configure(VmConfiguration configuration, ActorRef<Answer> replyTo) {
    String name = configuration.name();
    Optional<ActorRef<VirtualMachine.Command>> vm =
        Optional.ofNullable(registry.get(name)).flatMap(Registered::vm);
    if (vm.isEmpty()) {
      replyTo.tell(new Answer.Refused("there is no VM named " + name));
      return;
    }
    getContext()
        .ask(
            Answer.class,
            vm.get(),
            LONGEST_TURN_OFF,
            answerTo -> new VirtualMachine.Configure(configuration, answerTo),
            (answer, _) ->
                new Configured(
                    configuration,
                    answer == null ? new Answer.Refused(name + " does not answer") : answer,
                    replyTo));
  }

  private void admit(Admission admission) {
    switch (admission) {
      case Admission.Request request -> {
        // What starts now would not be stopped in order.
        Optional<String> problem =
            isStopping
                ? Optional.of(STOPS)
                : capacity.request(request.vm(), request.memoryMib(), request.entitlement());
        if (problem.isEmpty()) {
          place(request);
        }
        request.replyTo().tell(problem.<Answer>map(Answer.Refused::new).orElse(Answer.DONE));
      }
      case Admission.Release(String vm) -> release(vm);
    }
  }

  /** Only where it makes a difference are threads bound. */
  private void place(Admission.Request request) {
    Optional<HostTopology.Node> node =
        placement.place(request.vm(), request.memoryMib(), request.entitlement().reserve());
    if (topology.hasSeveralNodes()) {
      services
          .threads()
          .thread(request.vm())
          .bind(node.map(HostTopology.Node::cpus).orElseGet(topology::cpus));
    }
  }

  private void release(String vm) {
    capacity.release(vm);
    placement.release(vm);
  }

  private void stop(ActorRef<Answer> replyTo) {
    isStopping = true;
    stopReplyTo.add(replyTo);
    if (!stopping.isEmpty()) {
      return;
    }
    registry.forEach((name, registered) -> registered.vm.ifPresent(_ -> stopping.add(name)));
    if (stopping.isEmpty()) {
      replyTo.tell(Answer.DONE);
      stopReplyTo.clear();
    }
    for (String name : List.copyOf(stopping)) {
      switch (registry.get(name).configuration.onHostStop()) {
        case TURN_OFF -> turnOff(name);
        case SHUT_DOWN -> shutDown(name);
        case SAVE -> save(name);
      }
    }
  }

  private void remove(String name, ActorRef<Answer> replyTo) {
    Optional<ActorRef<VirtualMachine.Command>> vm =
        Optional.ofNullable(registry.get(name)).flatMap(Registered::vm);
    if (vm.isEmpty()) {
      replyTo.tell(new Answer.Refused("there is no VM named " + name));
      return;
    }
    if (leaving.putIfAbsent(name, replyTo) != null) {
      replyTo.tell(new Answer.Refused(name + " is being removed"));
      return;
    }
    getContext()
        .ask(
            Answer.class,
            vm.get(),
            LONGEST_TURN_OFF,
            VirtualMachine.Remove::new,
            (answer, _) ->
                new RemovalAnswered(
                    name, answer == null ? new Answer.Refused(name + " does not answer") : answer));
  }

  private void start(Start start) {
    if (keeper.isEmpty()) {
      begin(Set.of(), start);
      return;
    }
    getContext()
        .ask(
            Names.class,
            keeper.get(),
            LONGEST_START,
            RunningKeeper.ReadLast::new,
            (last, _) -> new Begin(last == null ? Set.of() : last.names(), start));
  }

  private void begin(Set<String> wereRunning, Start start) {
    List<String> now = new ArrayList<>();
    registry.forEach(
        (name, registered) -> {
          VmConfiguration.HostStart action = registered.configuration.onHostStart();
          boolean starts =
              switch (action.when()) {
                case ALWAYS -> true;
                case IF_WAS_RUNNING -> wereRunning.contains(name);
                case NEVER -> false;
              };
          if (starts) {
            expected.add(name);
            if (action.delay().isPositive()) {
              Due later = new Due(List.of(name), start.each);
              getContext().scheduleOnce(action.delay(), getContext().getSelf(), later);
            } else {
              now.add(name);
            }
          }
        });
    remember();
    start.replyTo.tell(new Names(Set.copyOf(now)));
    turnOn(new Due(now, start.each));
  }

  private void turnOn(Due due) {
    if (due.vms.isEmpty()) {
      return;
    }
    String name = due.vms.getFirst();
    Due others = new Due(due.vms.subList(1, due.vms.size()), due.each);
    Optional<ActorRef<VirtualMachine.Command>> vm =
        Optional.ofNullable(registry.get(name)).flatMap(Registered::vm);
    if (!expected.contains(name) || vm.isEmpty()) {
      // Somebody was faster, and has turned it on or removed it.
      tried(name, Answer.DONE, others);
      return;
    }
    getContext()
        .ask(
            Answer.class,
            vm.get(),
            LONGEST_START,
            VirtualMachine.TurnOn::new,
            (answer, _) ->
                new Tried(
                    name,
                    answer == null ? new Answer.Refused(name + " does not answer") : answer,
                    others));
  }

  private void tried(String vm, Answer answer, Due others) {
    if (!isStopping && expected.remove(vm)) {
      remember();
    }
    others.each.tell(new VmStarted(vm, answer));
    turnOn(others);
  }

  /** Keeps the list of the VMs that are on; those that the host's own end stops stay in it. */
  private void remember(Event event) {
    switch (event.kind()) {
      case TURNED_ON, RESTORED -> {
        running.add(event.vm());
        expected.remove(event.vm());
      }
      case TURNED_OFF, POWERED_OFF, FAILED, SAVED, REMOVED -> {
        if (!isStopping) {
          running.remove(event.vm());
        }
        if (event.kind() == Event.Kind.REMOVED) {
          expected.remove(event.vm());
        }
      }
      case PAUSED,
          RESUMED,
          RESET,
          TRIPLE_FAULT,
          NOT_SAVED,
          SAVED_STATE_DISCARDED,
          DISK_WARNING,
          DISK_SPACE_WARNING,
          DISK_SPACE_ERROR,
          DISK_SPACE_BACK,
          UNDO_KEPT,
          NOT_RESPONDING -> {}
    }
    remember();
  }

  private void remember() {
    Set<String> names = new TreeSet<>(running);
    names.addAll(expected);
    if (!names.equals(remembered)) {
      remembered = names;
      keeper.ifPresent(actor -> actor.tell(new RunningKeeper.Write(names)));
    }
  }

  private void save(String name) {
    ActorRef<VirtualMachine.Command> vm = registry.get(name).vm.orElseThrow();
    getContext()
        .ask(
            Answer.class,
            vm,
            LONGEST_SAVE,
            VirtualMachine.Save::new,
            (answer, _) -> new Saved(name, answer instanceof Answer.Done));
  }

  private void turnOff(String name) {
    ActorRef<VirtualMachine.Command> vm = registry.get(name).vm.orElseThrow();
    getContext()
        .ask(
            Answer.class,
            vm,
            LONGEST_TURN_OFF,
            VirtualMachine.TurnOff::new,
            (_, _) -> new Off(name));
  }

  /** The guest gets its time; whatever happens in it, the VM is turned off then. */
  private void shutDown(String name) {
    ActorRef<VirtualMachine.Command> vm = registry.get(name).vm.orElseThrow();
    ActorRef<Command> self = getContext().getSelf();
    // Not an adapter: there is one for each class of messages, and this is one for each VM.
    vm.tell(
        new VirtualMachine.WatchEnd(
            getContext()
                .spawnAnonymous(
                    Behaviors.receiveMessage(
                        _ -> {
                          self.tell(new Off(name));
                          return Behaviors.stopped();
                        }))));
    getContext()
        .ask(
            Answer.class,
            vm,
            LONGEST_TURN_OFF,
            VirtualMachine.PowerButton::new,
            (answer, _) -> new Asked(name, answer instanceof Answer.Done));
  }
}
