package troupe.engine.pc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.Answer;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.End;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.Entitlement;

/** Real PCs that are saved in the middle of their work, and go on in another engine. */
@Timeout(120)
class SavedPcTest {
  private static final int SECTORS = 256;

  @TempDir Path directory;
  private SmallGuests guests;

  private void start() {
    guests = new SmallGuests(directory, 2, 1000, (_, _) -> {});
  }

  @AfterEach
  void stop() {
    if (guests != null) {
      guests.close();
    }
  }

  /** Mixes what the timer says into a sum again and again, stores each sum, prints the last. */
  private static int[] timerSum(int rounds) {
    Assembly code = new Assembly().bytes(0x66, 0xBD).bytes(word32(rounds)); // mov ebp, rounds
    int again = code.here();
    code.bytes(0xB0, 0x00, 0xE6, 0x43) // latch counter 0
        .bytes(0xE4, 0x40, 0x88, 0xC4, 0xE4, 0x40) // in al, 40h; mov ah, al; in al, 40h
        .bytes(0x66, 0x01, 0xC3) // add ebx, eax
        .bytes(0x66, 0xC1, 0xC3, 0x05) // rol ebx, 5
        .bytes(0x66, 0x89, 0x1D) // mov [di], ebx
        .bytes(0x83, 0xC7, 0x04) // add di, 4
        .bytes(0x66, 0x4D) // dec ebp
        .jumpBack(0x85, again);
    return printSum(code).code();
  }

  /** EBX through COM1, then the exit port. */
  private static Assembly printSum(Assembly code) {
    for (int i = 0; i < 4; i++) {
      code.bytes(0xBA, 0xF8, 0x03, 0x88, 0xD8, 0xEE) // mov dx, 3F8h; mov al, bl; out dx, al
          .waitUntilSent()
          .bytes(0x66, 0xC1, 0xCB, 0x08); // ror ebx, 8
    }
    return code.out(0xF4, 1);
  }

  private static int[] word32(int value) {
    return new int[] {value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF, value >>> 24};
  }

  /** Reads sectors, sums them up, writes the changed sector elsewhere. */
  private static int[] diskSum(int rounds) {
    Assembly code =
        new Assembly()
            .pci(0x8000_3904, 1) // PIIX4 IDE: I/O space on
            .pci(0x8000_3940, 0x8000) // primary channel decoded
            .bytes(0x31, 0xED, 0xFC); // xor bp, bp; cld
    int again = code.here();
    code.out(0x1F6, 0xE0).out(0x1F2, 1).out(0x1F4, 0).out(0x1F5, 0);
    code.bytes(0x89, 0xE8, 0x24, 0x3F); // mov ax, bp; and al, 3Fh
    code.bytes(0xBA, 0xF3, 0x01, 0xEE).out(0x1F7, 0x20).waitForData();
    code.bytes(0xBF, 0x00, 0x10, 0xB9, 0x00, 0x01, 0xBA, 0xF0, 0x01, 0xF3, 0x6D); // rep insw
    code.bytes(0xBE, 0x00, 0x10, 0xB9, 0x80, 0x00); // mov si, 1000h; mov cx, 80h
    code.bytes(0x66, 0xAD, 0x66, 0x01, 0xC3, 0x66, 0xC1, 0xC3, 0x07); // lodsd; add; rol ebx, 7
    code.bytes(0xE2, 0xF5); // loop
    code.bytes(0x66, 0x89, 0x1E, 0x00, 0x10); // mov [1000h], ebx
    code.out(0x1F6, 0xE0).out(0x1F2, 1).out(0x1F4, 0).out(0x1F5, 0);
    code.bytes(0x89, 0xE8, 0x24, 0x3F, 0x0C, 0x40); // mov ax, bp; and al, 3Fh; or al, 40h
    code.bytes(0xBA, 0xF3, 0x01, 0xEE).out(0x1F7, 0x30).waitForData();
    code.bytes(0xBE, 0x00, 0x10, 0xB9, 0x00, 0x01, 0xBA, 0xF0, 0x01, 0xF3, 0x6F); // rep outsw
    code.waitUntilIdle();
    code.bytes(0x45, 0x81, 0xFD, rounds & 0xFF, rounds >> 8); // inc bp; cmp bp, rounds
    code.jumpBack(0x82, again);
    code.out(0x1F7, 0xE7).waitUntilIdle();
    return printSum(code).code();
  }

  private VmConfiguration configuration(String name, Map<DriveSlot, Path> disks, int... code)
      throws IOException {
    return guests
        .deterministic(guests.configuration(name, Entitlement.DEFAULT, code))
        .with(
            disks.entrySet().stream()
                .collect(
                    java.util.stream.Collectors.toMap(
                        Map.Entry::getKey,
                        entry ->
                            new VmConfiguration.Drive(
                                VmConfiguration.DriveKind.DISK, Optional.of(entry.getValue())))));
  }

  private Answer ask(
      ActorRef<VirtualMachine.Command> vm,
      java.util.function.Function<ActorRef<Answer>, VirtualMachine.Command> command) {
    return guests.engine().ask(vm, command);
  }

