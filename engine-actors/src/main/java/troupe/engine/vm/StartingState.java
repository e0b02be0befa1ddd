package troupe.engine.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.saved.SavedState;
import troupe.engine.saved.SavedStateFile;
import troupe.engine.thread.CompilerThreads;
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

/** Between off and on: admission, then files, then the PC. */
final class StartingState {
  private final VmLifetime life;
  private final ActorRef<Answer> replyTo;

  StartingState(VmLifetime life, ActorRef<Answer> replyTo) {
    this.life = life;
    this.replyTo = replyTo;
    life.forgetCounts();
  }

  Behavior<Command> behavior() {
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case Admitted(Answer.Refused refused) -> {
                    replyTo.tell(refused);
                    yield life.go(new OffState(life).behavior());
                  }
                  case Admitted(Answer.Done _) -> {
                    VmConfiguration configuration = life.configuration();
                    boolean saved = life.hasSavedState();
                    life.context()
                        .pipeToSelf(
                            CompletableFuture.supplyAsync(
                                () -> gather(configuration, saved), life.blocking()),
                            (supplies, failure) ->
                                failure == null
                                    ? new Prepared(supplies)
                                    : new NotPrepared(VmLifetime.reason(failure)));
                    yield Behaviors.same();
                  }
                  case NotPrepared(String reason) -> notStarted(reason);
                  case Prepared(PoweredPc.Supplies supplies) -> powerUp(supplies);
                  case Question question ->
                      life.answer(
                          question,
                          life.hasSavedState() ? PowerState.RESTORING : PowerState.TURNING_ON,
                          null);
                  case PowerCommand _, DeviceCommand _, SetEntitlement _, DiskSpace _ -> {
                    life.keep(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> life.entitled(admitted);
                  case ImageOpened opened -> life.tooLate(opened);
                  case Stopped _,
                      PartFailed _,
                      LineClosed _,
                      ImageClosed _,
                      UndoEnded _,
                      Saving _,
                      ImageFlushed _,
                      StateDiscarded _,
                      StateWritten _ ->
                      Behaviors.same();
                })
        .build();
  }

  /** Opens and reads what the PC is built from; blocks. */
  private PoweredPc.Supplies gather(VmConfiguration configuration, boolean isSaved) {
    try {
      if (!isSaved) {
        return PoweredPc.Supplies.gather(
            configuration.with(UndoDisks.begin(configuration)),
            Optional.empty(),
            life.host(),
            life.self(),
            life.space(),
            life.system());
      }
      Path file = life.stateFile().orElseThrow();
      SavedState.Header header = SavedStateFile.readHeader(file);
      Map<DriveSlot, VmConfiguration.Drive> drives = SavedMedia.drives(file, header, configuration);
      SavedState saved = SavedStateFile.read(file);
      return PoweredPc.Supplies.gather(
          configuration.with(drives),
          Optional.of(new GuestMachine.Snapshot(saved.machine(), saved.ram())),
          life.host(),
          life.self(),
          life.space(),
          life.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Behavior<Command> notStarted(String reason) {
    life.host().admission().tell(new Admission.Release(life.name()));
    replyTo.tell(new Answer.Refused(reason));
    return life.go(new OffState(life).behavior());
  }

  private Behavior<Command> powerUp(PoweredPc.Supplies supplies) {
    life.blocking().execute(CompilerThreads::giveWayToGuests);
    PoweredPc pc;
    try {
      pc =
          new PoweredPc(
              life.context(),
              life.configuration(),
              life.host(),
              supplies,
              stop -> life.self().tell(new Stopped(stop)),
              report -> life.self().tell(new PartFailed(report)));
    } catch (IllegalArgumentException e) {
      // The parts do not make a PC: the message says why.
      supplies.close(life.system());
      return notStarted(e.getMessage());
    } catch (RuntimeException | Error e) {
      supplies.close(life.system());
      return notStarted(FailureReport.oneLine(e));
    }
    for (OpenedImage image : supplies.images().values()) {
      image.warnings().forEach(warning -> life.event(Event.Kind.DISK_WARNING, warning));
    }
    if (supplies.saved().isEmpty()) {
      return run(pc, false);
    }
    // From here on the images change, and the state is good for nothing.
    return life.discardSavedState(
        PowerState.RESTORING,
        pc,
        problem ->
            problem.isEmpty()
                ? run(pc, true)
                : StoppingState.of(
                    life,
                    pc,
                    End.of(End.Cause.FAILED, "the saved state stays: " + problem.get()),
                    replyTo));
  }

  private Behavior<Command> run(PoweredPc pc, boolean restored) {
    life.watchSerial(pc);
    pc.run();
    life.event(
        restored ? Event.Kind.RESTORED : Event.Kind.TURNED_ON,
        restored ? "goes on from its saved state" : "turned on");
    replyTo.tell(Answer.DONE);
    return life.go(OnState.of(life, pc, new DiskRoom(life), PowerState.RUNNING));
  }
}
