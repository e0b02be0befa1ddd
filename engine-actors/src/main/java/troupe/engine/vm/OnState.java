package troupe.engine.vm;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.diskio.DiskChannel;
import troupe.diskio.HostCache;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.VirtualMachine.Admitted;
import troupe.engine.vm.VirtualMachine.Command;
import troupe.engine.vm.VirtualMachine.Configure;
import troupe.engine.vm.VirtualMachine.DeviceCommand;
import troupe.engine.vm.VirtualMachine.DiscardSavedState;
import troupe.engine.vm.VirtualMachine.DiskSpace;
import troupe.engine.vm.VirtualMachine.Eject;
import troupe.engine.vm.VirtualMachine.EntitlementAdmitted;
import troupe.engine.vm.VirtualMachine.ImageClosed;
import troupe.engine.vm.VirtualMachine.ImageFlushed;
import troupe.engine.vm.VirtualMachine.ImageOpened;
import troupe.engine.vm.VirtualMachine.Insert;
import troupe.engine.vm.VirtualMachine.LineClosed;
import troupe.engine.vm.VirtualMachine.NotPrepared;
import troupe.engine.vm.VirtualMachine.PartFailed;
import troupe.engine.vm.VirtualMachine.Pause;
import troupe.engine.vm.VirtualMachine.PowerButton;
import troupe.engine.vm.VirtualMachine.Prepared;
import troupe.engine.vm.VirtualMachine.Question;
import troupe.engine.vm.VirtualMachine.Remove;
import troupe.engine.vm.VirtualMachine.Reset;
import troupe.engine.vm.VirtualMachine.Restore;
import troupe.engine.vm.VirtualMachine.Resume;
import troupe.engine.vm.VirtualMachine.Save;
import troupe.engine.vm.VirtualMachine.Saving;
import troupe.engine.vm.VirtualMachine.SetEntitlement;
import troupe.engine.vm.VirtualMachine.StateDiscarded;
import troupe.engine.vm.VirtualMachine.StateWritten;
import troupe.engine.vm.VirtualMachine.Stopped;
import troupe.engine.vm.VirtualMachine.TurnOff;
import troupe.engine.vm.VirtualMachine.TurnOn;
import troupe.engine.vm.VirtualMachine.UndoEnded;
import troupe.scheduler.Entitlement;

/** On: running or paused. */
final class OnState {
  private final VmLifetime life;
  private final PoweredPc pc;
  private final DiskRoom room;
  private final PowerState state;

  private OnState(VmLifetime life, PoweredPc pc, DiskRoom room, PowerState state) {
    this.life = life;
    this.pc = pc;
    this.room = room;
    this.state = state;
  }

  /**
   * @param state running or paused
   */
  static Behavior<Command> of(VmLifetime life, PoweredPc pc, DiskRoom room, PowerState state) {
    return new OnState(life, pc, room, state).behavior();
  }

