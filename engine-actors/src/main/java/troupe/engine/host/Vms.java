package troupe.engine.host;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.End;
import troupe.engine.vm.FailureReport;
import troupe.engine.vm.HostServices;
import troupe.engine.vm.VirtualMachine;

/** The parent of all VMs, each on its own thread. One that fails stops alone. */
final class Vms {
  /**
   * Starts a VM's actor, on the dispatcher for its name.
   *
   * @param lastEnd why it is off, if it has been on
   */
  record Spawn(VmConfiguration configuration, HostServices services, Optional<End> lastEnd) {}

  /** What the host is told of the actors of VMs. */
  sealed interface Told {}

  record Spawned(VmConfiguration configuration, ActorRef<VirtualMachine.Command> vm)
      implements Told {}

  /**
   * @param failure what the actor threw; empty if it was stopped
   */
  record Ended(String vm, ActorRef<?> actor, Optional<String> failure) implements Told {}

  private Vms() {}

  static Behavior<Spawn> create(ActorRef<Told> host) {
    return Behaviors.setup(
        context ->
            Behaviors.receive(Spawn.class)
                .onMessage(
                    Spawn.class,
                    spawn -> {
                      String name = spawn.configuration.name();
                      ActorRef<VirtualMachine.Command> vm =
                          context.spawn(
                              VirtualMachine.create(
                                  spawn.configuration, spawn.services, spawn.lastEnd),
                              name,
                              spawn.services.threads().dispatcher(name));
                      context.watch(vm);
                      host.tell(new Spawned(spawn.configuration, vm));
                      return Behaviors.same();
                    })
                .onSignal(
                    ChildFailed.class,
                    failed -> {
                      String report = FailureReport.of("the VM's own actor", failed.getCause());
                      host.tell(ended(failed, Optional.of(report)));
                      return Behaviors.same();
                    })
                .onSignal(
                    Terminated.class,
                    stopped -> {
                      host.tell(ended(stopped, Optional.empty()));
                      return Behaviors.same();
                    })
                .build());
  }

  private static Ended ended(Terminated vm, Optional<String> failure) {
    return new Ended(vm.getRef().path().name(), vm.getRef(), failure);
  }
}
