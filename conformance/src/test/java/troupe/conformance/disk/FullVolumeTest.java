package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.Guests;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;

/**
 * The volume of a disk fills up under a guest that writes: its time stands still until there is
 * room again, and it notices nothing.
 */
@Tag("guest")
class FullVolumeTest {
  private static final int STANDS_STILL_MILLIS = 3000;
  private static final String HOST_REFUSES = "disk-space { warning = 1000000, error = 0 }";
  private static final String[] TROUBLE = {"rror", "exception", "timeout", "frozen", "reset"};

  private final Path folder = Guests.MODULE.resolve("target/runs/full-volume");
  private final Path volume = folder.resolve("volume");
  private final Path other = volume.resolve("other");

  @BeforeEach
  void mount() throws Exception {
    HostCommand.run(Guests.MODULE, "rm", "-rf", "--one-file-system", folder).hasStatus(0);
    Files.createDirectories(volume);
    HostCommand mounted =
        HostCommand.run(folder, "mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", volume);
    Assumptions.assumeTrue(mounted.status() == 0, () -> "no volume: " + mounted.output());
  }

  @AfterEach
  void unmount() throws Exception {
    HostCommand.run(folder, "umount", volume);
  }

  private void fill(int leaveMib) throws Exception {
    int mib = 96 - leaveMib;
    HostCommand.run(
            folder, "dd", "if=/dev/zero", "of=" + other, "bs=1M", "count=" + mib, "conv=notrunc")
        .hasStatus(0);
  }

  /** Growing stops at the limit for errors, by default 20 MB. */
  @Test
  void aForegroundRunWaitsForRoom() throws Exception {
    WriterGuest guest = new WriterGuest(folder, volume);
    fill(24);
    try (TroupeProcess run = guest.run()) {
      waitsForRoom(run, guest);
    }
    guest.check();
  }

  /** The host itself says that there is no room, in the middle of a block's allocation. */
  @Test
  void aDaemonsVmWaitsForRoom() throws Exception {
    WriterGuest guest = new WriterGuest(folder, volume);
    fill(3);
    try (TroupeProcess daemon = guest.serve(HOST_REFUSES)) {
      waitsForRoom(daemon, guest);
    }
    guest.check();
  }

  /** Another program fills the volume, under a guest that does not write. */
  @Test
  void theHostsOwnStateIsTold() throws Exception {
    Files.copy(
        Path.of(InstalledSystem.GUESTS.file("programs", "idle.img")), folder.resolve("idle.img"));
    Path disk = volume.resolve("disk.vhd");
    VhdMaker.dynamic(disk, 1L << 30);
    String vm =
        "memory = 16 MiB, floppy { a = idle.img }, ide { 0-0 { disk = \"%s\" } }, %s"
            .formatted(disk, "boot = [floppy], on-host-start = always");
    String host = "disk-space { warning = 60 MB, error = 20 MB }";
    try (TroupeProcess daemon = TroupeProcess.serve(folder, host, vm)) {
      daemon.awaitMessage("turned on", 120);
      fill(40);
      daemon.awaitMessage("MB left, less than 60", 60);
      fill(10);
      daemon.awaitMessage("no room left", 60);
      Files.delete(other);
      daemon.awaitMessage("there is room on the host again", 60);
      Thread.sleep(STANDS_STILL_MILLIS);
      String messages = daemon.messages();
      for (String once : List.of("less than 60", "no room left", "there is room")) {
        assertEquals(messages.indexOf(once), messages.lastIndexOf(once), messages);
      }
      assertFalse(messages.contains("paused"), messages);
    }
  }

  private void waitsForRoom(TroupeProcess process, WriterGuest guest) throws Exception {
    process.awaitMessage("no room left", 300);
    process.awaitMessage("paused until the host can write", 60);
    int before = guest.acknowledged();
    Thread.sleep(STANDS_STILL_MILLIS);
    assertEquals(before, guest.acknowledged(), "acknowledged without room");
    Files.delete(other);
    process.awaitMessage("goes on", 60);
    String next = "ACK %08X".formatted(before + 100);
    process.awaitSerial(0, next, 300);
    assertFalse(process.messages().contains("FAILED"), process.messages());
    process.kill();
  }

  @Test
  @Tag("long")
  void linuxNoticesNothing() throws Exception {
    Path system = folder.resolve("system.vhd");
    Path data = volume.resolve("data.vhd");
    VhdMaker.differencing(system, InstalledSystem.disk(), ParentSearch.BESIDE_CHILD);
    VhdMaker.dynamic(data, 4L << 30);
    fill(2);
    try (TroupeProcess daemon = TroupeProcess.writingRecords(folder, HOST_REFUSES, system, data)) {
      daemon.awaitMessage("no room left", 3600);
      daemon.awaitMessage("paused until the host can write", 60);
      int before = KilledDisks.acknowledged(TroupeProcess.serial(folder));
      Thread.sleep(STANDS_STILL_MILLIS);
      String serial = TroupeProcess.serial(folder);
      assertEquals(before, KilledDisks.acknowledged(serial), "acknowledged without room");
      Files.delete(other);
      daemon.awaitMessage("goes on", 60);
      daemon.awaitSerial(serial.length(), "ACK " + (before + 100) + "\n", 600);
      daemon.kill();
    }
    String serial = TroupeProcess.serial(folder);
    untroubled(serial.substring(serial.indexOf("RECORDS found")));
    KilledDisks.check(folder, system, data, KilledDisks.acknowledged(serial));
  }

  private static void untroubled(String said) {
    for (String trouble : TROUBLE) {
      assertFalse(said.contains(trouble), () -> trouble + ": " + said);
    }
  }
}
