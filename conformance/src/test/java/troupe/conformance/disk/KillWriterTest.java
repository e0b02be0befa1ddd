package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.Guests;

/** The process is killed at random moments while the guest writes and flushes records. */
@Tag("guest")
class KillWriterTest {
  private static final int ROUNDS = Integer.getInteger("troupe.kills", 2);
  private static final int ROUNDS_ON_THE_SAME_DISKS = 5;
  private static final int LONGEST_MILLIS = 2000;

  @Test
  void whatWasFlushedIsThereAfterAKill() throws Exception {
    Path folder = Guests.MODULE.resolve("target/runs/kill-writer");
    long seed = Long.getLong("troupe.seed", System.nanoTime());
    Random random = new Random(seed);
    WriterGuest guest = null;
    int last = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (round % ROUNDS_ON_THE_SAME_DISKS == 0) {
        HostCommand.run(Guests.MODULE, "rm", "-rf", folder).hasStatus(0);
        Files.createDirectories(folder);
        guest = new WriterGuest(folder, folder);
        last = 0;
      }
      int millis = random.nextInt(LONGEST_MILLIS);
      try (TroupeProcess run = guest.run()) {
        run.awaitSerial(0, "ACK ", 120);
        Thread.sleep(millis);
        run.kill();
      }
      int before = last;
      last = guest.acknowledged();
      assertTrue(last >= before, "the guest went on at %d, not %d".formatted(last, before));
      guest.check();
      System.out.printf(
          "round %d of %d, seed %d: killed after %d ms, all of %d records there%n",
          round + 1, ROUNDS, seed, millis, last);
    }
  }
}
