package troupe.engine.pc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.board.Machine;
import troupe.devices.bus.PortDevice;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Engine;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.vm.Answer;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.End;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.Entitlement;

/** Real PCs with small programs for a BIOS, under the engine. */
@Timeout(60)
class PcTest {
  /** Where a test's PC may have a chip that throws. */
  private static final int BROKEN_PORT = 0x84;

  /** inc eax; jmp back. */
  private static final int[] LOOP = {0x66, 0x40, 0xEB, 0xFC};

  /** out 84h, al; jmp back. */
  private static final int[] TOUCH_BROKEN_CHIP = {0xE6, 0x84, 0xEB, 0xFC};

  @TempDir Path directory;
  private Engine engine;

  private void start(BiConsumer<String, Machine> built) {
    engine =
        Engine.start(
            new HostSettings(
                2, 1000, new Lines(Optional.empty()), new PcFactory(System::nanoTime, null, built)),
            ConfigFactory.empty());
  }

  @AfterEach
  void stop() {
    if (engine != null) {
      engine.close();
    }
  }

  private Path bios(String name, int... code) throws IOException {
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

  private ActorRef<VirtualMachine.Command> turnOn(
      String name, Map<DriveSlot, VmConfiguration.Drive> drives, int... code) throws IOException {
    VmConfiguration configuration =
        new VmConfiguration(
            name,
            8,
            VmConfiguration.DEFAULT_CPU_MODEL,
            Entitlement.DEFAULT,
            VmConfiguration.Board.I440BX,
            VmConfiguration.TimeSource.HOST,
            Optional.of(bios(name, code)),
            Optional.empty(),
            VmConfiguration.DEFAULT_BOOT_ORDER,
            drives,
            Map.of(0, new PortConnection.ToFile(directory.resolve(name + ".log"), false)),
            Optional.empty(),
            Map.of(),
            OptionalInt.of(0xF4),
            true,
            List.of(),
            VmConfiguration.HostStart.NEVER,
            VmConfiguration.HostStop.TURN_OFF,
            VmConfiguration.Undo.OFF);
    Host.VmCreated created =
        engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
    ActorRef<VirtualMachine.Command> vm =
        assertInstanceOf(Host.VmCreated.Created.class, created).vm();
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
    return vm;
  }

  private Status status(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.ReadStatus::new);
  }

  private End end(ActorRef<VirtualMachine.Command> vm) {
    Status status = status(vm);
    while (status.state() != PowerState.TURNED_OFF) {
      Thread.onSpinWait();
      status = status(vm);
    }
    return status.lastEnd().orElseThrow();
  }

  private void assertRuns(ActorRef<VirtualMachine.Command> vm) {
    long before = status(vm).instructions();
    while (status(vm).instructions() < before + 1_000_000) {
      assertEquals(PowerState.RUNNING, status(vm).state());
    }
  }

  @Test
  void aPcWhoseChipThrowsDiesAlone() throws Exception {
    start(
        (name, machine) -> {
          if (name.equals("bad")) {
            machine.ports().attach(BROKEN_PORT, 1, new BrokenChip());
          }
        });
    ActorRef<VirtualMachine.Command> first = turnOn("first", Map.of(), LOOP);
    ActorRef<VirtualMachine.Command> second = turnOn("second", Map.of(), TOUCH_BROKEN_CHIP);
    ActorRef<VirtualMachine.Command> bad = turnOn("bad", Map.of(), TOUCH_BROKEN_CHIP);
    End end = end(bad);
    assertEquals(End.Cause.FAILED, end.cause());
    assertTrue(end.detail().contains("the chip is broken"), end.detail());
    assertTrue(end.detail().contains("f000:0000e0"), end.detail());
    assertRuns(first);
    assertRuns(second);
  }

  private static final class BrokenChip implements PortDevice {
    @Override
    public int read8(int offset) {
      return OPEN_BUS;
    }

    @Override
    public void write8(int offset, int value) {
      throw new IllegalStateException("the chip is broken");
    }
  }

  @Test
  void aGuestReadsAndWritesItsDiskByPio() throws Exception {
    start((_, _) -> {});
    byte[] content = new byte[1 << 20];
    content[512] = 0x21;
    Path disk = Files.write(directory.resolve("disk.img"), content);
    // Sector 1 is read to 1000h and written back to sector 2; its first byte is the result.
    ActorRef<VirtualMachine.Command> vm =
        turnOn(
            "disk",
            Map.of(
                DriveSlot.HDA,
                new VmConfiguration.Drive(VmConfiguration.DriveKind.DISK, Optional.of(disk))),
            new Assembly()
                .pci(0x8000_3904, 1) // PIIX4 IDE: I/O space on
                .pci(0x8000_3940, 0x8000) // primary channel decoded
                .command(1, 0x20)
                .waitForData()
                .bytes(0xBF, 0x00, 0x10) // mov di, 1000h
                .bytes(0xB9, 0x00, 0x01) // mov cx, 100h
                .bytes(0xBA, 0xF0, 0x01, 0xFC) // mov dx, 1F0h; cld
                .bytes(0xF3, 0x6D) // rep insw
                .command(2, 0x30)
                .waitForData()
                .bytes(0xBE, 0x00, 0x10) // mov si, 1000h
                .bytes(0xB9, 0x00, 0x01) // mov cx, 100h
                .bytes(0xBA, 0xF0, 0x01) // mov dx, 1F0h
                .bytes(0xF3, 0x6F) // rep outsw
                .waitUntilIdle()
                .out(0x1F7, 0xE7) // flush cache
                .waitUntilIdle()
                .bytes(0xA0, 0x00, 0x10) // mov al, [1000h]
                .bytes(0xBA, 0xF4, 0x00, 0xEE) // mov dx, F4h; out dx, al
                .code());
    End end = end(vm);
    assertEquals(End.Cause.EXIT_PORT, end.cause(), end.detail());
    assertEquals(0x21, end.status());
    byte[] after = Files.readAllBytes(disk);
    assertArrayEquals(
        Arrays.copyOfRange(content, 512, 1024), Arrays.copyOfRange(after, 1024, 1536));
  }

  @Test
  void outputBeforePowerOffIsInTheFile() throws Exception {
    start((_, _) -> {});
    Assembly assembly = new Assembly();
    for (char c : "hello".toCharArray()) {
      assembly.out(0x3F8, c).waitUntilSent();
    }
    ActorRef<VirtualMachine.Command> vm = turnOn("talker", Map.of(), assembly.out(0xF4, 1).code());
    assertEquals(End.Cause.EXIT_PORT, end(vm).cause());
    assertEquals(
        "hello", Files.readString(directory.resolve("talker.log"), StandardCharsets.ISO_8859_1));
  }
}
