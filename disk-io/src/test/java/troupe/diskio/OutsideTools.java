package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other people's readers and writers of VHDs: QEMU's tools and libvhdi. */
final class OutsideTools {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private OutsideTools() {}

  static boolean haveQemu() {
    return Files.isExecutable(Path.of("/usr/bin/qemu-img"))
        && Files.isExecutable(Path.of("/usr/bin/qemu-io"));
  }

  static boolean haveLibvhdi() throws IOException, InterruptedException {
    return Files.isExecutable(PYTHON)
        && new ProcessBuilder(PYTHON.toString(), "-c", "import pyvhdi")
                .redirectErrorStream(true)
                .start()
                .waitFor()
            == 0;
  }

  static String qemuImg(Object... arguments) throws Exception {
    return run("", "/usr/bin/qemu-img", arguments);
  }

  /** Runs the commands in one qemu-io. */
  static void qemuIo(Path vhd, List<String> commands) throws Exception {
    String out = run(String.join("\n", commands) + "\n", "/usr/bin/qemu-io", "-f", "vpc", vhd);
    assertFalse(out.contains("failed") || out.contains("invalid"), out);
  }

  /** Bytes of the host's volume that a file takes up. */
  static long room(Path file) throws Exception {
    return 512 * Long.parseLong(run("", "/usr/bin/stat", "--format=%b", file).strip());
  }

  /** What libvhdi says of a disk: its bytes, a space, the hash of the ranges. */
  static String libvhdi(List<Path> chain, List<SectorRange> ranges, Path scripts) throws Exception {
    Path script = scripts.resolve("read-vhd.py");
    if (!Files.exists(script)) {
      try (InputStream in = OutsideTools.class.getResourceAsStream("read-vhd.py")) {
        Files.copy(in, script);
      }
    }
    StringBuilder input = new StringBuilder();
    ranges.forEach(r -> input.append(r.first()).append(' ').append(r.count()).append('\n'));
    List<Object> arguments = new ArrayList<>(List.of(script));
    arguments.addAll(chain);
    return run(input.toString(), PYTHON.toString(), arguments.toArray()).strip();
  }

  private static String run(String input, String tool, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(tool));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path in = Files.createTempFile("troupe", ".in");
    try {
      Files.writeString(in, input);
      Process process =
          new ProcessBuilder(command).redirectInput(in.toFile()).redirectErrorStream(true).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), command + ": " + out);
      return out;
    } finally {
      Files.delete(in);
    }
  }
}
