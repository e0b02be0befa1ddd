package troupe.conformance.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import troupe.conformance.guest.Guests;

/** A Debian system on a dynamic VHD, made once and kept. */
final class InstalledSystem {
  static final Guests GUESTS = new Guests();

  private InstalledSystem() {}

  /** The disk, for reading only. */
  static synchronized Path disk() throws Exception {
    Path raw = Path.of(GUESTS.file("debian-system", "system.img"));
    Path disk = raw.resolveSibling("installed.vhd");
    if (Files.exists(disk)
        && Files.getLastModifiedTime(disk).compareTo(Files.getLastModifiedTime(raw)) > 0) {
      return disk;
    }
    Files.deleteIfExists(disk);
    HostCommand.troupe(Guests.MODULE, "disk", "convert", raw, disk, "--type", "dynamic")
        .hasStatus(0);
    check(Guests.MODULE, disk);
    HostCommand.run(Guests.MODULE, "qemu-img", "compare", "-f", "raw", "-F", "vpc", raw, disk)
        .hasStatus(0);
    return disk;
  }

  /** An undamaged VHD, as Troupe and qemu-img see it. */
  static void check(Path folder, Path disk) throws IOException, InterruptedException {
    HostCommand.troupe(folder, "disk", "check", disk).hasStatus(0).says("no damage");
    HostCommand.run(folder, "qemu-img", "info", disk).hasStatus(0).says("file format: vpc");
  }
}
