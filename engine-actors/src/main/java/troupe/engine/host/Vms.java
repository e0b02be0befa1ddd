package troupe.engine.host;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.HostServices;
import troupe.engine.vm.VirtualMachine;

/** The parent of all VMs, each on its own thread. One that fails stops alone. */
final class Vms {
  /** Starts a VM's actor, on the dispatcher for its name. */
  record Spawn(VmConfiguration configuration, HostServices services, ActorRef<Spawned> replyTo) {}

  record Spawned(VmConfiguration configuration, ActorRef<VirtualMachine.Command> vm) {}

  private Vms() {}

  static Behavior<Spawn> create() {
    return Behaviors.receive(
        (context, spawn) -> {
          String name = spawn.configuration.name();
          ActorRef<VirtualMachine.Command> vm =
              context.spawn(
                  VirtualMachine.create(spawn.configuration, spawn.services),
                  name,
                  spawn.services.threads().dispatcher(name));
          spawn.replyTo.tell(new Spawned(spawn.configuration, vm));
          return Behaviors.same();
        });
  }
}
