package troupe.engine.vm;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.diskio.DiskChannel;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.VirtualMachine.Admitted;
import troupe.engine.vm.VirtualMachine.Command;
import troupe.engine.vm.VirtualMachine.DeviceCommand;
import troupe.engine.vm.VirtualMachine.DiskSpace;
import troupe.engine.vm.VirtualMachine.EntitlementAdmitted;
import troupe.engine.vm.VirtualMachine.ImageClosed;
import troupe.engine.vm.VirtualMachine.ImageFlushed;
import troupe.engine.vm.VirtualMachine.ImageOpened;
import troupe.engine.vm.VirtualMachine.Internal;
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

/** Between on and off: the parts stop, the channels are flushed and closed. */
final class StoppingState {
  private final VmLifetime life;
  private final PoweredPc pc;
  private final End end;
  private final ActorRef<Answer> replyTo;

  private StoppingState(VmLifetime life, PoweredPc pc, End end, ActorRef<Answer> replyTo) {
    this.life = life;
    this.pc = pc;
    this.end = end;
    this.replyTo = replyTo;
  }

  /**
   * @param replyTo who asked for it, or null
   */
  static Behavior<Command> of(VmLifetime life, PoweredPc pc, End end, ActorRef<Answer> replyTo) {
    return new StoppingState(life, pc, end, replyTo).behavior();
  }

  private Behavior<Command> behavior() {
    life.remember(pc);
    pc.stop(
        life.context().messageAdapter(LineChannel.Closed.class, LineClosed::new),
        life.context().messageAdapter(DiskChannel.Completed.class, ImageClosed::new));
    if (pc.stopped()) {
      return endUndo();
    }
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case LineClosed(LineChannel.Closed closed) -> {
                    pc.lineClosed(closed.name());
                    yield pc.stopped() ? endUndo() : Behaviors.same();
                  }
                  case ImageClosed(DiskChannel.Completed answer) -> {
                    pc.imageClosed(answer.tag());
                    yield pc.stopped() ? endUndo() : Behaviors.same();
                  }
                  case ImageOpened opened -> life.tooLate(opened);
                  case Question question -> life.answer(question, PowerState.TURNING_OFF, null);
                  case PowerCommand _, SetEntitlement _ -> {
                    life.keep(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> life.entitled(admitted);
                  case DeviceCommand device -> life.lost(device);
                  case Admitted _,
                      Prepared _,
                      NotPrepared _,
                      Stopped _,
                      PartFailed _,
                      DiskSpace _,
                      UndoEnded _,
                      Saving _,
                      ImageFlushed _,
                      StateDiscarded _,
                      StateWritten _ ->
                      Behaviors.same();
                })
        .onSignal(
            Terminated.class,
            ended -> {
              Behavior<Command> same = pc.partEnded(ended);
              return pc.stopped() ? endUndo() : same;
            })
        .build();
  }

  /**
   * The session is over, so the undo disks are committed or discarded. Those of a machine that
   * failed are not committed: somebody should look at them first.
   */
  private Behavior<Command> endUndo() {
    VmConfiguration now = life.configuration();
    if (!UndoDisks.act(now)
        || end.cause() == End.Cause.SAVED
        || (end.cause() == End.Cause.FAILED && now.undo() == VmConfiguration.Undo.COMMIT)) {
      return stopped();
    }
    life.context()
        .pipeToSelf(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    UndoDisks.end(now);
                    return Optional.<String>empty();
                  } catch (IOException e) {
                    return Optional.of(String.valueOf(e.getMessage()));
                  }
                },
                life.blocking()),
            (problem, failure) ->
                new UndoEnded(failure == null ? problem : Optional.of(VmLifetime.reason(failure))));
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case UndoEnded(Optional<String> problem) -> {
                    problem.ifPresent(text -> life.event(Event.Kind.UNDO_KEPT, text));
                    yield stopped();
                  }
                  case ImageOpened opened -> life.tooLate(opened);
                  case Question question -> life.answer(question, PowerState.TURNING_OFF, null);
                  case PowerCommand _, SetEntitlement _ -> {
                    life.keep(command);
                    yield Behaviors.same();
                  }
                  case EntitlementAdmitted admitted -> life.entitled(admitted);
                  case DeviceCommand device -> life.lost(device);
                  case Internal _ -> Behaviors.same();
                })
        .build();
  }

  private Behavior<Command> stopped() {
    life.host().admission().tell(new Admission.Release(life.name()));
    life.event(
        switch (end.cause()) {
          case FAILED -> Event.Kind.FAILED;
          case TRIPLE_FAULT -> Event.Kind.TRIPLE_FAULT;
          case POWERED_OFF, EXIT_PORT, RESET -> Event.Kind.POWERED_OFF;
          case TURNED_OFF -> Event.Kind.TURNED_OFF;
          case SAVED -> Event.Kind.SAVED;
        },
        end.detail());
    life.ended(end);
    if (replyTo != null) {
      replyTo.tell(Answer.DONE);
    }
    return life.go(new OffState(life).behavior());
  }
}
