package troupe.engine.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.BehaviorBuilder;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.diskio.DiskChannel;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.VirtualMachine.Command;
import troupe.engine.vm.VirtualMachine.DeviceCommand;
import troupe.engine.vm.VirtualMachine.DiskSpace;
import troupe.engine.vm.VirtualMachine.EntitlementAdmitted;
import troupe.engine.vm.VirtualMachine.ImageOpened;
import troupe.engine.vm.VirtualMachine.Internal;
import troupe.engine.vm.VirtualMachine.MoveMouse;
import troupe.engine.vm.VirtualMachine.PowerCommand;
import troupe.engine.vm.VirtualMachine.PressButton;
import troupe.engine.vm.VirtualMachine.Question;
import troupe.engine.vm.VirtualMachine.ReadScreen;
import troupe.engine.vm.VirtualMachine.ReadStatus;
import troupe.engine.vm.VirtualMachine.SendSerial;
import troupe.engine.vm.VirtualMachine.SerialWatcherGone;
import troupe.engine.vm.VirtualMachine.SetEntitlement;
import troupe.engine.vm.VirtualMachine.StateDiscarded;
import troupe.engine.vm.VirtualMachine.Type;
import troupe.engine.vm.VirtualMachine.WatchEnd;
import troupe.engine.vm.VirtualMachine.WatchSerial;
import troupe.scheduler.Scheduler;
import troupe.scheduler.Usage;

/**
 * What a VM has through all its power states, and what it answers alike in several of them. On the
 * VM's thread only.
 */
final class VmLifetime {
  /** What a PC has done since it was turned on. */
  record Counts(
      long instructions,
      long virtualNanos,
      long codeBytes,
      DiskTraffic disk,
      NetworkTraffic network) {
    static final Counts NONE = new Counts(0, 0, 0, DiskTraffic.NONE, NetworkTraffic.NONE);

    static Counts of(PoweredPc pc) {
      return new Counts(
          pc.instructions(), pc.virtualNanos(), pc.codeBytes(), pc.traffic(), pc.network());
    }
  }

  private static final Duration LONGEST_ADMISSION = Duration.ofSeconds(10);

  private final ActorContext<Command> context;
  private final StashBuffer<Command> stash;
  private final TimerScheduler<Command> timers;
  private final HostServices host;
  private final Executor blocking;
  private final ActorRef<DiskChannel.Space> space;
  private final Optional<Path> stateFile;
  private final List<ActorRef<End>> endWatchers = new ArrayList<>();
  private final Map<Integer, List<ActorRef<SerialOutput>>> serialWatchers = new HashMap<>();
  private VmConfiguration configuration;
  private final EventRate guestEvents = new EventRate();
  private boolean hasSavedState;
  private Optional<End> lastEnd;
  private Optional<Screen> lastScreen = Optional.empty();
  private Counts lastCounts = Counts.NONE;

  VmLifetime(
      ActorContext<Command> context,
      StashBuffer<Command> stash,
      TimerScheduler<Command> timers,
      VmConfiguration configuration,
      HostServices host,
      Optional<End> lastEnd) {
    this.context = context;
    this.stash = stash;
    this.timers = timers;
    this.configuration = configuration;
    this.host = host;
    this.lastEnd = lastEnd;
    this.blocking = context.getSystem().dispatchers().lookup(LineChannel.DISPATCHER);
    this.stateFile =
        host.savedStates().map(directory -> directory.resolve(configuration.name() + ".state"));
    this.space = context.messageAdapter(DiskChannel.Space.class, DiskSpace::new);
    this.hasSavedState = stateFile.filter(Files::exists).isPresent();
  }

  // ---- What the states need

  ActorContext<Command> context() {
    return context;
  }

  ActorRef<Command> self() {
    return context.getSelf();
  }

  ActorSystem<?> system() {
    return context.getSystem();
  }

  /** A state that sets a timer cancels it when it is left: a late one would end the next stay. */
  TimerScheduler<Command> timers() {
    return timers;
  }

  /** Where blocking calls run. */
  Executor blocking() {
    return blocking;
  }

