package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.TroupeRun;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;

/** Debian installed onto a VHD boots from it. */
@Tag("guest")
@Tag("long")
class SystemDiskTest {
  @Test
  void anInstalledSystemBootsToALogin() throws Exception {
    TroupeRun run = new TroupeRun("system-login");
    Path disk = run.folder().resolve("system.vhd");
    VhdMaker.differencing(disk, InstalledSystem.disk(), ParentSearch.BESIDE_CHILD);
    run.with("--memory", "256", "--hda", disk.toString(), "--boot", "c")
        .transcript()
        .script("system-login")
        .within(2400)
        .hasStatus(TroupeRun.ENDED)
        .saysOnSerial("answer=42", "/dev/sda1");
    for (String trouble : new String[] {"I/O error", "ATA bus error", "frozen", "Oops"}) {
      assertFalse(run.serial().contains(trouble), trouble);
    }
    HostCommand.troupe(run.folder(), "disk", "check", disk).hasStatus(0).says("no damage");
  }
}
