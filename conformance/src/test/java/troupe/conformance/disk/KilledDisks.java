package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What must be true of the disks of a guest that was killed while it wrote records. */
final class KilledDisks {
  private static final String PARTITION = "system.part";

  private KilledDisks() {}

  /**
   * Checks the images, replays the file system's journal, and looks for each record that the guest
   * has called acknowledged.
   *
   * @param system the system disk, where the records are in files
   * @param data a dynamic VHD without a file system, with the records in places
   */
  static void check(Path folder, Path system, Path data, int acknowledged)
      throws IOException, InterruptedException {
    HostCommand.troupe(folder, "disk", "check", system).hasStatus(0).says("no damage");
    InstalledSystem.check(folder, data);
    Path records = folder.resolve("records");
    HostCommand.run(folder, "rm", "-rf", records, "system.raw", "data.raw").hasStatus(0);
    HostCommand.troupe(folder, "disk", "convert", system, "system.raw", "--type", "raw")
        .hasStatus(0);
    HostCommand.run(folder, "qemu-img", "convert", "-f", "vpc", "-O", "raw", data, "data.raw")
        .hasStatus(0);
    // In a file of its own: e2fsck forgets an offset when it opens the file system after a replay.
    HostCommand.run(
            folder,
            "dd",
            "if=system.raw",
            "of=" + PARTITION,
            "bs=1M",
            "skip=1",
            "conv=sparse",
            "status=none")
        .hasStatus(0);
    Files.delete(folder.resolve("system.raw"));
    HostCommand replayed = HostCommand.run(folder, "e2fsck", "-fy", PARTITION);
    assertTrue(replayed.status() <= 1, replayed::output);
    // Counts and orphans are for the next mount; anything else would be damage.
    replayed
        .output()
        .replaceAll("\n(\\w+\\? yes)", " $1")
        .lines()
        .filter(line -> line.contains("? yes") && !line.matches(".*([Ff]ree .* count|orphan).*"))
        .findAny()
        .ifPresent(line -> fail(line + ": " + replayed.output()));
    HostCommand.run(folder, "e2fsck", "-fn", PARTITION).hasStatus(0);
    HostCommand.run(folder, "debugfs", "-R", "rdump /var/records .", PARTITION).hasStatus(0);
    HostCommand.run(
            folder,
            InstalledSystem.GUESTS.file("debian-system", "system-records"),
            "verify",
            records,
            "data.raw",
            acknowledged)
        .hasStatus(0);
    Files.delete(folder.resolve(PARTITION));
    Files.delete(folder.resolve("data.raw"));
  }

  /** The last record that the guest has called acknowledged, in what it said on COM1. */
  static int acknowledged(String serial) {
    return acknowledged(serial, 10);
  }

  static int acknowledged(String serial, int radix) {
    int last = 0;
    for (int at = serial.indexOf("ACK "); at >= 0; at = serial.indexOf("ACK ", at + 1)) {
      int end = at + 4;
      while (end < serial.length() && Character.digit(serial.charAt(end), radix) >= 0) {
        end++;
      }
      if (end < serial.length()) {
        int number = Integer.parseInt(serial, at + 4, end, radix);
        assertEquals(last == 0 ? number : last + 1, number, "acknowledged one after another");
        last = number;
      }
    }
    return last;
  }
}
