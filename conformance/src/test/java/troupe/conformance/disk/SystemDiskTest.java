package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import troupe.conformance.guest.TroupeRun;
import troupe.diskio.ParentSearch;
import troupe.diskio.VhdMaker;

/** Debian on a VHD boots from it, and Debian itself installs another one onto an empty VHD. */
@Tag("guest")
@Tag("long")
class SystemDiskTest {
  private static final long BYTES = 2L << 30;
  private static final int INSTALLATION_SECONDS = 4 * 3600;

  @Test
  void anInstalledSystemBootsToALogin() throws Exception {
    TroupeRun run = new TroupeRun("system-login");
    Path disk = run.folder().resolve("system.vhd");
    VhdMaker.differencing(disk, InstalledSystem.disk(), ParentSearch.BESIDE_CHILD);
    bootsToALogin(run, disk);
  }

  @Test
  void debianIsInstalledOntoAnEmptyDisk() throws Exception {
    TroupeRun install = new TroupeRun("system-install");
    Path system = install.folder().resolve("system.vhd");
    VhdMaker.differencing(system, InstalledSystem.disk(), ParentSearch.BESIDE_CHILD);
    Path empty = install.folder().resolve("installed.vhd");
    VhdMaker.dynamic(empty, BYTES);
    install
        .with("--memory", "256")
        .with("--kernel", InstalledSystem.GUESTS.file("debian", "vmlinuz"))
        .with("--initrd", InstalledSystem.GUESTS.file("debian", "initrd.gz"))
        .with(
            "--append",
            "root=/dev/sda1 init=/usr/local/sbin/install-debian console=ttyS0,115200 quiet")
        .with("--hda", system.toString(), "--hdb", empty.toString())
        .with("--hdc", InstalledSystem.GUESTS.file("debian-root", "debian-fetched.tar"))
        .transcript()
        .within(INSTALLATION_SECONDS)
        .hasStatus(TroupeRun.ENDED)
        .saysOnSerial("INSTALL ended: 0");
    InstalledSystem.check(install.folder(), empty);
    TroupeRun run = new TroupeRun("system-installed");
    bootsToALogin(run, Files.move(empty, run.folder().resolve("installed.vhd")));
  }

  private static void bootsToALogin(TroupeRun run, Path disk) throws Exception {
    run.with("--memory", "256", "--hda", disk.toString(), "--boot", "c")
        .transcript()
        .script("system-login")
        .within(6000)
        .hasStatus(TroupeRun.ENDED)
        .saysOnSerial("answer=42", "/dev/sda1");
    for (String trouble : new String[] {"I/O error", "ATA bus error", "frozen", "Oops"}) {
      assertFalse(run.serial().contains(trouble), trouble);
    }
    HostCommand.troupe(run.folder(), "disk", "check", disk).hasStatus(0).says("no damage");
  }
}
