package troupe.engine.pc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.board.Machine;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Engine;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.Entitlement;

/** A host with real PCs that have small programs for a BIOS. */
final class SmallGuests implements AutoCloseable {
  /** inc eax; jmp back. */
  static final int[] LOOP = {0x66, 0x40, 0xEB, 0xFC};

  /** cli; hlt. */
  static final int[] HALT = {0xFA, 0xF4};

  private final Path directory;
  private final Engine engine;

  SmallGuests(Path directory, int cpus, long memoryMib, BiConsumer<String, Machine> built) {
    this(directory, cpus, memoryMib, ConfigFactory.empty(), built);
  }

  SmallGuests(
      Path directory,
      int cpus,
      long memoryMib,
      Config settings,
      BiConsumer<String, Machine> built) {
    this.directory = directory;
    engine =
        Engine.start(
            new HostSettings(
                cpus,
                memoryMib,
                new Lines(Optional.empty()),
                new PcFactory(System::nanoTime, null, built),
                Optional.of(directory.resolve("states"))),
            settings);
  }

  Engine engine() {
    return engine;
  }

  /** A BIOS of 64 KiB that starts with {@code code} at power-on. */
  Path bios(String name, int... code) throws IOException {
    byte[] image = new byte[1 << 16];
    for (int i = 0; i < code.length; i++) {
      image[0xE000 + i] = (byte) code[i];
    }
    int[] jump = {0xEA, 0x00, 0xE0, 0x00, 0xF0};
    for (int i = 0; i < jump.length; i++) {
      image[0xFFF0 + i] = (byte) jump[i];
    }
    return Files.write(directory.resolve(name + ".bin"), image);
  }

  VmConfiguration configuration(String name, Entitlement entitlement, int... code)
      throws IOException {
    return new VmConfiguration(
        name,
        8,
        VmConfiguration.DEFAULT_CPU_MODEL,
        entitlement,
        VmConfiguration.Board.I440BX,
        VmConfiguration.TimeSource.HOST,
        Optional.of(bios(name, code)),
        Optional.empty(),
        VmConfiguration.DEFAULT_BOOT_ORDER,
        Map.of(),
        Map.of(0, new PortConnection.ToFile(directory.resolve(name + ".log"), false)),
        Optional.empty(),
        Map.of(),
        OptionalInt.of(0xF4),
        true,
        List.of(),
        VmConfiguration.HostStart.NEVER,
        VmConfiguration.HostStop.TURN_OFF,
        VmConfiguration.Undo.OFF);
  }

  /** The same with virtual time that follows instructions. */
  VmConfiguration deterministic(VmConfiguration vm) {
    return new VmConfiguration(
        vm.name(),
        vm.memoryMib(),
        vm.cpuModel(),
        vm.entitlement(),
        vm.board(),
        VmConfiguration.TimeSource.INSTRUCTIONS,
        vm.bios(),
        vm.directBoot(),
        vm.bootOrder(),
        vm.drives(),
        Map.of(0, new PortConnection.ToFile(directory.resolve(vm.name() + ".log"), true)),
        vm.parallel(),
        vm.portLogs(),
        vm.exitPort(),
        vm.endAtReset(),
        vm.traced(),
        vm.onHostStart(),
        vm.onHostStop(),
        vm.undo());
  }

  ActorRef<VirtualMachine.Command> create(VmConfiguration configuration) {
    Host.VmCreated created =
        engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
    return assertInstanceOf(Host.VmCreated.Created.class, created).vm();
  }

  ActorRef<VirtualMachine.Command> turnOn(String name, Entitlement entitlement, int... code)
      throws IOException {
    ActorRef<VirtualMachine.Command> vm = create(configuration(name, entitlement, code));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    return vm;
  }

  Answer set(ActorRef<VirtualMachine.Command> vm, Entitlement entitlement) {
    return engine.ask(vm, replyTo -> new VirtualMachine.SetEntitlement(entitlement, replyTo));
  }

  Status status(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.ReadStatus::new);
  }

  @Override
  public void close() {
    engine.close();
  }
}