  HostServices host() {
    return host;
  }

  /** Told by the channels of the disks how much room the host has for them. */
  ActorRef<DiskChannel.Space> space() {
    return space;
  }

  VmConfiguration configuration() {
    return configuration;
  }

  void configure(VmConfiguration changed) {
    configuration = changed;
  }

  String name() {
    return configuration.name();
  }

  /**
   * Keeps a command for the next state that {@link #go} leads to. Too many from outside are
   * refused, so that there is always room for the VM's own messages.
   */
  void keep(Command command) {
    if (stash.size() < VirtualMachine.MOST_WAITING) {
      stash.stash(command);
      return;
    }
    Answer.Refused refused = new Answer.Refused(name() + " has too many commands waiting");
    switch (command) {
      case PowerCommand power -> power.replyTo().tell(refused);
      case SetEntitlement set -> set.replyTo().tell(refused);
      case DeviceCommand device -> refuse(device, refused);
      case Question _, Internal _ -> stash.stash(command);
    }
  }

  Behavior<Command> go(Behavior<Command> next) {
    return stash.unstashAll(next);
  }

  /** Tells an event that the guest may cause as often as it likes, if it was not too often. */
  void guestEvent(Event.Kind kind, String text) {
    if (guestEvents.next(System.nanoTime())) {
      long before = guestEvents.takeLeftOut();
      event(kind, before == 0 ? text : text + " (and %d times before)".formatted(before));
    }
  }

  void event(Event.Kind kind, String text) {
    host.events().tell(new Event(name(), kind, text));
  }

  // ---- The saved state

  /** Where the state is saved; empty if the host keeps none. */
  Optional<Path> stateFile() {
    return stateFile;
  }

  boolean hasSavedState() {
    return hasSavedState;
  }

  void saved() {
    hasSavedState = true;
  }

