package troupe.engine.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import troupe.diskio.DiskChannel;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.input.KeyStroke;
import troupe.engine.saved.SavedState;
import troupe.engine.saved.SavedStateFile;
import troupe.scheduler.Entitlement;
import troupe.scheduler.Scheduler;
import troupe.scheduler.Usage;

/**
 * One VM: its power states, each a method that returns a behaviour. While it is on, a {@link
 * PoweredPc} holds the parts of its PC.
 */
public final class VirtualMachine {
  /** Everything that a VM understands. */
  public sealed interface Command {}

  /** A change of the power state or the hardware. Refused in states where it makes no sense. */
  public sealed interface PowerCommand extends Command {
    ActorRef<Answer> replyTo();
  }

  /** Answered when the guest runs, or cannot. */
  public record TurnOn(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Pulls the plug. Answered when all channels have been flushed and closed. */
  public record TurnOff(ActorRef<Answer> replyTo) implements PowerCommand {}

  public record Pause(ActorRef<Answer> replyTo) implements PowerCommand {}

  public record Resume(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** As the reset button. */
  public record Reset(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** As the power button, which asks the guest to shut down. */
  public record PowerButton(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Saves the state and goes off; the VM goes on if that fails. */
  public record Save(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Goes on from the saved state, which is used up by it. {@link TurnOn} does the same. */
  public record Restore(ActorRef<Answer> replyTo) implements PowerCommand {}

  public record DiscardSavedState(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Ends the VM's actor; its files stay. For the host only. */
  public record Remove(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Puts an image into a CD or floppy drive, in the place of what is in it. */
  public record Insert(DriveSlot slot, Path file, ActorRef<Answer> replyTo)
      implements PowerCommand {}

  public record Eject(DriveSlot slot, ActorRef<Answer> replyTo) implements PowerCommand {}

  /**
   * Changes weight, reserve and maximum, at once if the VM is on. Refused if the host cannot hold
   * the reserve.
   */
  public record SetEntitlement(Entitlement entitlement, ActorRef<Answer> replyTo)
      implements Command {}

  /**
   * Changes the configuration: CPU resources and host actions in any state, the rest while the VM
   * is off and has no saved state. All is changed or nothing.
   */
  public record Configure(VmConfiguration configuration, ActorRef<Answer> replyTo)
      implements PowerCommand {}

  public record ReadStatus(ActorRef<Status> replyTo) implements Command {}

  /** Answered with the screen; if the VM is off, with the last one that it had, if any. */
  public record ReadScreen(ActorRef<Optional<Screen>> replyTo) implements Command {}

  /** {@code watcher} is told each time the VM goes off. */
  public record WatchEnd(ActorRef<End> watcher) implements Command {}

  /** {@code watcher} is told what the guest sends through a serial port; 0 is COM1. */
  public record WatchSerial(int port, ActorRef<SerialOutput> watcher) implements Command {}

  /** Something for a device of the PC; lost while the VM is off. */
  public sealed interface DeviceCommand extends Command {}

  public record SendSerial(int port, byte[] bytes) implements DeviceCommand {}

  /** Answered when the keyboard has taken the last of the strokes. */
  public record Type(List<KeyStroke> strokes, ActorRef<Answer> replyTo) implements DeviceCommand {}

  /** To the right and downwards. */
  public record MoveMouse(int dx, int dy) implements DeviceCommand {}

  public record PressButton(MouseButton button, boolean down) implements DeviceCommand {}

  private sealed interface Internal extends Command {}

  private record Admitted(Answer answer) implements Internal {}

  private record EntitlementAdmitted(
      VmConfiguration changed, Answer answer, ActorRef<Answer> replyTo) implements Internal {}

  private record Prepared(PoweredPc.Supplies supplies) implements Internal {}

  private record NotPrepared(String reason) implements Internal {}

  private record Stopped(GuestMachine.Stop stop) implements Internal {}

  private record PartFailed(String report) implements Internal {}

  private record ImageOpened(DriveSlot slot, Images.Outcome outcome, ActorRef<Answer> replyTo)
      implements Internal {}

  private record DiskSpace(DiskChannel.Space space) implements Internal {}

  /**
   * What was to be done with the undo disks is done.
   *
   * @param problem one line; empty if there is none
   */
  private record UndoEnded(Optional<String> problem) implements Internal {}

  private record ImageClosed(DiskChannel.Completed answer) implements Internal {}

  private record LineClosed(LineChannel.Closed closed) implements Internal {}

  private enum StopTimeout implements Internal {
    NOW
  }

  /** Steps of saving. */
  private enum Saving implements Internal {
    /** The guest stands still; transfers may be under way. */
    SETTLED,
    TOO_LONG
  }

  private record ImageFlushed(DiskChannel.Completed answer) implements Internal {}

  /**
   * @param problem one line; empty if the state is on stable storage
   */
  private record StateWritten(Optional<String> problem) implements Internal {}

  /** How long transfers may take to end before a state is saved. */
  private static final Duration LONGEST_SETTLING = Duration.ofSeconds(20);

  private static final int NOT_FLUSHING = -1;
  private static final Duration SETTLING_STEP = Duration.ofMillis(2);
  private static final Duration LONGEST_ADMISSION = Duration.ofSeconds(10);

  private final ActorContext<Command> context;
  private final StashBuffer<Command> stash;
  private VmConfiguration configuration;
  private final HostServices host;
  private final ActorSystem<?> system;
  private final Executor blocking;
  private final List<ActorRef<End>> endWatchers = new ArrayList<>();
  private final Map<Integer, List<ActorRef<SerialOutput>>> serialWatchers = new HashMap<>();
  private final Optional<Path> stateFile;
  private boolean hasSavedState;

  /** While saving, how many images are still being flushed. */
  private int unflushed;

  /** Told by the channels of the disks how much room the host has for them. */
  private final ActorRef<DiskChannel.Space> space;

  /** Disks whose writes wait for room on the host. */
  private final Set<Path> withoutSpace = new HashSet<>();

  /** Whether the VM runs again when there is room. */
  private boolean pausedForSpace;

  private Optional<End> lastEnd = Optional.empty();
  private Optional<Screen> lastScreen = Optional.empty();
  private long lastInstructions;
  private long lastNanos;
  private DiskTraffic lastTraffic = DiskTraffic.NONE;

  /** A VM, off. It must run on the dispatcher that {@code host} has for its name. */
  public static Behavior<Command> create(VmConfiguration configuration, HostServices host) {
    return Behaviors.setup(
        context ->
            Behaviors.withStash(
                1000, stash -> new VirtualMachine(context, stash, configuration, host).off()));
  }

  private VirtualMachine(
      ActorContext<Command> context,
      StashBuffer<Command> stash,
      VmConfiguration configuration,
      HostServices host) {
    this.context = context;
    this.stash = stash;
    this.configuration = configuration;
    this.host = host;
    this.system = context.getSystem();
    this.blocking = system.dispatchers().lookup(LineChannel.DISPATCHER);
    this.stateFile =
        host.savedStates().map(directory -> directory.resolve(configuration.name() + ".state"));
    this.space = context.messageAdapter(DiskChannel.Space.class, DiskSpace::new);
    this.hasSavedState = stateFile.filter(Files::exists).isPresent();
  }

  // ---- Off, or saved

  private PowerState offState() {
    return hasSavedState ? PowerState.SAVED : PowerState.TURNED_OFF;
  }

  private Behavior<Command> turnOn(ActorRef<Answer> replyTo) {
    host.admission()
        .tell(
            new Admission.Request(
                configuration.name(),
                configuration.memoryMib(),
                configuration.entitlement(),
                context.messageAdapter(Answer.class, Admitted::new)));
    return starting(replyTo);
  }

  private void discardSavedState() throws IOException {
    Files.deleteIfExists(stateFile.orElseThrow());
    hasSavedState = false;
  }

  private Behavior<Command> off() {
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case TurnOn(ActorRef<Answer> replyTo) -> turnOn(replyTo);
                  case Restore(ActorRef<Answer> replyTo) when hasSavedState -> turnOn(replyTo);
                  case Restore restore -> refuse(restore, "has no saved state");
                  case DiscardSavedState discard when !hasSavedState ->
                      refuse(discard, "has no saved state");
                  case DiscardSavedState(ActorRef<Answer> replyTo) -> {
                    try {
                      discardSavedState();
                      event(Event.Kind.SAVED_STATE_DISCARDED, "saved state discarded");
                      replyTo.tell(Answer.DONE);
                    } catch (IOException e) {
                      replyTo.tell(new Answer.Refused(String.valueOf(e.getMessage())));
                    }
                    yield Behaviors.same();
                  }
                  case Remove(ActorRef<Answer> replyTo) -> {
                    event(Event.Kind.REMOVED, "removed; its files stay");
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.stopped();
                  }
                  case TurnOff(ActorRef<Answer> replyTo) -> {
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case Configure change
                      when hasSavedState && !configuration.isSamePc(change.configuration) ->
                      refuse(
                          change, "is saved: only its CPU resources and host actions can change");
                  case Configure(VmConfiguration changed, ActorRef<Answer> replyTo) -> {
                    configuration = changed;
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case PowerCommand refused ->
                      refuse(refused, hasSavedState ? "is saved" : "is off");
                  case SetEntitlement(Entitlement entitlement, ActorRef<Answer> replyTo) -> {
                    configuration = configuration.with(entitlement);
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case ReadStatus(ActorRef<Status> replyTo) ->
                      status(replyTo, offState(), lastInstructions, lastNanos, lastTraffic);
                  case WatchEnd(ActorRef<End> watcher) -> watchEnd(watcher);
                  case ReadScreen(ActorRef<Optional<Screen>> screenTo) -> lastScreen(screenTo);
                  case WatchSerial(int port, ActorRef<SerialOutput> watcher) ->
                      watchSerial(port, watcher);
                  case ImageOpened opened -> tooLate(opened);
                  case EntitlementAdmitted admitted -> {
                    host.admission().tell(new Admission.Release(configuration.name()));
                    yield entitled(admitted);
                  }
                  case DeviceCommand _, Internal _ -> Behaviors.same();
                })
        .build();
  }

  // ---- Starting: admission, then files, then the PC

  private Behavior<Command> starting(ActorRef<Answer> replyTo) {
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case Admitted(Answer.Refused refused) -> {
                    replyTo.tell(refused);
                    yield stash.unstashAll(off());
                  }
                  case Admitted(Answer.Done _) -> {
                    context.pipeToSelf(
                        CompletableFuture.supplyAsync(this::gather, blocking),
                        (supplies, failure) ->
                            failure == null
                                ? new Prepared(supplies)
                                : new NotPrepared(reason(failure)));
                    yield Behaviors.same();
                  }
                  case NotPrepared(String reason) -> notStarted(replyTo, reason);
                  case Prepared(PoweredPc.Supplies supplies) -> powerUp(supplies, replyTo);
                  case ReadStatus(ActorRef<Status> statusTo) ->
                      status(
                          statusTo,
                          hasSavedState ? PowerState.RESTORING : PowerState.TURNING_ON,
                          0,
                          0,
                          DiskTraffic.NONE);
                  case WatchEnd(ActorRef<End> watcher) -> watchEnd(watcher);
                  case ReadScreen(ActorRef<Optional<Screen>> screenTo) -> lastScreen(screenTo);
                  case WatchSerial(int port, ActorRef<SerialOutput> watcher) ->
                      watchSerial(port, watcher);
                  case PowerCommand _, DeviceCommand _, SetEntitlement _ -> {
                    stash.stash(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> entitled(admitted);
                  case ImageOpened opened -> tooLate(opened);
                  case Stopped _,
                      PartFailed _,
                      LineClosed _,
                      ImageClosed _,
                      StopTimeout _,
                      DiskSpace _,
                      UndoEnded _,
                      Saving _,
                      ImageFlushed _,
                      StateWritten _ ->
                      Behaviors.same();
                })
        .build();
  }

  /** Opens and reads what the PC is built from; blocks. */
  private PoweredPc.Supplies gather() {
    try {
      if (!hasSavedState) {
        return PoweredPc.Supplies.gather(
            configuration.with(UndoDisks.begin(configuration)),
            Optional.empty(),
            host,
            space,
            system);
      }
      Path file = stateFile.orElseThrow();
      SavedState.Header header = SavedStateFile.readHeader(file);
      Map<DriveSlot, VmConfiguration.Drive> drives = SavedMedia.drives(file, header, configuration);
      SavedState saved = SavedStateFile.read(file);
      return PoweredPc.Supplies.gather(
          configuration.with(drives),
          Optional.of(new GuestMachine.Snapshot(saved.machine(), saved.ram())),
          host,
          space,
          system);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof CompletionException || cause instanceof UncheckedIOException)) {
      cause = cause.getCause();
    }
    return cause instanceof IOException ? cause.getMessage() : cause.toString();
  }

  private Behavior<Command> notStarted(ActorRef<Answer> replyTo, String reason) {
    host.admission().tell(new Admission.Release(configuration.name()));
    replyTo.tell(new Answer.Refused(reason));
    return stash.unstashAll(off());
  }

  private Behavior<Command> powerUp(PoweredPc.Supplies supplies, ActorRef<Answer> replyTo) {
    PoweredPc pc;
    try {
      pc =
          new PoweredPc(
              context,
              configuration,
              host,
              supplies,
              stop -> context.getSelf().tell(new Stopped(stop)),
              report -> context.getSelf().tell(new PartFailed(report)));
    } catch (IllegalArgumentException e) {
      // The parts do not make a PC: the message says why.
      supplies.close(system);
      return notStarted(replyTo, e.getMessage());
    } catch (RuntimeException | Error e) {
      supplies.close(system);
      return notStarted(replyTo, FailureReport.oneLine(e));
    }
    withoutSpace.clear();
    pausedForSpace = false;
    for (OpenedImage image : supplies.images().values()) {
      image.warnings().forEach(warning -> event(Event.Kind.DISK_WARNING, warning));
    }
    boolean restored = supplies.saved().isPresent();
    if (restored) {
      try {
        // From here on the images change, and the state is good for nothing.
        discardSavedState();
      } catch (IOException e) {
        return stopping(
            pc, End.of(End.Cause.FAILED, "the saved state stays: " + e.getMessage()), replyTo);
      }
    }
    serialWatchers.forEach(
        (port, watchers) -> watchers.forEach(watcher -> pc.watchSerial(port, watcher)));
    pc.run();
    event(
        restored ? Event.Kind.RESTORED : Event.Kind.TURNED_ON,
        restored ? "goes on from its saved state" : "turned on");
    replyTo.tell(Answer.DONE);
    return stash.unstashAll(on(pc, PowerState.RUNNING));
  }

  // ---- On: running or paused

  private Behavior<Command> on(PoweredPc pc, PowerState state) {
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case TurnOn on -> refuse(on, "is on already");
                  case Restore restore -> refuse(restore, "is on already");
                  case DiscardSavedState discard -> refuse(discard, "is on");
                  case Remove remove -> refuse(remove, "is on");
                  case Save save when configuration.undo() == VmConfiguration.Undo.DISCARD ->
                      refuse(save, "cannot be saved: its undo disks are to be discarded");
                  case Save save when stateFile.isEmpty() ->
                      refuse(save, "cannot be saved: this host keeps no saved states");
                  case Save(ActorRef<Answer> replyTo) -> {
                    pc.settle(() -> context.getSelf().tell(Saving.SETTLED));
                    context.scheduleOnce(LONGEST_SETTLING, context.getSelf(), Saving.TOO_LONG);
                    yield saving(pc, state, replyTo);
                  }
                  case TurnOff(ActorRef<Answer> replyTo) ->
                      stopping(pc, End.of(End.Cause.TURNED_OFF, "turned off"), replyTo);
                  case Pause pause when state == PowerState.PAUSED ->
                      refuse(pause, "is paused already");
                  case Pause(ActorRef<Answer> replyTo) -> {
                    pc.hold();
                    event(Event.Kind.PAUSED, "paused");
                    replyTo.tell(Answer.DONE);
                    yield on(pc, PowerState.PAUSED);
                  }
                  case Resume resume when state == PowerState.RUNNING ->
                      refuse(resume, "is not paused");
                  case Resume resume when !withoutSpace.isEmpty() ->
                      refuse(resume, "waits for room on the host for " + withoutSpace);
                  case Resume(ActorRef<Answer> replyTo) -> {
                    pc.run();
                    event(Event.Kind.RESUMED, "resumed");
                    replyTo.tell(Answer.DONE);
                    yield on(pc, PowerState.RUNNING);
                  }
                  case SetEntitlement(Entitlement entitlement, ActorRef<Answer> replyTo) ->
                      admit(configuration.with(entitlement), replyTo);
                  case Configure change when !configuration.isSamePc(change.configuration) ->
                      refuse(change, "is on: only its CPU resources and host actions can change");
                  case Configure(VmConfiguration changed, ActorRef<Answer> replyTo) ->
                      admit(changed, replyTo);
                  case EntitlementAdmitted admitted -> entitled(admitted);
                  case DiskSpace(DiskChannel.Space now) -> diskSpace(pc, state, now);
                  case Reset(ActorRef<Answer> replyTo) -> {
                    pc.reset();
                    event(Event.Kind.RESET, "reset by request");
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case PowerButton(ActorRef<Answer> replyTo) -> {
                    pc.powerButton();
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case ReadStatus(ActorRef<Status> replyTo) ->
                      status(replyTo, state, pc.instructions(), pc.virtualNanos(), pc.traffic());
                  case WatchEnd(ActorRef<End> watcher) -> watchEnd(watcher);
                  case ReadScreen(ActorRef<Optional<Screen>> screenTo) -> {
                    pc.readScreen(screenTo);
                    yield Behaviors.same();
                  }
                  case WatchSerial(int port, ActorRef<SerialOutput> watcher) -> {
                    pc.watchSerial(port, watcher);
                    yield watchSerial(port, watcher);
                  }
                  case DeviceCommand device -> {
                    pc.toDevice(device);
                    yield Behaviors.same();
                  }
                  case Stopped(GuestMachine.Stop stop) -> guestStopped(pc, stop);
                  case PartFailed(String report) ->
                      stopping(pc, End.of(End.Cause.FAILED, report), null);
                  case Insert(DriveSlot slot, Path file, ActorRef<Answer> replyTo) -> {
                    insert(slot, file, replyTo);
                    yield Behaviors.same();
                  }
                  case ImageOpened opened -> {
                    opened(pc, opened);
                    yield Behaviors.same();
                  }
                  case Eject(DriveSlot slot, ActorRef<Answer> replyTo) -> {
                    Optional<VmConfiguration.DriveKind> kind = removable(slot);
                    if (kind.isPresent()) {
                      pc.eject(slot);
                    }
                    replyTo.tell(kind.isPresent() ? Answer.DONE : notRemovable(slot));
                    yield Behaviors.same();
                  }
                  case Admitted _,
                      Prepared _,
                      NotPrepared _,
                      LineClosed _,
                      ImageClosed _,
                      StopTimeout _,
                      UndoEnded _,
                      Saving _,
                      ImageFlushed _,
                      StateWritten _ ->
                      Behaviors.same();
                })
        .onSignal(
            Terminated.class,
            terminated -> {
              pc.partGone(terminated.getRef());
              return Behaviors.same();
            })
        .build();
  }

  // ---- Saving: the guest stands still, transfers end, images are flushed, the file is written

  /**
   * @param before what the VM goes back to if its state cannot be saved
   */
  private Behavior<Command> saving(PoweredPc pc, PowerState before, ActorRef<Answer> replyTo) {
    unflushed = NOT_FLUSHING;
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case Saving step when step == Saving.SETTLED && unflushed == NOT_FLUSHING -> {
                    if (pc.idle()) {
                      unflushed =
                          pc.flushImages(
                              context.messageAdapter(
                                  DiskChannel.Completed.class, ImageFlushed::new));
                      yield unflushed == 0 ? writeState(pc) : Behaviors.same();
                    }
                    context.scheduleOnce(SETTLING_STEP, context.getSelf(), Saving.SETTLED);
                    yield Behaviors.same();
                  }
                  case Saving step when step == Saving.TOO_LONG && unflushed == NOT_FLUSHING ->
                      notSaved(pc, before, "its disks do not come to rest", replyTo);
                  case ImageFlushed(DiskChannel.Completed answer)
                      when answer.result() != DiskChannel.Result.OK ->
                      notSaved(pc, before, answer.reason(), replyTo);
                  case ImageFlushed _ -> --unflushed == 0 ? writeState(pc) : Behaviors.same();
                  case StateWritten(Optional<String> problem) when problem.isPresent() ->
                      notSaved(pc, before, problem.get(), replyTo);
                  case StateWritten _ -> {
                    hasSavedState = true;
                    yield stopping(pc, End.of(End.Cause.SAVED, "saved"), replyTo);
                  }
                  case PartFailed(String report) -> {
                    replyTo.tell(new Answer.Refused(configuration.name() + " has failed"));
                    yield stopping(pc, End.of(End.Cause.FAILED, report), null);
                  }
                  case ReadStatus(ActorRef<Status> statusTo) ->
                      status(
                          statusTo,
                          PowerState.SAVING,
                          pc.instructions(),
                          pc.virtualNanos(),
                          pc.traffic());
                  case WatchEnd(ActorRef<End> watcher) -> watchEnd(watcher);
                  case ReadScreen(ActorRef<Optional<Screen>> screenTo) -> {
                    pc.readScreen(screenTo);
                    yield Behaviors.same();
                  }
                  case WatchSerial(int port, ActorRef<SerialOutput> watcher) -> {
                    pc.watchSerial(port, watcher);
                    yield watchSerial(port, watcher);
                  }
                  case PowerCommand _, DeviceCommand _, SetEntitlement _, Stopped _ -> {
                    stash.stash(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> entitled(admitted);
                  case ImageOpened opened -> tooLate(opened);
                  case DiskSpace(DiskChannel.Space now) -> {
                    noteSpace(now);
                    yield Behaviors.same();
                  }
                  case Saving _,
                      Admitted _,
                      Prepared _,
                      NotPrepared _,
                      LineClosed _,
                      ImageClosed _,
                      UndoEnded _,
                      StopTimeout _ ->
                      Behaviors.same();
                })
        .onSignal(
            Terminated.class,
            terminated -> {
              pc.partGone(terminated.getRef());
              return Behaviors.same();
            })
        .build();
  }

  private Behavior<Command> writeState(PoweredPc pc) {
    GuestMachine.Snapshot snapshot;
    try {
      snapshot = pc.snapshot();
    } catch (RuntimeException | Error e) {
      context
          .getSelf()
          .tell(new StateWritten(Optional.of("taking it failed: " + FailureReport.oneLine(e))));
      return Behaviors.same();
    }
    String name = configuration.name();
    Path file = stateFile.orElseThrow();
    Map<DriveSlot, Path> media = pc.media();
    context.pipeToSelf(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                SavedStateFile.write(
                    file,
                    new SavedState(
                        new SavedState.Header(
                            name,
                            System.currentTimeMillis(),
                            snapshot.ram().length,
                            SavedMedia.of(media)),
                        snapshot.state(),
                        snapshot.ram()));
                return Optional.<String>empty();
              } catch (IOException e) {
                return Optional.of(String.valueOf(e.getMessage()));
              }
            },
            blocking),
        (problem, failure) ->
            new StateWritten(failure == null ? problem : Optional.of(reason(failure))));
    return Behaviors.same();
  }

  private Behavior<Command> notSaved(
      PoweredPc pc, PowerState before, String reason, ActorRef<Answer> replyTo) {
    event(Event.Kind.NOT_SAVED, "not saved: " + reason);
    replyTo.tell(new Answer.Refused(configuration.name() + " is not saved: " + reason));
    if (before == PowerState.RUNNING && !withoutSpace.isEmpty()) {
      pausedForSpace = true;
      return stash.unstashAll(on(pc, PowerState.PAUSED));
    }
    if (before == PowerState.RUNNING) {
      pc.run();
    }
    return stash.unstashAll(on(pc, before));
  }

  // ---- Room on the host for growing disks

  /** Keeps count of the disks without room, and tells the world. */
  private void noteSpace(DiskChannel.Space now) {
    switch (now.level()) {
      case ENOUGH -> {
        if (withoutSpace.remove(now.file())) {
          event(Event.Kind.DISK_SPACE_BACK, now.text());
        }
      }
      case LOW -> event(Event.Kind.DISK_SPACE_WARNING, now.text());
      case NONE -> {
        withoutSpace.add(now.file());
        event(Event.Kind.DISK_SPACE_ERROR, now.text());
      }
    }
  }

  /** A guest whose writes wait is not to notice: its time stands still until they go on. */
  private Behavior<Command> diskSpace(PoweredPc pc, PowerState state, DiskChannel.Space now) {
    noteSpace(now);
    if (!withoutSpace.isEmpty() && state == PowerState.RUNNING) {
      pausedForSpace = true;
      pc.hold();
      event(Event.Kind.PAUSED, "paused until the host has room for its disks");
      return on(pc, PowerState.PAUSED);
    }
    if (withoutSpace.isEmpty() && pausedForSpace && state == PowerState.PAUSED) {
      pausedForSpace = false;
      pc.run();
      event(Event.Kind.RESUMED, "goes on");
      return on(pc, PowerState.RUNNING);
    }
    return Behaviors.same();
  }

  private Behavior<Command> guestStopped(PoweredPc pc, GuestMachine.Stop stop) {
    return switch (stop) {
      case GuestMachine.Stop.PoweredOff _ ->
          stopping(pc, End.of(End.Cause.POWERED_OFF, "the guest powered off"), null);
      case GuestMachine.Stop.ExitPort(int value) ->
          stopping(
              pc,
              new End(
                  End.Cause.EXIT_PORT,
                  "the guest wrote %d to the exit port".formatted(value),
                  value),
              null);
      case GuestMachine.Stop.ResetRequested _ when configuration.endAtReset() ->
          stopping(pc, End.of(End.Cause.RESET, "the guest asked for a reset"), null);
      case GuestMachine.Stop.TripleFault _ when configuration.endAtReset() ->
          stopping(
              pc,
              End.of(End.Cause.TRIPLE_FAULT, "the guest triple-faulted (" + pc.describe() + ")"),
              null);
      case GuestMachine.Stop.ResetRequested _ -> reset(pc, Event.Kind.RESET, "reset by the guest");
      case GuestMachine.Stop.TripleFault _ ->
          reset(pc, Event.Kind.TRIPLE_FAULT, "triple fault (" + pc.describe() + "), reset");
      case GuestMachine.Stop.TimeUsed _,
          GuestMachine.Stop.Attention _,
          GuestMachine.Stop.Halted _ ->
          throw new IllegalStateException("the processor goes on by itself after " + stop);
    };
  }

  private Behavior<Command> reset(PoweredPc pc, Event.Kind kind, String text) {
    event(kind, text);
    pc.reset();
    pc.run();
    return Behaviors.same();
  }

  /** What kind of medium can be changed there while the VM runs. */
  private Optional<VmConfiguration.DriveKind> removable(DriveSlot slot) {
    return Optional.ofNullable(configuration.drives().get(slot))
        .map(VmConfiguration.Drive::kind)
        .filter(kind -> kind != VmConfiguration.DriveKind.DISK);
  }

  private Answer notRemovable(DriveSlot slot) {
    return new Answer.Refused(
        "%s has no CD or floppy drive %s".formatted(configuration.name(), slot.label()));
  }

  private void insert(DriveSlot slot, Path file, ActorRef<Answer> replyTo) {
    Optional<VmConfiguration.DriveKind> kind = removable(slot);
    if (kind.isEmpty()) {
      replyTo.tell(notRemovable(slot));
      return;
    }
    context.ask(
        Images.Outcome.class,
        host.images(),
        PoweredPc.LONGEST_OPEN,
        answerTo -> new Images.Open(file, kind.get().use(), space, answerTo),
        (outcome, failure) ->
            new ImageOpened(
                slot,
                failure == null
                    ? outcome
                    : new Images.Outcome.Refused(file + ": opening it takes too long"),
                replyTo));
  }

  private void opened(PoweredPc pc, ImageOpened opened) {
    switch (opened.outcome) {
      case Images.Outcome.Opened(OpenedImage image) -> {
        pc.insert(opened.slot, image);
        opened.replyTo.tell(Answer.DONE);
      }
      case Images.Outcome.Refused(String reason) -> opened.replyTo.tell(new Answer.Refused(reason));
    }
  }

  /** An image that was to be inserted was opened after the VM went off. */
  private Behavior<Command> tooLate(ImageOpened opened) {
    if (opened.outcome instanceof Images.Outcome.Opened(OpenedImage image)) {
      image.channel().tell(new DiskChannel.Close(0, system.ignoreRef()));
    }
    opened.replyTo.tell(new Answer.Refused(configuration.name() + " is off"));
    return Behaviors.same();
  }

  // ---- Stopping: parts and channels

  /**
   * @param replyTo who asked for it, or null
   */
  private Behavior<Command> stopping(PoweredPc pc, End end, ActorRef<Answer> replyTo) {
    lastScreen = pc.screen();
    lastInstructions = pc.instructions();
    lastNanos = pc.virtualNanos();
    lastTraffic = pc.traffic();
    pc.stop(
        context.messageAdapter(LineChannel.Closed.class, LineClosed::new),
        context.messageAdapter(DiskChannel.Completed.class, ImageClosed::new));
    if (pc.stopped()) {
      return endUndo(end, replyTo);
    }
    context.scheduleOnce(PoweredPc.LONGEST_STOP, context.getSelf(), StopTimeout.NOW);
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case LineClosed(LineChannel.Closed closed) -> {
                    pc.lineClosed(closed.name());
                    yield pc.stopped() ? endUndo(end, replyTo) : Behaviors.same();
                  }
                  case ImageClosed(DiskChannel.Completed answer) -> {
                    pc.imageClosed(answer.tag());
                    yield pc.stopped() ? endUndo(end, replyTo) : Behaviors.same();
                  }
                  case ImageOpened opened -> tooLate(opened);
                  case StopTimeout _ -> {
                    pc.abandonLines(blocking);
                    yield Behaviors.same();
                  }
                  case ReadStatus(ActorRef<Status> statusTo) ->
                      status(
                          statusTo,
                          PowerState.TURNING_OFF,
                          lastInstructions,
                          lastNanos,
                          lastTraffic);
                  case WatchEnd(ActorRef<End> watcher) -> watchEnd(watcher);
                  case ReadScreen(ActorRef<Optional<Screen>> screenTo) -> lastScreen(screenTo);
                  case WatchSerial(int port, ActorRef<SerialOutput> watcher) ->
                      watchSerial(port, watcher);
                  case PowerCommand _, SetEntitlement _ -> {
                    stash.stash(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> entitled(admitted);
                  case DeviceCommand _,
                      Admitted _,
                      Prepared _,
                      NotPrepared _,
                      Stopped _,
                      PartFailed _,
                      DiskSpace _,
                      UndoEnded _,
                      Saving _,
                      ImageFlushed _,
                      StateWritten _ ->
                      Behaviors.same();
                })
        .onSignal(
            Terminated.class,
            terminated -> {
              pc.partGone(terminated.getRef());
              return pc.stopped() ? endUndo(end, replyTo) : Behaviors.same();
            })
        .build();
  }

  /**
   * The session is over, so the undo disks are committed or discarded. Those of a machine that
   * failed are not committed: somebody should look at them first.
   */
  private Behavior<Command> endUndo(End end, ActorRef<Answer> replyTo) {
    VmConfiguration now = configuration;
    if (!UndoDisks.act(now)
        || end.cause() == End.Cause.SAVED
        || (end.cause() == End.Cause.FAILED && now.undo() == VmConfiguration.Undo.COMMIT)) {
      return stopped(end, replyTo);
    }
    context.pipeToSelf(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                UndoDisks.end(now);
                return Optional.<String>empty();
              } catch (IOException e) {
                return Optional.of(String.valueOf(e.getMessage()));
              }
            },
            blocking),
        (problem, failure) ->
            new UndoEnded(failure == null ? problem : Optional.of(reason(failure))));
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case UndoEnded(Optional<String> problem) -> {
                    problem.ifPresent(text -> event(Event.Kind.UNDO_KEPT, text));
                    yield stopped(end, replyTo);
                  }
                  case ImageOpened opened -> tooLate(opened);
                  case ReadStatus(ActorRef<Status> statusTo) ->
                      status(
                          statusTo,
                          PowerState.TURNING_OFF,
                          lastInstructions,
                          lastNanos,
                          lastTraffic);
                  case WatchEnd(ActorRef<End> watcher) -> watchEnd(watcher);
                  case ReadScreen(ActorRef<Optional<Screen>> screenTo) -> lastScreen(screenTo);
                  case WatchSerial(int port, ActorRef<SerialOutput> watcher) ->
                      watchSerial(port, watcher);
                  case PowerCommand _, SetEntitlement _ -> {
                    stash.stash(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> entitled(admitted);
                  case DeviceCommand _, Internal _ -> Behaviors.same();
                })
        .build();
  }

  private Behavior<Command> stopped(End end, ActorRef<Answer> replyTo) {
    lastEnd = Optional.of(end);
    host.admission().tell(new Admission.Release(configuration.name()));
    event(
        switch (end.cause()) {
          case FAILED -> Event.Kind.FAILED;
          case TRIPLE_FAULT -> Event.Kind.TRIPLE_FAULT;
          case POWERED_OFF, EXIT_PORT, RESET -> Event.Kind.POWERED_OFF;
          case TURNED_OFF -> Event.Kind.TURNED_OFF;
          case SAVED -> Event.Kind.SAVED;
        },
        end.detail());
    endWatchers.forEach(watcher -> watcher.tell(end));
    if (replyTo != null) {
      replyTo.tell(Answer.DONE);
    }
    return stash.unstashAll(off());
  }

  // ---- In every state

  private Behavior<Command> refuse(PowerCommand command, String why) {
    command.replyTo().tell(new Answer.Refused(configuration.name() + " " + why));
    return Behaviors.same();
  }

  private Behavior<Command> status(
      ActorRef<Status> replyTo,
      PowerState state,
      long instructions,
      long nanos,
      DiskTraffic traffic) {
    VmConfiguration now = configuration;
    Optional<End> end = lastEnd;
    AskPattern.<Scheduler.Command, Usage>ask(
            host.scheduler(),
            usageTo -> new Scheduler.ReadUsage(now.name(), usageTo),
            LONGEST_ADMISSION,
            system.scheduler())
        .thenAccept(
            usage ->
                replyTo.tell(
                    new Status(
                        now.name(),
                        state,
                        now.memoryMib(),
                        instructions,
                        nanos,
                        now.entitlement(),
                        usage,
                        traffic,
                        end)));
    return Behaviors.same();
  }

  /** Asks the host whether it can hold what has changed. */
  private Behavior<Command> admit(VmConfiguration changed, ActorRef<Answer> replyTo) {
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
  private Behavior<Command> entitled(EntitlementAdmitted admitted) {
    if (admitted.answer instanceof Answer.Done) {
      configuration = admitted.changed;
      host.scheduler()
          .tell(new Scheduler.SetEntitlement(configuration.name(), configuration.entitlement()));
    }
    admitted.replyTo.tell(admitted.answer);
    return Behaviors.same();
  }

  private Behavior<Command> lastScreen(ActorRef<Optional<Screen>> replyTo) {
    replyTo.tell(lastScreen);
    return Behaviors.same();
  }

  private Behavior<Command> watchEnd(ActorRef<End> watcher) {
    endWatchers.add(watcher);
    return Behaviors.same();
  }

  private Behavior<Command> watchSerial(int port, ActorRef<SerialOutput> watcher) {
    serialWatchers.computeIfAbsent(port, _ -> new ArrayList<>()).add(watcher);
    return Behaviors.same();
  }

  private void event(Event.Kind kind, String text) {
    host.events().tell(new Event(configuration.name(), kind, text));
  }
}
