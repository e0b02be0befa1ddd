package troupe.conformance.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.pc.Translation;
import troupe.engine.vm.Answer;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.PowerState;
import troupe.engine.vm.VirtualMachine;
import troupe.processor.translator.RegionStore;

/**
 * A Linux guest that writes to a disk and a floppy, reads back and compares, and sleeps on timers;
 * it is saved in the middle of that again and again, and goes on in a new engine each time.
 */
@Timeout(7200)
class SavedLinuxTest {
  private static final int ROUNDS = Integer.getInteger("troupe.saves", 3);

  /** Whether the machine is idle, so that the promised times can be held to. */
  private static final boolean QUIET = Boolean.getBoolean("troupe.quiet");

  private static final String WORK =
      """
      i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); \
      dd if=/dev/urandom of=/tmp/x bs=64k count=4 2>/dev/null; a=$(md5sum </tmp/x); \
      dd if=/tmp/x of=/dev/sda bs=64k seek=$((i%32)) conv=fsync 2>/dev/null; \
      echo 3 >/proc/sys/vm/drop_caches; \
      b=$(dd if=/dev/sda bs=64k skip=$((i%32)) count=4 2>/dev/null | md5sum); \
      [ "$a" = "$b" ] && echo "disk ok $i" || echo "disk BAD $i"; usleep 100000; done; echo "disk loop ended" """;

  private static final String FLOPPY =
      """
      while [ ! -e /tmp/stop ]; do s=$(dd if=/dev/fd0 bs=9k count=10 2>/dev/null | md5sum); \
      [ "$s" = "$r" ] && echo "floppy ok" || echo "floppy BAD $s"; sleep 1; done; echo "floppy loop ended" """;

  @TempDir Path directory;
  private final RegionStore translation = Translation.inBackground();

  private VmConfiguration linux() throws IOException {
    Path disk = directory.resolve("disk.img");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(8 << 20);
    }
    byte[] content = new byte[1_474_560];
    new Random(5).nextBytes(content);
    Path floppy = Files.write(directory.resolve("floppy.img"), content);
    return LinuxGuest.configuration(
        "linux",
        256,
        "console=ttyS0,115200 modules=1",
        directory.resolve("com1.log"),
        Map.of(
            DriveSlot.HDA,
            new VmConfiguration.Drive(VmConfiguration.DriveKind.DISK, Optional.of(disk)),
            DriveSlot.FDA,
            new VmConfiguration.Drive(VmConfiguration.DriveKind.FLOPPY, Optional.of(floppy))));
  }

  @Test
  @Tag("long")
  void linuxGoesOnAfterEachSave() throws Exception {
    VmConfiguration linux = linux();
    SerialConsole console = new SerialConsole();
    EngineRun run = new EngineRun(directory, 2, 1000, translation);
    try {
      ActorRef<VirtualMachine.Command> vm = run.create(linux);
      console.attach(run, vm, "0");
      assertEquals(Answer.DONE, run.turnOn(vm));
      console.await(0, "TROUPE GUEST UP", 600);
      SerialConsole.type(
          vm,
          "PS1=; stty -echo; r=$(dd if=/dev/fd0 bs=9k count=10 2>/dev/null | md5sum); echo sum $r");
      console.await(console.length(), "sum ", 200);
      SerialConsole.type(vm, "(" + WORK + ") &");
      SerialConsole.type(vm, "(" + FLOPPY + ") &");
      SerialConsole.type(vm, "(while [ ! -e /tmp/stop ]; do usleep 10000; done) &");
      console.await(console.length(), "disk ok", 120);
      long slowestSave = 0;
      long slowestRestore = 0;
      Random random = new Random(ROUNDS);
      for (int round = 1; round <= ROUNDS; round++) {
        Thread.sleep(500 + random.nextInt(1000));
        long start = System.nanoTime();
        assertEquals(Answer.DONE, run.engine().ask(vm, VirtualMachine.Save::new), "save " + round);
        slowestSave = Math.max(slowestSave, System.nanoTime() - start);
        assertEquals(PowerState.SAVED, run.status(vm).state());
        long size = Files.size(directory.resolve("states/linux.state"));
        run.close();
        run = new EngineRun(directory, 2, 1000, translation);
        vm = run.create(linux);
        console.attach(run, vm, String.valueOf(round));
        start = System.nanoTime();
        int from = console.length();
        assertEquals(Answer.DONE, run.engine().ask(vm, VirtualMachine.Restore::new));
        slowestRestore = Math.max(slowestRestore, System.nanoTime() - start);
        System.out.printf(
            "round %d: %d KiB; slowest save %d ms, restore %d ms%n",
            round, size >> 10, slowestSave / 1_000_000, slowestRestore / 1_000_000);
        console.await(from, "disk ok", 120);
      }
      int from = console.length();
      SerialConsole.type(vm, "touch /tmp/stop");
      console.await(from, "disk loop ended", 120);
      console.await(from, "floppy loop ended", 200);
      from = console.length();
      SerialConsole.type(vm, "dmesg | tail -n 40; echo END''OF LOG");
      console.await(from, "ENDOF LOG", 60);
      String text = console.text();
      assertFalse(text.contains("BAD"), text);
      assertTrue(text.contains("floppy ok"), text);
      String log = text.substring(text.indexOf("TROUPE GUEST UP"));
      for (String trouble :
          List.of("rror", "lost interrupt", "timeout", "exception", "Oops", "BUG", "reset")) {
        assertFalse(log.contains(trouble), trouble + ": " + log);
      }
      if (QUIET) {
        assertTrue(slowestSave < 3_000_000_000L, "save took " + slowestSave);
        assertTrue(slowestRestore < 3_000_000_000L, "restore took " + slowestRestore);
      }
    } finally {
      run.close();
    }
  }
}