  private Status end(ActorRef<VirtualMachine.Command> vm) {
    Status status = guests.status(vm);
    while (status.state() != PowerState.TURNED_OFF) {
      Thread.onSpinWait();
      status = guests.status(vm);
    }
    assertEquals(
        End.Cause.EXIT_PORT, status.lastEnd().orElseThrow().cause(), status.lastEnd().toString());
    return status;
  }

  /** Runs the VM, saving it some times on its way, each time going on in a new engine. */
  private Status runWithSaves(VmConfiguration configuration, int saves) throws Exception {
    ActorRef<VirtualMachine.Command> vm = guests.create(configuration);
    assertEquals(Answer.DONE, ask(vm, VirtualMachine.TurnOn::new));
    Random random = new Random(saves);
    for (int i = 0; i < saves; i++) {
      long until = guests.status(vm).instructions() + 1 + random.nextInt(400_000);
      Status status = guests.status(vm);
      while (status.instructions() < until) {
        assertEquals(PowerState.RUNNING, status.state(), "before save " + i);
        status = guests.status(vm);
      }
      assertEquals(Answer.DONE, ask(vm, VirtualMachine.Save::new), "save " + i);
      assertEquals(PowerState.SAVED, guests.status(vm).state());
      guests.close();
      start();
      vm = guests.create(configuration);
      assertEquals(PowerState.SAVED, guests.status(vm).state());
      assertEquals(Answer.DONE, ask(vm, VirtualMachine.Restore::new));
    }
    return end(vm);
  }

  private byte[] output(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name + ".log"));
  }

  @Test
  void aRestoredPcGoesOnBitForBit() throws Exception {
    start();
    // Longer than a busy host keeps this thread from looking.
    int[] code = timerSum(4_000_000);
    Status straight = runWithSaves(configuration("straight", Map.of(), code), 0);
    Status interrupted = runWithSaves(configuration("interrupted", Map.of(), code), 4);
    assertEquals(4, output("straight").length);
    assertArrayEquals(output("straight"), output("interrupted"));
    assertEquals(straight.instructions(), interrupted.instructions());
    assertEquals(straight.virtualNanos(), interrupted.virtualNanos());
  }

  /**
   * A state that was saved when the format was new. {@code -Dtroupe.keep=FILE} keeps one of today;
   * one is kept for each version of the format, and none is changed.
   */
  @Test
  void aKeptStateOfTheFirstFormatGoesOn() throws Exception {
    start();
    int[] code = timerSum(400_000);
    VmConfiguration kept = configuration("kept", Map.of(), code);
    Path state = directory.resolve("states/kept.state");
    if (System.getProperty("troupe.keep") != null) {
      ActorRef<VirtualMachine.Command> vm = guests.create(kept);
      assertEquals(Answer.DONE, ask(vm, VirtualMachine.TurnOn::new));
      while (guests.status(vm).instructions() < 500_000) {
        Thread.onSpinWait();
      }
      assertEquals(Answer.DONE, ask(vm, VirtualMachine.Save::new));
      Files.copy(state, Path.of(System.getProperty("troupe.keep")));
      return;
    }
    runWithSaves(configuration("straight", Map.of(), code), 0);
    Files.createDirectories(state.getParent());
    try (var resource = getClass().getResourceAsStream("/saved-states/format-1.state")) {
      Files.write(state, resource.readAllBytes());
    }
    ActorRef<VirtualMachine.Command> vm = guests.create(kept);
    assertEquals(Answer.DONE, ask(vm, VirtualMachine.Restore::new));
    end(vm);
    assertArrayEquals(output("straight"), output("kept"));
  }

  private Path disk(String name) throws IOException {
    byte[] content = new byte[SECTORS * 512];
    new Random(3).nextBytes(content);
    return Files.write(directory.resolve(name), content);
  }

  @Test
  void aPcIsSavedInTheMiddleOfDiskTransfers() throws Exception {
    start();
    Path first = disk("first.img");
    Path second = disk("second.img");
    int[] code = diskSum(3000);
    runWithSaves(configuration("straight", Map.of(DriveSlot.HDA, first), code), 0);
    runWithSaves(configuration("interrupted", Map.of(DriveSlot.HDA, second), code), 5);
    assertArrayEquals(output("straight"), output("interrupted"));
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
  }

  @Test
  void aStateWhoseDiskHasChangedIsNotRestored() throws Exception {
    start();
    Path disk = disk("disk.img");
    VmConfiguration configuration =
        configuration("vm", Map.of(DriveSlot.HDA, disk), SmallGuests.LOOP);
    ActorRef<VirtualMachine.Command> vm = guests.create(configuration);
    assertEquals(Answer.DONE, ask(vm, VirtualMachine.TurnOn::new));
    assertEquals(Answer.DONE, ask(vm, VirtualMachine.Save::new));
    byte[] content = Files.readAllBytes(disk);
    content[0]++;
    Files.write(disk, content);
    Answer answer = ask(vm, VirtualMachine.Restore::new);
    assertTrue(
        assertInstanceOf(Answer.Refused.class, answer).reason().contains("has changed since"),
        answer.toString());
    assertEquals(PowerState.SAVED, guests.status(vm).state());
    assertEquals(Answer.DONE, ask(vm, VirtualMachine.DiscardSavedState::new));
    assertEquals(PowerState.TURNED_OFF, guests.status(vm).state());
    assertEquals(Answer.DONE, ask(vm, VirtualMachine.TurnOn::new));
  }
}
