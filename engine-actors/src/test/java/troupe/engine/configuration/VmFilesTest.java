package troupe.engine.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmFilesTest {
  @TempDir Path directory;

  private Deployment read() throws IOException, BadConfigurationException {
    Path file = directory.resolve("host.conf");
    if (!Files.exists(file)) {
      Files.writeString(
          file,
          """
          troupe.virtual-machines {
            web { memory = 64 MiB, cpu { weight = 50, maximum = 80 } }
          }
          """);
    }
    return DeploymentReader.read(file);
  }

  private Path file(String vm) {
    return directory.resolve("machines").resolve(vm).resolve(VmFiles.FILE);
  }

  @Test
  void changesOfADeployedVmGoToItsOwnFile() throws Exception {
    VmFiles.Change change = read().files().set("web", Map.of("cpu.weight", "70"));
    assertEquals(70, change.configuration().entitlement().weight());
    assertEquals(80, change.configuration().entitlement().maximum());
    assertEquals(64, change.configuration().memoryMib());
    assertEquals(70, read().machines().getFirst().entitlement().weight());
    change.undo();
    assertFalse(Files.exists(file("web")));
    assertEquals(50, read().machines().getFirst().entitlement().weight());
  }

  @Test
  void commentsAndOrderStay() throws Exception {
    VmFiles files = read().files();
    files.create(
        "db",
        """
        # The data base.
        memory = 32 MiB   # enough
        cpu {
          # more than the others
          weight = 300
        }
        on-host-stop = save
        """);
    files.set("db", Map.of("cpu.weight", "400", "memory", "48 MiB", "on-host-start", "always"));
    assertTrue(
        Files.readString(file("db"))
            .startsWith(
                """
                # The data base.
                memory = 48 MiB   # enough
                cpu {
                  # more than the others
                  weight = 400
                }
                on-host-stop = save
                """),
        Files.readString(file("db")));
  }

  @Test
  void whatIsWrongIsRefusedAndNothingIsLeft() throws Exception {
    VmFiles files = read().files();
    assertRefusal("there is no key", () -> files.create("x", "memory = 8 MiB, colour = red"));
    assertFalse(Files.exists(file("x")));
    files.create("x", "memory = 8 MiB");
    String before = Files.readString(file("x"));
    for (Map<String, String> wrong :
        List.of(
            Map.of("memory", "lots"),
            Map.of("memory", "8 MiB\ncpu.weight = 3"),
            Map.of("a..b", "1"),
            Map.of("cpu", "3"),
            Map.of("kernel", "no-such-file"))) {
      assertThrows(BadConfigurationException.class, () -> files.set("x", wrong), "" + wrong);
      assertEquals(before, Files.readString(file("x")));
    }
    assertRefusal("letters, digits", () -> files.create("../y", "memory = 8 MiB"));
    assertRefusal("already", () -> files.create("web", "memory = 8 MiB"));
  }

  @Test
  void aFolderMovesToAnotherHost() throws Exception {
    Path folder = Files.createDirectories(directory.resolve("machines/portable"));
    Files.write(folder.resolve("disk.img"), new byte[1 << 20]);
    Files.writeString(
        folder.resolve(VmFiles.FILE), "memory = 16 MiB\nide { 0-0 { disk = disk.img } }\n");
    assertEquals(
        List.of("web", "portable"), read().machines().stream().map(VmConfiguration::name).toList());
    Path other = Files.createDirectories(directory.resolve("other/machines"));
    Files.move(folder, other.resolve("portable"));
    Files.writeString(directory.resolve("other/host.conf"), "troupe.host.cpus = 1\n");
    VmConfiguration moved =
        DeploymentReader.read(directory.resolve("other/host.conf")).machines().getFirst();
    assertEquals("portable", moved.name());
    assertEquals(
        other.resolve("portable/disk.img"),
        moved.drives().values().iterator().next().image().orElseThrow());
  }

  private static void assertRefusal(
      String part, org.junit.jupiter.api.function.Executable attempt) {
    String message = assertThrows(BadConfigurationException.class, attempt).getMessage();
    assertTrue(message.contains(part), message);
  }
}
