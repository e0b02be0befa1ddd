package troupe.conformance.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Operating systems and what starts them: those tagged long only run under {@code -Plong}. */
@Tag("guest")
@Execution(ExecutionMode.CONCURRENT)
class GuestTest extends GuestRuns {
  private static final String CONSOLE = "console=tty0 console=ttyS0,115200";
  private static final String BENCH_CPU =
      "intmix,sieve,fib,interp,qsort,memloop,memrep,memalias,chase64m,sha256,lz,nbody_x87,nbody_sse2";

  @Test
  void debianKernelDirectly() throws Exception {
    debian("debian-kernel")
        .with("--kernel", GUESTS.file("debian", "vmlinuz"))
        .with("--initrd", GUESTS.file("debian", "initrd.gz"), "--append", CONSOLE)
        .script("debian-shell")
        .within(900)
        .hasStatus(TroupeRun.ENDED)
        .saysOnSerial("TROUPE GUEST UP", "answer=42")
        .shows("shell.png", 100);
  }

  @Test
  void debianKernelReportsTheMachine() throws Exception {
    TroupeRun run =
        debian("debian-check")
            .with("--kernel", GUESTS.file("debian", "vmlinuz"))
            .with("--initrd", GUESTS.file("debian", "initrd.gz"))
            .with("--append", CONSOLE + " modules=1 check=1")
            .with("--cdrom", GUESTS.file("debian-iso", "debian.iso"))
            .with("--hda", scratch("debian-check-hda.img", 32))
            .with("--fda", GUESTS.file("programs", "idle.img"))
            .within(900)
            .hasStatus(TroupeRun.ENDED)
            .saysOnSerial("CHECK done");
    checkReport(run);
  }

  private static void checkReport(TroupeRun run) throws Exception {
    run.saysOnSerial(
        "CHECK pci=0000:00:00.0 0x8086:0x7192",
        "CHECK pci=0000:00:07.0 0x8086:0x7110",
        "CHECK pci=0000:00:07.1 0x8086:0x7111",
        "CHECK pci=0000:00:07.3 0x8086:0x7113",
        "0x5333:0x8811",
        "CHECK disk=sda 65536",
        "CHECK disk=sr0",
        "CHECK sum=e071f707df7bbeee2a6a1eb48011ddd0",
        "CHECK clock=20");
    // Two seconds from one to the other of a clock of whole seconds.
    long slept = number(run, "slept=(\\d+)");
    assertTrue(slept == 2 || slept == 3, "slept for 2 s by the guest's clock: " + slept);
    assertTrue(number(run, "memory=(\\d+) kB") > 100_000, "memory that the kernel found");
  }

