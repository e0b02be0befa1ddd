package troupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command as its users see it: messages, files and exit statuses. */
@Timeout(60)
class MainTest {
  /** out to F4h, then halt. */
  private static final int[] EXIT = {0xBA, 0xF4, 0x00, 0xB0, 0x10, 0xEE, 0xFA, 0xF4};

  /** "ok" to COM1, then halt. */
  private static final int[] PRINT = {
    0xBA, 0xF8, 0x03, 0xB0, 'o', 0xEE, 0xB0, 'k', 0xEE, 0xFA, 0xF4, 0xEB, 0xFD
  };

  /** An interrupt with an empty IDT. */
  private static final int[] TRIPLE_FAULT = {
    0x2E, 0x0F, 0x01, 0x1E, 0x07, 0xE0, 0xCC, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00
  };

  /** A hard reset by port CF9h. */
  private static final int[] RESET = {0xBA, 0xF9, 0x0C, 0xB0, 0x06, 0xEE, 0xFA, 0xF4};

  /** Where the BIOS' code is, in its last 64 KiB. */
  private static final int CODE = 0xE000;

  @TempDir Path directory;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void catchErrors() {
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveErrorsBack() {
    System.setErr(realErr);
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** A BIOS image of 64 KiB that jumps to {@code code} at power-on. */
  private String bios(int... code) throws IOException {
    byte[] image = new byte[1 << 16];
    for (int i = 0; i < code.length; i++) {
      image[CODE + i] = (byte) code[i];
    }
    int[] jump = {0xEA, 0x00, 0xE0, 0x00, 0xF0};
    for (int i = 0; i < jump.length; i++) {
      image[0xFFF0 + i] = (byte) jump[i];
    }
    return file("test.bin", image);
  }

  private String file(String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, content);
    return file.toString();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(List.of(arguments));
    return Main.run(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          --colour red                  | Unknown option
          --memory 0                    | --memory must be 4 to 3712 MiB, not 0
          --memory 5000                 | --memory must be 4 to 3712 MiB, not 5000
          --memory lots                 | --memory
          --cpu 8086                    | there is no model "8086"
          --engine quick                | --engine must be one of
          --nic lan                     | network adapters are not there yet
          --vnc 5900                    | remote screens are not there yet
          --boot acx                    | --boot is made of the letters
          --boot n                      | booting from the network is not there yet
          --bios no-such-bios           | --bios: no-such-bios: no such file
          --kernel no-such-kernel       | --kernel: no-such-kernel: no such file
          --append quiet                | --append needs --kernel
          --hda no-such-disk            | --hda: no-such-disk: no such file
          --hda .                       | --hda: .: is a directory
          --cdrom .                     | --cdrom: .: is a directory
          --serial pigeon               | --serial: "pigeon" is none of
          --serial tcp:nowhere          | --serial: "nowhere" is not HOST:PORT
          --port-log 402                | --port-log takes PORT=FILE
          --port-log 12345=x            | hexadecimal number up to FFFF
          --exit-port xyz               | hexadecimal number up to FFFF
          --script no-such-script       | no-such-script: no such file
          --trace coffee                | --trace: there is no chip "coffee"
          --screenshot no/such/dir.png  | there is no such directory
          --max-seconds 0               | --max-seconds must be more than 0
          """)
  void whatCannotBeIsRefusedInOneLine(String arguments, String reason) {
    assertEquals(ExitStatus.USAGE, run(arguments.split(" ")));
    assertTrue(errors().contains(reason), errors());
    assertEquals(1, errors().strip().lines().count(), errors());
  }

  @ParameterizedTest
  @CsvSource({
    "vm lsit, 'troupe vm: there is no command ''lsit'', but: list,'",
    "dsik, 'run, serve,'"
  })
  void aMisspeltCommandIsAnsweredWithThoseThatThereAre(String words, String answer) {
    assertEquals(ExitStatus.USAGE, Main.run(words.split(" ")));
    assertTrue(errors().contains(answer), errors());
  }

  @Test
  void badImagesAreRefusedInOneLine() throws Exception {
    String bios = bios(EXIT);
    String truncated = file("short.iso", new byte[5000]);
    assertEquals(ExitStatus.USAGE, run("--bios", bios, "--cdrom", truncated));
    assertTrue(errors().contains("short.iso"), errors());
    assertEquals(1, errors().strip().lines().count(), errors());
  }

  @Test
  void aBiosOfOddSizeIsRefused() throws Exception {
    assertEquals(ExitStatus.USAGE, run("--bios", file("odd.bin", new byte[1000])));
    assertTrue(errors().contains("odd.bin: 1000 bytes are no BIOS image"), errors());
    assertEquals(1, errors().strip().lines().count(), errors());
  }

  @Test
  void commandsOfLaterAreRefused() {
    assertEquals(ExitStatus.USAGE, Main.run("net", "list"));
    assertTrue(errors().contains("not there yet"), errors());
    assertEquals(ExitStatus.USAGE, Main.run("dance"));
  }

  @Test
  void commandsThatFindNoDaemonSaySo() {
    assertEquals(
        ExitStatus.USAGE, Main.run("vm", "list", "--key", directory.resolve("no-key").toString()));
    assertTrue(errors().contains("no access key there"), errors());
    assertEquals(ExitStatus.USAGE, Main.run("vm", "list", "--server", "http://x"));
    assertTrue(errors().contains("is not troupe://HOST:PORT"), errors());
    assertEquals(ExitStatus.USAGE, Main.run("vm", "set", "a", "cpu.weight"));
    assertTrue(errors().contains("is not KEY=VALUE"), errors());
  }

  @Test
  void theDaemonRefusesABadConfigurationInOneLine() throws Exception {
    String file = file("host.conf", "troupe.virtual-machines.a.memory = 0 MiB\n".getBytes());
    assertEquals(ExitStatus.USAGE, Main.run("serve", "--config", file));
    assertTrue(errors().contains("host.conf:1: "), errors());
    assertEquals(1, errors().strip().lines().count(), errors());
  }

  @Test
  void theExitPortGivesTheStatus() throws Exception {
    Path stats = directory.resolve("stats.json");
    Path log = directory.resolve("f4.log");
    Path screen = directory.resolve("screen.png");
    assertEquals(
        0x10 << 1 | 1,
        run(
            "--bios", bios(EXIT),
            "--exit-port", "0xF4",
            "--port-log", "F4=" + log,
            "--stats", stats.toString(),
            "--screenshot", screen.toString()),
        errors());
    assertEquals("\u0010", Files.readString(log));
    String json = Files.readString(stats);
    for (String key :
        List.of(
            "guest_instructions",
            "guest_seconds",
            "host_cpu_seconds",
            "translated_regions",
            "translation_seconds",
            "translation_queue",
            "translation_threshold",
            "largest_method_bytes")) {
      assertTrue(json.contains("\"" + key + "\": "), json);
    }
    assertTrue(Files.size(screen) > 8);
  }

  @Test
  void scriptsWaitForSerialOutput() throws Exception {
    String script = file("ok.script", "wait-serial \"ok\" 20s\nquit\n".getBytes());
    Path log = directory.resolve("com1.log");
    assertEquals(
        ExitStatus.OK,
        run("--bios", bios(PRINT), "--serial", "file:" + log, "--script", script),
        errors());
    assertEquals("ok", Files.readString(log));
  }

  @Test
  void aWaitThatTimesOutEndsWithThree() throws Exception {
    String script = file("late.script", "wait-serial \"never\" 100ms\n".getBytes());
    assertEquals(ExitStatus.TIMED_OUT, run("--bios", bios(PRINT), "--script", script));
    assertTrue(errors().contains("late.script:1: timed out"), errors());
  }

  @Test
  void tripleFaultsAndResetsEndTheRunUnderNoReboot() throws Exception {
    assertEquals(ExitStatus.FAILED, run("--bios", bios(TRIPLE_FAULT), "--no-reboot"));
    assertTrue(errors().contains("triple-faulted"), errors());
    assertEquals(ExitStatus.OK, run("--bios", bios(RESET), "--no-reboot"));
  }

  @Test
  void tooLongARunEndsWithFive() throws Exception {
    assertEquals(ExitStatus.TOO_LONG, run("--bios", bios(PRINT), "--max-seconds", "0.3"));
  }
}
