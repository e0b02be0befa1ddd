package troupe.engine.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.diskio.DiskChannel;
import troupe.engine.saved.SavedState;
import troupe.engine.saved.SavedStateFile;
import troupe.engine.vm.VirtualMachine.Admitted;
import troupe.engine.vm.VirtualMachine.Command;
import troupe.engine.vm.VirtualMachine.DeviceCommand;
import troupe.engine.vm.VirtualMachine.DiskSpace;
import troupe.engine.vm.VirtualMachine.EntitlementAdmitted;
import troupe.engine.vm.VirtualMachine.ImageClosed;
import troupe.engine.vm.VirtualMachine.ImageFlushed;
import troupe.engine.vm.VirtualMachine.ImageOpened;
import troupe.engine.vm.VirtualMachine.LineClosed;
import troupe.engine.vm.VirtualMachine.NotPrepared;
import troupe.engine.vm.VirtualMachine.PartFailed;
import troupe.engine.vm.VirtualMachine.PowerCommand;
import troupe.engine.vm.VirtualMachine.Prepared;
import troupe.engine.vm.VirtualMachine.Question;
import troupe.engine.vm.VirtualMachine.Saving;
import troupe.engine.vm.VirtualMachine.SetEntitlement;
import troupe.engine.vm.VirtualMachine.StateDiscarded;
import troupe.engine.vm.VirtualMachine.StateWritten;
import troupe.engine.vm.VirtualMachine.Stopped;
import troupe.engine.vm.VirtualMachine.UndoEnded;

/** The guest stands still, transfers end, images are flushed, the state is written. */
final class SavingState {
  /** How long transfers may take to end before a state is saved. */
  private static final Duration LONGEST_SETTLING = Duration.ofSeconds(20);

  private static final Duration SETTLING_STEP = Duration.ofMillis(2);
  private static final int NOT_FLUSHING = -1;

  private final VmLifetime life;
  private final PoweredPc pc;
  private final DiskRoom room;
  private final PowerState before;
  private final ActorRef<Answer> replyTo;

  /** How many images are still being flushed. */
  private int unflushed = NOT_FLUSHING;

  /** What the answers to these flushes carry; those to an earlier attempt carry another. */
  private long flushTag;

  private boolean writing;

  /**
   * @param before what the VM goes back to if its state cannot be saved
   */
  SavingState(
      VmLifetime life, PoweredPc pc, DiskRoom room, PowerState before, ActorRef<Answer> replyTo) {
    this.life = life;
    this.pc = pc;
    this.room = room;
    this.before = before;
    this.replyTo = replyTo;
  }

  Behavior<Command> behavior() {
    pc.settle(() -> life.self().tell(Saving.SETTLED));
    life.timers().startSingleTimer(Saving.TOO_LONG, LONGEST_SETTLING);
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case Saving step when step == Saving.SETTLED && unflushed == NOT_FLUSHING -> {
                    if (pc.idle()) {
                      life.timers().cancel(Saving.TOO_LONG);
                      yield flush();
                    }
                    life.timers().startSingleTimer(Saving.SETTLED, SETTLING_STEP);
                    yield Behaviors.same();
                  }
                  case Saving step when step == Saving.TOO_LONG && unflushed == NOT_FLUSHING ->
                      notSaved("its disks do not come to rest");
                  case ImageFlushed(DiskChannel.Completed answer) when answer.tag() != flushTag ->
                      Behaviors.same();
                  case ImageFlushed(DiskChannel.Completed answer)
                      when answer.result() != DiskChannel.Result.OK ->
                      notSaved(answer.reason());
                  case ImageFlushed _ -> --unflushed == 0 ? writeState() : Behaviors.same();
                  case StateWritten(Optional<String> problem) when problem.isPresent() ->
                      notSaved(problem.get());
                  case StateWritten _ -> {
                    life.saved();
                    yield StoppingState.of(life, pc, End.of(End.Cause.SAVED, "saved"), replyTo);
                  }
                  case PartFailed _ when writing -> {
                    // Not in the snapshot: it matters only if the VM has to go on.
                    life.keep(command);
                    yield Behaviors.same();
                  }
                  case PartFailed(String report) -> {
                    cancelTimers();
                    replyTo.tell(new Answer.Refused(life.name() + " has failed"));
                    yield StoppingState.of(life, pc, End.of(End.Cause.FAILED, report), null);
                  }
                  case Question question -> life.answer(question, PowerState.SAVING, pc);
                  case PowerCommand _, DeviceCommand _, SetEntitlement _, Stopped _ -> {
                    life.keep(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> life.entitled(admitted);
                  case ImageOpened opened -> life.tooLate(opened);
                  case DiskSpace(DiskChannel.Space now) -> {
                    room.note(now);
                    yield Behaviors.same();
                  }
                  case Saving _,
                      Admitted _,
                      Prepared _,
                      NotPrepared _,
                      LineClosed _,
                      ImageClosed _,
                      StateDiscarded _,
                      UndoEnded _ ->
                      Behaviors.same();
                })
        .onSignal(Terminated.class, pc::partEnded)
        .build();
  }

  private Behavior<Command> flush() {
    flushTag = pc.nextFlush();
    unflushed =
        pc.flushImages(
            flushTag,
            life.context().messageAdapter(DiskChannel.Completed.class, ImageFlushed::new));
    return unflushed == 0 ? writeState() : Behaviors.same();
  }

  private Behavior<Command> writeState() {
    writing = true;
    GuestMachine.Snapshot snapshot;
    try {
      snapshot = pc.snapshot();
    } catch (RuntimeException | Error e) {
      life.self()
          .tell(new StateWritten(Optional.of("taking it failed: " + FailureReport.oneLine(e))));
      return Behaviors.same();
    }
    String name = life.name();
    Path file = life.stateFile().orElseThrow();
    Map<DriveSlot, Path> media = pc.media();
    life.context()
        .pipeToSelf(
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
                life.blocking()),
            (problem, failure) ->
                new StateWritten(
                    failure == null ? problem : Optional.of(VmLifetime.reason(failure))));
    return Behaviors.same();
  }

  private void cancelTimers() {
    life.timers().cancel(Saving.TOO_LONG);
    life.timers().cancel(Saving.SETTLED);
  }

  private Behavior<Command> notSaved(String reason) {
    cancelTimers();
    life.event(Event.Kind.NOT_SAVED, "not saved: " + reason);
    replyTo.tell(new Answer.Refused(life.name() + " is not saved: " + reason));
    if (before == PowerState.RUNNING && room.isMissing()) {
      room.pause();
      return life.go(OnState.of(life, pc, room, PowerState.PAUSED));
    }
    if (before == PowerState.RUNNING) {
      pc.run();
    }
    return life.go(OnState.of(life, pc, room, before));
  }
}
