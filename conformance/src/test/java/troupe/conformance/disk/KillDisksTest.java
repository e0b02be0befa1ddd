package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.Guests;
import troupe.conformance.guest.TroupeRun;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;

/**
 * The process is killed at random moments while a Debian guest writes records, each of which it
 * calls acknowledged on COM1 when fsync has returned. The system is on a differencing VHD over the
 * installed one, so nearly every write of a round goes to a sector or a block that is new there;
 * each record is also on a dynamic VHD, in a block of its own.
 *
 * <p>Every round goes on from the same saved state in the middle of that work, with the disks as
 * they were then. After the last one the disks that were killed boot, through BIOS and boot loader,
 * and the guest itself finds its records.
 */
@Tag("guest")
@Tag("long")
class KillDisksTest {
  private static final int ROUNDS = Integer.getInteger("troupe.kills", 5);
  private static final int LONGEST_MILLIS = 6000;
  private static final int BOOT_SECONDS = 1800;
  private static final String SYSTEM = "system.vhd";
  private static final String DATA = "data.vhd";
  private static final long DATA_BYTES = 4L << 30;

  private final Path folder = Guests.MODULE.resolve("target/runs/kill-disks");

  @Test
  void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
    HostCommand.run(Guests.MODULE, "rm", "-rf", folder).hasStatus(0);
    Files.createDirectories(folder);
    Random random = new Random(Long.getLong("troupe.seed", System.nanoTime()));
    int before = prepare();
    int last = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      HostCommand.run(folder, "rm", "-rf", SYSTEM, DATA, "states", "com1.log").hasStatus(0);
      // With their times: a saved state goes only with the disks that it was saved with.
      HostCommand.run(folder, "cp", "-a", "--sparse=always", "base/.", ".").hasStatus(0);
      int millis = random.nextInt(LONGEST_MILLIS);
      try (TroupeProcess daemon = daemon()) {
        daemon.awaitSerial(0, "ACK ", BOOT_SECONDS);
        Thread.sleep(millis);
        daemon.kill();
      }
      last = KilledDisks.acknowledged(TroupeProcess.serial(folder));
      assertTrue(last > before, "nothing was acknowledged");
      KilledDisks.check(folder, folder.resolve(SYSTEM), folder.resolve(DATA), last);
      System.out.printf(
          "round %d of %d: killed after %d ms, all of %d records there, %d of this round%n",
          round, ROUNDS, millis, last, last - before);
    }
    boot(last);
  }

  /** Saves a state in the middle of the work; how many records are acknowledged there. */
  private int prepare() throws Exception {
    VhdMaker.differencing(
        folder.resolve(SYSTEM), InstalledSystem.disk(), ParentSearch.BESIDE_CHILD);
    VhdMaker.dynamic(folder.resolve(DATA), DATA_BYTES);
    try (TroupeProcess daemon = daemon()) {
      daemon.awaitSerial(0, "ACK 20\n", BOOT_SECONDS);
      daemon.stop();
    }
    Path base = Files.createDirectory(folder.resolve("base"));
    HostCommand.run(folder, "cp", "-a", "--sparse=always", SYSTEM, DATA, "states", base)
        .hasStatus(0);
    return KilledDisks.acknowledged(TroupeProcess.serial(folder));
  }

  private TroupeProcess daemon() throws Exception {
    return TroupeProcess.writingRecords(folder, "", Path.of(SYSTEM), Path.of(DATA));
  }

  private void boot(int acknowledged) throws Exception {
    TroupeRun run = new TroupeRun("kill-disks-boot");
    Path script =
        Files.writeString(
            run.folder().resolve("verify.troupe"),
            """
            wait-serial "troupe login:" 1800s
            send-serial "root\\n"
            wait-serial "Password:" 60s
            send-serial "troupe\\n"
            wait-serial "root@troupe:~#" 600s
            send-serial "records verify /var/records /dev/sdb %d && echo ALL''THERE; poweroff\\n"
            wait-serial "ALLTHERE" 300s
            sleep 300s
            """
                .formatted(acknowledged));
    run.with("--memory", "256", "--boot", "c", "--script", script.toString())
        .with("--hda", folder.resolve(SYSTEM).toString())
        .with("--hdb", folder.resolve(DATA).toString())
        .transcript()
        .within(3600)
        .hasStatus(TroupeRun.ENDED);
  }
}