  private static long number(TroupeRun run, String pattern) throws Exception {
    Matcher matcher = Pattern.compile("CHECK " + pattern).matcher(run.serial());
    assertTrue(matcher.find(), pattern);
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void isolinuxFromCd() throws Exception {
    debian("isolinux-prompt")
        .with("--cdrom", GUESTS.file("debian-iso", "debian.iso"), "--boot", "d")
        .script("isolinux-prompt")
        .within(400)
        .hasStatus(TroupeRun.ENDED)
        .shows("prompt.png", 20);
  }

  @Test
  void syslinuxFromDisk() throws Exception {
    debian("syslinux-disk")
        .with("--hda", copy("debian-disks", "syslinux.img"), "--boot", "c")
        .script("debian-starts")
        .within(400)
        .hasStatus(TroupeRun.ENDED)
        .shows("starts.png", 20);
  }

  @Test
  void grubFromDisk() throws Exception {
    debian("grub-disk")
        .with("--hda", copy("debian-disks", "grub.img"), "--boot", "c")
        .script("debian-starts")
        .within(400)
        .hasStatus(TroupeRun.ENDED);
  }

  @Test
  @Tag("long")
  void debianFromCdToTheEnd() throws Exception {
    TroupeRun run =
        debian("debian-iso")
            .with("--cdrom", GUESTS.file("debian-iso", "debian.iso"), "--boot", "d")
            .with("--hda", scratch("debian-iso-hda.img", 32))
            .script("debian-iso")
            .within(1200)
            .hasStatus(TroupeRun.ENDED);
    checkReport(run);
  }

  @Test
  @Tag("long")
  void debianFromFixedVhd() throws Exception {
    debian("grub-vhd")
        .with("--hda", copy("debian-disks", "grub.vhd"), "--boot", "c")
        .script("debian-shell")
        .within(1200)
        .hasStatus(TroupeRun.ENDED)
        .saysOnSerial("answer=42");
  }

  @Test
  @Tag("long")
  void debianFromExtlinuxDisk() throws Exception {
    Path bench = bench();
    Path disk = bench.resolve("bench.img");
    Assumptions.assumeTrue(Files.exists(disk), "no loop device to make the extlinux disk with");
    run("extlinux-disk")
        .with("--memory", "128", "--hda", copy(disk), "--boot", "c")
        .transcript()
        .script("bench-starts")
        .within(600)
        .hasStatus(TroupeRun.ENDED);
  }

  @Test
  void installerFirstScreen() throws Exception {
    run("installer")
        .with("--memory", "512", "--cdrom", GUESTS.file("packaged", "installer.iso"), "--boot", "d")
        .transcript()
        .script("installer")
        .within(1800)
        .hasStatus(TroupeRun.ENDED)
        .shows("language.png", 200);
  }

  @Test
  void memtest86() throws Exception {
    run("memtest86")
        .with("--memory", "32", "--cdrom", GUESTS.file("packaged", "memtest86.iso"), "--boot", "d")
        .script("memtest86")
        .within(500)
        .hasStatus(TroupeRun.ENDED)
        .shows("testing.png", 150);
  }

  @Test
  void ipxe() throws Exception {
    run("ipxe")
        .with("--memory", "64", "--cdrom", GUESTS.file("packaged", "ipxe.iso"), "--boot", "d")
        .script("ipxe")
        .within(400)
        .hasStatus(TroupeRun.ENDED)
        .shows("prompt.png", 30);
  }

  @Test
  void grubRescueCd() throws Exception {
    run("grub-cd")
        .with("--memory", "64", "--cdrom", GUESTS.file("grub-rescue", "grub-rescue.iso"))
        .with("--boot", "d")
        .script("grub-cd")
        .within(400)
        .hasStatus(TroupeRun.ENDED)
        .shows("shell.png", 50);
  }

  @Test
  void seaBiosBootsTheSameCd() throws Exception {
    debian("seabios")
        .with("--board", "440fx", "--bios", GUESTS.file("packaged", "bios.bin"))
        .with("--cdrom", GUESTS.file("debian-iso", "debian.iso"), "--boot", "d")
        .script("isolinux-prompt")
        .within(400)
        .hasStatus(TroupeRun.ENDED)
        .shows("prompt.png", 20);
  }

  @Test
  @Tag("long")
  void benchmarkGuest() throws Exception {
    Path bench = bench();
    TroupeRun run =
        run("bench")
            .with("--memory", "256", "--kernel", bench.resolve("vmlinuz").toString())
            .with("--initrd", bench.resolve("initrd.gz").toString())
            .with(
                "--append",
                "console=ttyS0,115200 quiet panic=-1 mitigations=off bench=all scale=2 bdisk=sda")
            .with("--hda", scratch("bench-hda.img", 64))
            .transcript()
            .script("bench")
            .within(3600)
            .hasStatus(TroupeRun.ENDED);
    Map<String, String> sums = sums(run.serial());
    assertTrue(sums.size() >= 19, () -> "only these workloads ended: " + sums);
    expectedSums(bench).forEach((name, sum) -> assertEquals(sum, sums.get(name), name));
  }

  private static Map<String, String> sums(String transcript) {
    Map<String, String> sums = new TreeMap<>();
    Matcher matcher =
        Pattern.compile("BENCH name=(\\S+) phase=end.*?sum=(\\S+)").matcher(transcript);
    while (matcher.find()) {
      sums.put(matcher.group(1), matcher.group(2));
    }
    return sums;
  }

  /** The sums of the CPU workloads, as the same program computes them on the host. */
  private static Map<String, String> expectedSums(Path bench) throws Exception {
    Process process =
        new ProcessBuilder(bench.resolve("kbench").toString(), "run", BENCH_CPU, "2", "")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return sums(output);
  }

  private static Path bench() {
    var bench = GUESTS.bench();
    Assumptions.assumeTrue(
        bench.isPresent(), "no benchmark sources beside the checkout (TROUPE_BENCH)");
    return bench.get();
  }
}
