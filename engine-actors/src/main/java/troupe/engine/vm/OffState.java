package troupe.engine.vm;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.VirtualMachine.Admitted;
import troupe.engine.vm.VirtualMachine.Command;
import troupe.engine.vm.VirtualMachine.Configure;
import troupe.engine.vm.VirtualMachine.DeviceCommand;
import troupe.engine.vm.VirtualMachine.DiscardSavedState;
import troupe.engine.vm.VirtualMachine.EntitlementAdmitted;
import troupe.engine.vm.VirtualMachine.ImageOpened;
import troupe.engine.vm.VirtualMachine.Internal;
import troupe.engine.vm.VirtualMachine.PowerCommand;
import troupe.engine.vm.VirtualMachine.Question;
import troupe.engine.vm.VirtualMachine.Remove;
import troupe.engine.vm.VirtualMachine.Restore;
import troupe.engine.vm.VirtualMachine.SetEntitlement;
import troupe.engine.vm.VirtualMachine.TurnOff;
import troupe.engine.vm.VirtualMachine.TurnOn;
import troupe.scheduler.Entitlement;

/** Off, or saved. */
final class OffState {
  private final VmLifetime life;

  OffState(VmLifetime life) {
    this.life = life;
  }

  private PowerState state() {
    return life.hasSavedState() ? PowerState.SAVED : PowerState.TURNED_OFF;
  }

  private Behavior<Command> turnOn(ActorRef<Answer> replyTo) {
    life.host()
        .admission()
        .tell(
            new Admission.Request(
                life.name(),
                life.configuration().memoryMib(),
                life.configuration().entitlement(),
                life.context().messageAdapter(Answer.class, Admitted::new)));
    return new StartingState(life, replyTo).behavior();
  }

  private Behavior<Command> discarded(Optional<String> problem, ActorRef<Answer> replyTo) {
    if (problem.isEmpty()) {
      life.event(Event.Kind.SAVED_STATE_DISCARDED, "saved state discarded");
    }
    replyTo.tell(problem.<Answer>map(Answer.Refused::new).orElse(Answer.DONE));
    return life.go(behavior());
  }

  Behavior<Command> behavior() {
    return Behaviors.receive(Command.class)
        .onMessage(
            Command.class,
            command ->
                switch (command) {
                  case TurnOn(ActorRef<Answer> replyTo) -> turnOn(replyTo);
                  case Restore(ActorRef<Answer> replyTo) when life.hasSavedState() ->
                      turnOn(replyTo);
                  case Restore restore -> life.refuse(restore, "has no saved state");
                  case DiscardSavedState discard when !life.hasSavedState() ->
                      life.refuse(discard, "has no saved state");
                  case DiscardSavedState(ActorRef<Answer> replyTo) ->
                      life.discardSavedState(state(), null, problem -> discarded(problem, replyTo));
                  case Remove(ActorRef<Answer> replyTo) -> {
                    life.event(Event.Kind.REMOVED, "removed; its files stay");
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.stopped();
                  }
                  case TurnOff(ActorRef<Answer> replyTo) -> {
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case Configure change
                      when life.hasSavedState()
                          && !life.configuration().isSamePc(change.configuration()) ->
                      life.refuse(
                          change, "is saved: only its CPU resources and host actions can change");
                  case Configure(VmConfiguration changed, ActorRef<Answer> replyTo) -> {
                    life.configure(changed);
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case PowerCommand refused ->
                      life.refuse(refused, life.hasSavedState() ? "is saved" : "is off");
                  case SetEntitlement(Entitlement entitlement, ActorRef<Answer> replyTo) -> {
                    life.configure(life.configuration().with(entitlement));
                    replyTo.tell(Answer.DONE);
                    yield Behaviors.same();
                  }
                  case Question question -> life.answer(question, state(), null);
                  case ImageOpened opened -> life.tooLate(opened);
                  case EntitlementAdmitted admitted -> {
                    life.host().admission().tell(new Admission.Release(life.name()));
                    yield life.entitled(admitted);
                  }
                  case DeviceCommand device -> life.lost(device);
                  case Internal _ -> Behaviors.same();
                })
        .build();
  }
}