  private Behavior<Command> behavior() {
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case TurnOn on -> life.refuse(on, "is on already");
                  case Restore restore -> life.refuse(restore, "is on already");
                  case DiscardSavedState discard -> life.refuse(discard, "is on");
                  case Remove remove -> life.refuse(remove, "is on");
                  case Save save when life.configuration().undo() == VmConfiguration.Undo.DISCARD ->
                      life.refuse(save, "cannot be saved: its undo disks are to be discarded");
                  case Save save when life.stateFile().isEmpty() ->
                      life.refuse(save, "cannot be saved: this host keeps no saved states");
                  case Save(ActorRef<Answer> replyTo) ->
                      new SavingState(life, pc, room, state, replyTo).behavior();
                  case TurnOff(ActorRef<Answer> replyTo) ->
                      StoppingState.of(
                          life, pc, End.of(End.Cause.TURNED_OFF, "turned off"), replyTo);
                  case Pause pause when state == PowerState.PAUSED ->
                      life.refuse(pause, "is paused already");
                  case Pause(ActorRef<Answer> replyTo) -> {
                    pc.hold();
                    life.event(Event.Kind.PAUSED, "paused");
                    replyTo.tell(Answer.DONE);
                    yield OnState.of(life, pc, room, PowerState.PAUSED);
                  }
                  case Resume resume when state == PowerState.RUNNING ->
                      life.refuse(resume, "is not paused");
                  case Resume resume when room.isMissing() ->
                      life.refuse(resume, "waits for room on the host for " + room);
                  case Resume(ActorRef<Answer> replyTo) -> {
                    pc.run();
                    life.event(Event.Kind.RESUMED, "resumed");
                    replyTo.tell(Answer.DONE);
                    yield OnState.of(life, pc, room, PowerState.RUNNING);
                  }
                  case SetEntitlement(Entitlement entitlement, ActorRef<Answer> replyTo) ->
                      life.admit(life.configuration().with(entitlement), replyTo);
                  case Configure change
                      when !life.configuration().isSamePc(change.configuration()) ->
                      life.refuse(
                          change, "is on: only its CPU resources and host actions can change");
                  case Configure(VmConfiguration changed, ActorRef<Answer> replyTo) ->
                      life.admit(changed, replyTo);
                  case EntitlementAdmitted admitted -> life.entitled(admitted);
                  case DiskSpace(DiskChannel.Space now) -> diskSpace(now);
                  case Reset(ActorRef<Answer> replyTo) -> {
                    pc.reset();
                    life.event(Event.Kind.RESET, "reset by request");
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case PowerButton button when state == PowerState.PAUSED ->
                      life.refuse(button, "is paused: its guest shuts down only when it runs");
                  case PowerButton(ActorRef<Answer> replyTo) -> {
                    pc.powerButton();
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case Question question -> life.answer(question, state, pc);
                  case DeviceCommand device -> {
                    pc.toDevice(device);
                    yield Behaviors.same();
                  }
                  case Stopped(GuestMachine.Stop stop) -> guestStopped(stop);
                  case PartFailed(String report) ->
                      StoppingState.of(life, pc, End.of(End.Cause.FAILED, report), null);
                  case Insert(DriveSlot slot, Path file, ActorRef<Answer> replyTo) -> {
                    insert(slot, file, replyTo);
                    yield Behaviors.same();
                  }
                  case ImageOpened opened -> {
                    opened(opened);
                    yield Behaviors.same();
                  }
                  case Eject(DriveSlot slot, ActorRef<Answer> replyTo) -> {
                    replyTo.tell(eject(slot));
                    yield Behaviors.same();
                  }
                  case Admitted _,
                      Prepared _,
                      NotPrepared _,
                      LineClosed _,
                      ImageClosed _,
                      UndoEnded _,
                      Saving _,
                      ImageFlushed _,
                      StateDiscarded _,
                      StateWritten _ ->
                      Behaviors.same();
                })
        .onSignal(Terminated.class, pc::partEnded)
        .build();
  }

  /** A guest whose writes wait is not to notice: its time stands still until they go on. */
  private Behavior<Command> diskSpace(DiskChannel.Space now) {
    room.note(now);
    if (room.isMissing() && state == PowerState.RUNNING) {
      room.pause();
      pc.hold();
      life.event(Event.Kind.PAUSED, "paused until the host can write to its disks");
      return OnState.of(life, pc, room, PowerState.PAUSED);
    }
    if (state == PowerState.PAUSED && room.letsGoOn()) {
      pc.run();
      life.event(Event.Kind.RESUMED, "goes on");
      return OnState.of(life, pc, room, PowerState.RUNNING);
    }
    return Behaviors.same();
  }

