package troupe.conformance.guest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Small programs on {@code ./troupe run}, which end within seconds. */
@Tag("guest")
@Execution(ExecutionMode.CONCURRENT)
class SmallGuestTest extends GuestRuns {
  @Test
  void grubRescueShell() throws Exception {
    run("grub-rescue")
        .with("--memory", "32", "--fda", copy("grub-rescue", "grub-rescue.img"), "--boot", "a")
        .script("grub-rescue")
        .within(240)
        .hasStatus(TroupeRun.ENDED)
        .shows("rescue.png", 20);
  }

  @Test
  void biosServices() throws Exception {
    TroupeRun run =
        run("bios")
            .with("--memory", "64", "--fda", copy("programs", "bios.img"), "--boot", "a")
            .transcript()
            .script("bios")
            .within(120)
            .hasStatus(TroupeRun.ENDED)
            .saysOnSerial(
                "BIOS boot_drive=00000000",
                "BIOS floppy_cx=00004F12",
                "BIOS disk_absent=00000001",
                "BIOS signature=0000AA55",
                "BIOS wait_failed=00000000",
                "BIOS pci=20494350",
                "BIOS host_bridge_vendor=00008086",
                "BIOS cursor=00000A05",
                "BIOS mode=00005003",
                "BIOS key=00001E61",
                "BIOS DONE")
            .shows("text.png", 10);
    Matcher entries = Pattern.compile("e820_entries=(\\w+)").matcher(run.serial());
    assertTrue(entries.find() && Integer.parseInt(entries.group(1), 16) >= 3, "E820 entries");
  }

  @Test
  void randomPortAndMemoryAccessesKillNothing() throws Exception {
    run("fuzz")
        .with("--memory", "64", "--fda", copy("programs", "fuzz.img"), "--boot", "a")
        .with("--hda", scratch("fuzz-hda.img", 16))
        .with("--cdrom", GUESTS.file("packaged", "ipxe.iso"))
        .transcript()
        .script("fuzz")
        .within(240)
        .hasStatus(TroupeRun.ENDED);
  }

  @Test
  void endsOfRuns() throws Exception {
    program("reset").with("--no-reboot").within(60).hasStatus(TroupeRun.ENDED);
    program("triple-fault").with("--no-reboot").within(60).hasStatus(TroupeRun.GUEST_FAILED);
    program("exit-port").with("--exit-port", "0xf4").within(60).hasStatus(21 << 1 | 1);
    program("idle").exactly(5).hasStatus(TroupeRun.TIME_IS_UP);
    Path script =
        Files.writeString(
            Guests.MODULE.resolve("target/never.troupe"), "wait-serial \"never\" 1s\n");
    program("idle")
        .with("--script", script.toString())
        .within(60)
        .hasStatus(TroupeRun.WAIT_TIMED_OUT);
  }

  /** The launcher's heap has room for a PC and for all that its engine may keep. */
  @Test
  void everyEngineHasRoomForAPc() throws Exception {
    for (String memory : List.of("4", "128")) {
      for (String engine : List.of("auto", "translator", "interpreter")) {
        new TroupeRun("engine-" + engine + memory)
            .with("--engine", engine, "--memory", memory, "--boot", "a")
            .with("--fda", copy("programs", "exit-port.img"), "--exit-port", "0xf4")
            .within(60)
            .hasStatus(21 << 1 | 1);
      }
    }
  }

  private TroupeRun program(String name) throws Exception {
    return run("program-" + name)
        .with("--memory", "16", "--fda", copy("programs", name + ".img"), "--boot", "a");
  }
}
