package troupe.engine.host;

import static org.junit.jupiter.api.Assertions.*;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.DiskImage;
import troupe.diskio.ImageFile;
import troupe.diskio.ImageUse;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Configurations;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.FakeMachine;
import troupe.engine.vm.VirtualMachine;

/** Undo disks at the begin and the end of a session, also of one that had no end. */
@Timeout(60)
class UndoDisksTest {
  @TempDir Path directory;
  private Engine engine;
  private Path disk;
  private Path undo;

  @BeforeEach
  void start() throws IOException {
    disk = directory.resolve("disk.vhd");
    undo = directory.resolve("disk.vhd.vm.vud");
    VhdMaker.dynamic(disk, 1 << 20);
    engine =
        Engine.start(
            new HostSettings(
                2,
                1000,
                new Lines(Optional.empty()),
                FakeMachine.running(FakeMachine::computeUntilAttention),
                Optional.of(directory.resolve("states"))),
            ConfigFactory.empty());
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  private ActorRef<VirtualMachine.Command> vm(VmConfiguration.Undo undo) {
    VmConfiguration configuration =
        Configurations.vm("vm")
            .with(
                Map.of(
                    DriveSlot.HDA,
                    new VmConfiguration.Drive(VmConfiguration.DriveKind.DISK, Optional.of(disk))))
            .with(undo);
    Host.VmCreated created =
        engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
    return assertInstanceOf(Host.VmCreated.Created.class, created).vm();
  }

  private Answer on(ActorRef<VirtualMachine.Command> vm) {
    return engine.ask(vm, VirtualMachine.TurnOn::new);
  }

  private void off(ActorRef<VirtualMachine.Command> vm) {
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOff::new));
  }

  /** What a session that was killed has left: a written undo disk. */
  private void leave() throws IOException {
    VhdMaker.differencing(undo, disk, ParentSearch.BESIDE_CHILD);
    byte[] sector = new byte[512];
    Arrays.fill(sector, (byte) 7);
    try (DiskImage image = ImageFile.open(undo, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      image.write(9, 1, sector, 0);
    }
  }

  private int sector9(Path file) throws IOException {
    byte[] sector = new byte[512];
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
      image.read(9, 1, sector, 0);
    }
    return sector[511];
  }

  @Test
  void keptOnesAreUsedAgain() throws IOException {
    leave();
    ActorRef<VirtualMachine.Command> vm = vm(VmConfiguration.Undo.KEEP);
    assertEquals(Answer.DONE, on(vm));
    off(vm);
    assertEquals(7, sector9(undo));
    assertEquals(0, sector9(disk));
  }

  @Test
  void discardedOnesLeaveTheExactBytes() throws IOException {
    byte[] before = Files.readAllBytes(disk);
    leave();
    ActorRef<VirtualMachine.Command> vm = vm(VmConfiguration.Undo.DISCARD);
    assertEquals(Answer.DONE, on(vm));
    assertEquals(0, sector9(disk), "the parent may be read");
    assertTrue(Files.exists(undo));
    Answer save = engine.ask(vm, VirtualMachine.Save::new);
    assertTrue(assertInstanceOf(Answer.Refused.class, save).reason().contains("to be discarded"));
    off(vm);
    assertFalse(Files.exists(undo));
    assertArrayEquals(before, Files.readAllBytes(disk));
  }

  @Test
  void committedOnesChangeTheDisk() throws IOException {
    leave();
    ActorRef<VirtualMachine.Command> vm = vm(VmConfiguration.Undo.COMMIT);
    assertEquals(Answer.DONE, on(vm));
    assertEquals(7, sector9(disk), "what the killed session left");
    off(vm);
    assertFalse(Files.exists(undo));
    assertEquals(7, sector9(disk));
  }

  @Test
  void aSavedSessionKeepsThem() throws IOException {
    ActorRef<VirtualMachine.Command> vm = vm(VmConfiguration.Undo.COMMIT);
    assertEquals(Answer.DONE, on(vm));
    assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.Save::new));
    assertTrue(Files.exists(undo));
    assertEquals(Answer.DONE, on(vm));
    off(vm);
    assertFalse(Files.exists(undo));
  }

  @Test
  void aDiskIsNotChangedBehindAKeptOne() throws IOException {
    leave();
    Answer answer = on(vm(VmConfiguration.Undo.OFF));
    assertTrue(assertInstanceOf(Answer.Refused.class, answer).reason().contains(undo.toString()));
  }
}
