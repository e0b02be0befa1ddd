package troupe.engine.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.diskio.HostCache;
import troupe.engine.vm.DriveSlot;
import troupe.scheduler.Entitlement;

class DeploymentReaderTest {
  @TempDir Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.write(directory.resolve("disk.img"), new byte[1 << 20]);
    Files.write(directory.resolve("odd.img"), new byte[1000]);
    Files.write(directory.resolve("floppy.img"), new byte[1_474_560]);
    Files.write(directory.resolve("vmlinuz"), new byte[100]);
    Files.write(directory.resolve("short.iso"), new byte[100]);
  }

  private Deployment read(String text) throws IOException, BadConfigurationException {
    Path file = directory.resolve("host.conf");
    Files.writeString(file, text);
    return DeploymentReader.read(file);
  }

  private String refusal(String text) throws IOException {
    Path file = directory.resolve("host.conf");
    Files.writeString(file, text);
    String message =
        assertThrows(BadConfigurationException.class, () -> DeploymentReader.read(file))
            .getMessage();
    assertFalse(message.contains("\n"), message);
    return message.replace(directory + "/", "");
  }

  @Test
  void aWholeVmIsRead() throws Exception {
    Deployment deployment =
        read(
            """
            troupe {
              host.cpus = 2
              virtual-machines {
                web1 {
                  memory = 256 MiB
                  kernel = "vmlinuz", append = "console=ttyS0"
                  cpu { model = default, weight = 200, reserve = 10, maximum = 50 }
                  boot = [cd, disk]
                  ide { 0-0 { disk = "disk.img", host-cache = bypass }, 1-0 { cd = null } }
                  floppy { a = "floppy.img" }
                  serial { 1 { file = "com1.log" }, 2 { tcp = "127.0.0.1:0" } }
                  undo { enabled = false, at-end = keep }
                  on-host-start = always, on-host-start-delay = 30 s
                  on-host-stop = shut-down
                }
                second {}
              }
            }
            """);
    assertEquals(2, deployment.cpus());
    assertEquals(2, deployment.machines().size());
    VmConfiguration web1 = deployment.machines().getFirst();
    assertEquals("web1", web1.name());
    assertEquals(256, web1.memoryMib());
    assertEquals(new Entitlement(200, 10, 50), web1.entitlement());
    assertEquals(directory.resolve("vmlinuz"), web1.directBoot().orElseThrow().kernel());
    assertEquals(
        Map.of(
            DriveSlot.HDA,
            new VmConfiguration.Drive(
                VmConfiguration.DriveKind.DISK,
                Optional.of(directory.resolve("disk.img")),
                HostCache.BYPASS),
            DriveSlot.HDC,
            new VmConfiguration.Drive(VmConfiguration.DriveKind.CD, Optional.empty()),
            DriveSlot.FDA,
            new VmConfiguration.Drive(
                VmConfiguration.DriveKind.FLOPPY, Optional.of(directory.resolve("floppy.img")))),
        web1.drives());
    assertEquals(new PortConnection.Tcp("127.0.0.1", 0), web1.serial().get(1));
    assertEquals(
        new VmConfiguration.HostStart(
            VmConfiguration.HostStart.When.ALWAYS, Duration.ofSeconds(30)),
        web1.onHostStart());
    assertEquals(VmConfiguration.HostStop.SHUT_DOWN, web1.onHostStop());
    assertEquals(128, deployment.machines().get(1).memoryMib());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          memory = 0 MiB                     | vm.memory must be 4 to 3712 MiB, not 0 MiB
          memory = 5000 MiB                  | vm.memory must be 4 to 3712 MiB, not 5000 MiB
          memory = 256                       | vm.memory must be a size in KiB, MiB or GiB, not 256
          memory = lots                      | vm.memory must be a size such as 256 MiB, not "lots"
          cpu { weight = 0 }                 | vm.cpu.weight must be 1 to 10000, not 0
          cpu { maximum = 101 }              | vm.cpu.maximum must be 1 to 100, not 101
          cpu { reserve = 60, maximum = 50 } | vm.cpu.reserve: 60 is more than the maximum of 50
          cpu = 3                            | vm.cpu must be a section in braces, not 3
          cpu { colour = red }               | there is no key troupe.virtual-machines.vm.cpu.colour
          boot = disk                        | vm.boot must be a list, not "disk"
          boot = [disk, disk]                | vm.boot has disk twice
          boot = [tape]                      | vm.boot must be one of cd, disk, floppy, network, not "tape"
          kernel = "no-such-kernel"          | vm.kernel: no-such-kernel: no such file
          kernel = "vm\\u0000linuz"           | vm.kernel is no name of a file
          append = "quiet"                   | vm.append: needs a kernel
          ide { 2-0 { disk = "disk.img" } }  | vm.ide.2-0: drives are at 0-0, 0-1, 1-0 and 1-1
          ide { 0-0 { disk = "no.img" } }    | vm.ide.0-0.disk: no.img: no such file
          ide { 0-0 { disk = "." } }         | is a directory
          ide { 0-0 { disk = "odd.img" } }   | truncated
          ide { 0-0 { cd = "short.iso" } }   | short.iso
          ide { 0-0 { cd = null, host-cache = bypass } } | vm.ide.0-0.host-cache: only disks can do without
          ide { 0-0 { tape = "disk.img" } }  | vm.ide.0-0: is either a disk or a cd
          floppy { a = "disk.img" }          | are not the size of a floppy disk
          serial { 3 { file = "x" } }        | there is no key troupe.virtual-machines.vm.serial.3
          serial { 1 { } }                   | vm.serial.1: needs one of file, unix and tcp
          network { 0 { mac = auto } }       | vm.network: network adapters are not there yet
          scsi { 0 { id = 7 } }              | vm.scsi: SCSI controllers are not there yet
          on-host-stop = hibernate           | vm.on-host-stop must be one of save, shut-down, turn-off
          on-host-start-delay = soon         | vm.on-host-start-delay must be a time such as 30 s, not "soon"
          on-host-start-delay = 2 d          | vm.on-host-start-delay must be 0 to 86400 s, not "2 d"
          colour = red                       | there is no key troupe.virtual-machines.vm.colour
          """)
  void whatIsWrongIsRefusedWithFileAndLine(String line, String reason) throws Exception {
    String message = refusal("troupe.virtual-machines {\n  vm {\n    " + line + "\n  }\n}\n");
    assertTrue(message.startsWith("host.conf:3: "), message);
    assertTrue(message.contains(reason), message);
  }

  @Test
  void syntaxErrorsHaveALine() throws Exception {
    String message = refusal("troupe {\n  host = }\n");
    assertTrue(message.startsWith("host.conf:2: "), message);
  }

  @Test
  void unknownKeysOutsideVmsAreRefused() throws Exception {
    assertTrue(refusal("troupe.hosts.cpus = 1\n").startsWith("host.conf:1: there is no key"));
    assertTrue(refusal("theatre {}\n").startsWith("host.conf:1: there is no key theatre"));
    assertTrue(refusal("troupe.virtual-machines { \"a b\" {} }\n").contains("letters, digits"));
  }

  @Test
  void missingFilesAreSaid() {
    assertEquals(
        directory.resolve("none.conf") + ": no such file",
        assertThrows(
                BadConfigurationException.class,
                () -> DeploymentReader.read(directory.resolve("none.conf")))
            .getMessage());
    assertEquals(
        directory + ": is a directory",
        assertThrows(BadConfigurationException.class, () -> DeploymentReader.read(directory))
            .getMessage());
  }
}
