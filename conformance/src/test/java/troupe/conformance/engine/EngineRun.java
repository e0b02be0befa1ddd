package troupe.conformance.engine;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Engine;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.pc.PcFactory;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.processor.translator.RegionStore;

/** An engine in this process, with translation in the background as the daemon has it. */
final class EngineRun implements AutoCloseable {
  private final Engine engine;

  /**
   * @param directory where saved states go
   * @param translation shared with other engines, so that a new one need not begin cold; null to
   *     interpret
   */
  EngineRun(Path directory, int cpus, long memoryMib, RegionStore translation) {
    engine =
        Engine.start(
            new HostSettings(
                cpus,
                memoryMib,
                new Lines(Optional.empty()),
                new PcFactory(System::nanoTime, translation),
                Optional.of(directory.resolve("states"))),
            ConfigFactory.empty());
  }

  Engine engine() {
    return engine;
  }

  ActorRef<VirtualMachine.Command> create(VmConfiguration configuration) {
    return switch (engine.<Host.Command, Host.VmCreated>ask(
        engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo))) {
      case Host.VmCreated.Created(var vm) -> vm;
      case Host.VmCreated.Refused(String reason) -> throw new AssertionError(reason);
    };
  }

  Answer turnOn(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.TurnOn::new);
  }

  Status status(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.ReadStatus::new);
  }

  @Override
  public void close() {
    engine.close();
  }
}
