package troupe.conformance.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmState;
import troupe.conformance.guest.Guests;

/**
 * A Linux guest that writes to a disk and a floppy, reads back and compares, and sleeps on timers;
 * it is saved in the middle of that again and again, and goes on in a fresh daemon each time.
 */
@Timeout(7200)
class SavedLinuxTest {
  private static final int ROUNDS = Integer.getInteger("troupe.saves", 3);

  /** Whether the machine is idle, so that the promised times can be held to. */
  private static final boolean QUIET = Boolean.getBoolean("troupe.quiet");

  // What is typed is echoed; the quotes keep it from looking like what it prints.

  private static final String WORK =
      """
      i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); \
      dd if=/dev/urandom of=/tmp/x bs=64k count=4 2>/dev/null; a=$(md5sum </tmp/x); \
      dd if=/tmp/x of=/dev/sda bs=64k seek=$((i%32)) conv=fsync 2>/dev/null; \
      echo 3 >/proc/sys/vm/drop_caches; \
      b=$(dd if=/dev/sda bs=64k skip=$((i%32)) count=4 2>/dev/null | md5sum); \
      [ "$a" = "$b" ] && echo disk o''k $i || echo disk B''AD $i; usleep 100000; done; echo disk loop e''nded""";

  private static final String FLOPPY =
      """
      while [ ! -e /tmp/stop ]; do s=$(dd if=/dev/fd0 bs=9k count=10 2>/dev/null | md5sum); \
      [ "$s" = "$r" ] && echo floppy o''k || echo floppy B''AD $s; sleep 1; done; echo floppy loop e''nded""";

  @TempDir Path directory;

  private DaemonRun daemon() throws Exception {
    Guests guests = new Guests();
    return new DaemonRun(
        directory,
        "linux",
        """
        memory = 256 MiB
        kernel = %s, initrd = %s
        append = "console=ttyS0,115200 modules=1"
        serial { 1 { file = "com1.log" } }
        ide { 0-0 { disk = "disk.img" } }
        floppy { a = "floppy.img" }
        """
            .formatted(
                ConfigUtil.quoteString(guests.file("debian", "vmlinuz")),
                ConfigUtil.quoteString(guests.file("debian", "initrd.gz"))));
  }

  private void makeImages() throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve("disk.img").toFile(), "rw")) {
      file.setLength(8 << 20);
    }
    byte[] content = new byte[1_474_560];
    new Random(5).nextBytes(content);
    Files.write(directory.resolve("floppy.img"), content);
  }

  @Test
  @Tag("long")
  void linuxGoesOnAfterEachSave() throws Exception {
    makeImages();
    SerialConsole console = new SerialConsole();
    DaemonRun run = daemon();
    try {
      run.attach(console);
      run.control(VmAction.TURN_ON);
      console.await(0, "TROUPE GUEST UP", 600);
      // What is typed while the shell changes the modes of its line may look like an end of file.
      console.await(0, "/ # ", 200);
      // With stty -echo, busybox's shell takes the end of a background process for an end of file.
      run.type("PS1=; r=$(dd if=/dev/fd0 bs=9k count=10 2>/dev/null | md5sum); echo su''m $r");
      console.await(console.length(), "sum ", 200);
      String timers = "while [ ! -e /tmp/stop ]; do usleep 10000; done";
      run.type("(" + WORK + ") & (" + FLOPPY + ") & (" + timers + ") &");
      console.await(console.length(), "disk ok", 120);
      long slowestSave = 0;
      long slowestRestore = 0;
      Random random = new Random(ROUNDS);
      for (int round = 1; round <= ROUNDS; round++) {
        Thread.sleep(500 + random.nextInt(1000));
        long start = System.nanoTime();
        run.control(VmAction.SAVE);
        slowestSave = Math.max(slowestSave, System.nanoTime() - start);
        assertEquals(VmState.SAVED, run.state());
        long size = Files.size(directory.resolve("states/linux.state"));
        run.stop();
        run = daemon();
        run.attach(console);
        start = System.nanoTime();
        int from = console.length();
        run.control(VmAction.RESTORE);
        slowestRestore = Math.max(slowestRestore, System.nanoTime() - start);
        System.out.printf(
            "round %d: %d KiB; slowest save %d ms, restore %d ms%n",
            round, size >> 10, slowestSave / 1_000_000, slowestRestore / 1_000_000);
        console.await(from, "disk ok", 120);
      }
      int from = console.length();
      run.type(": >/tmp/stop");
      console.await(from, "disk loop ended", 120);
      console.await(from, "floppy loop ended", 200);
      from = console.length();
      run.type("dmesg | tail -n 40; echo END''OF LOG");
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