  /**
   * Deletes the saved state; what comes in the meantime waits.
   *
   * @param pc the PC that has been made from it, or null
   * @param then gives the next state; told why the saved state stays, if it does
   */
  Behavior<Command> discardSavedState(
      PowerState state, PoweredPc pc, Function<Optional<String>, Behavior<Command>> then) {
    Path file = stateFile.orElseThrow();
    context.pipeToSelf(
        CompletableFuture.runAsync(() -> delete(file), blocking),
        (_, failure) -> new StateDiscarded(Optional.ofNullable(failure).map(VmLifetime::reason)));
    BehaviorBuilder<Command> waiting =
        Behaviors.receive(Command.class)
            .onMessage(
                Command.class,
                command ->
                    switch (command) {
                      case StateDiscarded(Optional<String> problem) -> {
                        hasSavedState = problem.isPresent();
                        yield then.apply(problem);
                      }
                      case Question question -> answer(question, state, pc);
                      case EntitlementAdmitted admitted -> entitled(admitted);
                      case ImageOpened opened -> tooLate(opened);
                      case PowerCommand _, SetEntitlement _, DeviceCommand _, Internal _ -> {
                        keep(command);
                        yield Behaviors.same();
                      }
                    });
    return (pc == null ? waiting : waiting.onSignal(Terminated.class, pc::partEnded)).build();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- The last PC

  /** Remembers what is asked for when the PC is gone. */
  void remember(PoweredPc pc) {
    lastScreen = pc.screen();
    lastCounts = Counts.of(pc);
  }

  /** A new PC counts from zero. */
  void forgetCounts() {
    lastCounts = Counts.NONE;
  }

  /** The VM is off. */
  void ended(End end) {
    lastEnd = Optional.of(end);
    endWatchers.forEach(watcher -> watcher.tell(end));
  }

  /** Joins those who watch serial ports to those of a new PC. */
  void watchSerial(PoweredPc pc) {
    serialWatchers.forEach(
        (port, watchers) -> watchers.forEach(watcher -> pc.watchSerial(port, watcher)));
  }

  // ---- Answers

  /** There is no PC that a device command could reach. */
  Behavior<Command> lost(DeviceCommand command) {
    refuse(command, new Answer.Refused(name() + " is off"));
    return Behaviors.same();
  }

  private static void refuse(DeviceCommand command, Answer.Refused answer) {
    switch (command) {
      case SendSerial send -> send.replyTo().tell(answer);
      case Type type -> type.replyTo().tell(answer);
      case MoveMouse _, PressButton _ -> {}
    }
  }

  Behavior<Command> refuse(PowerCommand command, String why) {
    command.replyTo().tell(new Answer.Refused(name() + " " + why));
    return Behaviors.same();
  }

  /**
   * Answers what all power states answer alike.
   *
   * @param pc the PC that the VM has, or null: then its last one is told of
   */
  Behavior<Command> answer(Question question, PowerState state, PoweredPc pc) {
    switch (question) {
      case ReadStatus(ActorRef<Status> replyTo) ->
          status(replyTo, state, pc == null ? lastCounts : Counts.of(pc));
      case ReadScreen(ActorRef<Optional<Screen>> replyTo) when pc == null ->
          replyTo.tell(lastScreen);
      case ReadScreen(ActorRef<Optional<Screen>> replyTo) -> pc.readScreen(replyTo);
      case WatchEnd(ActorRef<End> watcher) -> endWatchers.add(watcher);
      case WatchSerial(int port, ActorRef<SerialOutput> watcher) -> {
        if (pc != null) {
          pc.watchSerial(port, watcher);
        }
        serialWatchers.computeIfAbsent(port, _ -> new ArrayList<>()).add(watcher);
        context.watchWith(watcher, new SerialWatcherGone(watcher));
      }
      case SerialWatcherGone(ActorRef<SerialOutput> watcher) ->
          serialWatchers.values().forEach(watchers -> watchers.remove(watcher));
    }
    return Behaviors.same();
  }

  private void status(ActorRef<Status> replyTo, PowerState state, Counts counts) {
    VmConfiguration now = configuration;
    Optional<End> end = lastEnd;
    AskPattern.<Scheduler.Command, Usage>ask(
            host.scheduler(),
            usageTo -> new Scheduler.ReadUsage(now.name(), usageTo),
            LONGEST_ADMISSION,
            system().scheduler())
        .thenAccept(
            usage ->
                replyTo.tell(
                    new Status(
                        now.name(),
                        state,
                        now.memoryMib(),
                        counts.codeBytes(),
                        counts.instructions(),
                        counts.virtualNanos(),
                        now.entitlement(),
                        usage,
                        counts.disk(),
                        counts.network(),
                        end)));
  }

  /** Asks the host whether it can hold what has changed. */
  Behavior<Command> admit(VmConfiguration changed, ActorRef<Answer> replyTo) {
    context.ask(
        Answer.class,
        host.admission(),
        LONGEST_ADMISSION,
        answerTo ->
            new Admission.Request(
                changed.name(), changed.memoryMib(), changed.entitlement(), answerTo),
        (answer, failure) ->
            new EntitlementAdmitted(
                changed,
                failure == null ? answer : new Answer.Refused("the host does not answer"),
                replyTo));
    return Behaviors.same();
  }

  /** The host has said whether it can hold a changed reserve; the VM may be off by now. */
  Behavior<Command> entitled(EntitlementAdmitted admitted) {
    if (admitted.answer() instanceof Answer.Done) {
      configuration = admitted.changed();
      host.scheduler()
          .tell(new Scheduler.SetEntitlement(configuration.name(), configuration.entitlement()));
    }
    admitted.replyTo().tell(admitted.answer());
    return Behaviors.same();
  }

  /** An image that was to be inserted was opened after the VM went off. */
  Behavior<Command> tooLate(ImageOpened opened) {
    if (opened.outcome() instanceof Images.Outcome.Opened(OpenedImage image)) {
      image.channel().tell(new DiskChannel.Close(0, system().ignoreRef()));
    }
    opened.replyTo().tell(new Answer.Refused(name() + " is off"));
    return Behaviors.same();
  }

  /** What failed, in one line for people. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof CompletionException || cause instanceof UncheckedIOException)) {
      cause = cause.getCause();
    }
    return cause instanceof IOException ? cause.getMessage() : cause.toString();
  }
}