  private Behavior<Command> guestStopped(GuestMachine.Stop stop) {
    return switch (stop) {
      case GuestMachine.Stop.PoweredOff _ ->
          StoppingState.of(life, pc, End.of(End.Cause.POWERED_OFF, "the guest powered off"), null);
      case GuestMachine.Stop.ExitPort(int value) ->
          StoppingState.of(
              life,
              pc,
              new End(
                  End.Cause.EXIT_PORT,
                  "the guest wrote %d to the exit port".formatted(value),
                  value),
              null);
      case GuestMachine.Stop.ResetRequested _ when life.configuration().endAtReset() ->
          StoppingState.of(life, pc, End.of(End.Cause.RESET, "the guest asked for a reset"), null);
      case GuestMachine.Stop.TripleFault _ when life.configuration().endAtReset() ->
          StoppingState.of(
              life,
              pc,
              End.of(End.Cause.TRIPLE_FAULT, "the guest triple-faulted (" + pc.describe() + ")"),
              null);
      case GuestMachine.Stop.ResetRequested _ -> reset(Event.Kind.RESET, "reset by the guest");
      case GuestMachine.Stop.TripleFault _ ->
          reset(Event.Kind.TRIPLE_FAULT, "triple fault (" + pc.describe() + "), reset");
      case GuestMachine.Stop.TimeUsed _,
          GuestMachine.Stop.Attention _,
          GuestMachine.Stop.Halted _ ->
          throw new IllegalStateException("the processor goes on by itself after " + stop);
    };
  }

  private Behavior<Command> reset(Event.Kind kind, String text) {
    life.guestEvent(kind, text);
    pc.reset();
    pc.run();
    return Behaviors.same();
  }

  /** What kind of medium can be changed there while the VM runs. */
  private Optional<VmConfiguration.DriveKind> removable(DriveSlot slot) {
    return Optional.ofNullable(life.configuration().drives().get(slot))
        .map(VmConfiguration.Drive::kind)
        .filter(kind -> kind != VmConfiguration.DriveKind.DISK);
  }

  private Answer notRemovable(DriveSlot slot) {
    return new Answer.Refused(
        "%s has no CD or floppy drive %s".formatted(life.name(), slot.label()));
  }

  private Answer eject(DriveSlot slot) {
    if (removable(slot).isEmpty()) {
      return notRemovable(slot);
    }
    if (pc.refusesToEject(slot)) {
      return locked(slot);
    }
    pc.eject(slot);
    return Answer.DONE;
  }

  private Answer locked(DriveSlot slot) {
    return new Answer.Refused(
        "%s has locked its drive %s, and is now asked to eject what is in it"
            .formatted(life.name(), slot.label()));
  }

  private void insert(DriveSlot slot, Path file, ActorRef<Answer> replyTo) {
    Optional<VmConfiguration.DriveKind> kind = removable(slot);
    if (kind.isEmpty()) {
      replyTo.tell(notRemovable(slot));
      return;
    }
    life.context()
        .ask(
            Images.Outcome.class,
            life.host().images(),
            PoweredPc.LONGEST_OPEN,
            answerTo ->
                new Images.Open(
                    life.self(), file, kind.get().use(), HostCache.USE, life.space(), answerTo),
            (outcome, failure) ->
                new ImageOpened(
                    slot,
                    failure == null
                        ? outcome
                        : new Images.Outcome.Refused(file + ": opening it takes too long"),
                    replyTo));
  }

  private void opened(ImageOpened opened) {
    switch (opened.outcome()) {
      case Images.Outcome.Opened(OpenedImage image) when pc.refusesToEject(opened.slot()) -> {
        image.channel().tell(new DiskChannel.Close(0, life.system().ignoreRef()));
        opened.replyTo().tell(locked(opened.slot()));
      }
      case Images.Outcome.Opened(OpenedImage image) -> {
        pc.insert(opened.slot(), image);
        opened.replyTo().tell(Answer.DONE);
      }
      case Images.Outcome.Refused(String reason) ->
          opened.replyTo().tell(new Answer.Refused(reason));
    }
  }
}
