package troupe.processor.silicon;

import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processor of this machine, reached through the program src/test/c/silicon.c. */
final class HostProcessor {
  private final Path program;

  private HostProcessor(Path program) {
    this.program = program;
  }

  /** Null with a message on standard error if no 32-bit program can be built or run here. */
  static HostProcessor build() throws IOException, InterruptedException {
    Path folder = Path.of("target", "silicon");
    Files.createDirectories(folder);
    Path program = folder.resolve("silicon").toAbsolutePath();
    File log = folder.resolve("gcc.log").toFile();
    try {
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-m32",
                  "-no-pie",
                  "-fno-pie",
                  "-O1",
                  "-o",
                  program.toString(),
                  "src/test/c/silicon.c")
              .redirectErrorStream(true)
              .redirectOutput(log)
              .start();
      if (gcc.waitFor() != 0) {
        return null;
      }
      Process empty = new ProcessBuilder(program.toString()).start();
      empty.getOutputStream().close();
      return empty.waitFor() == 0 ? new HostProcessor(program) : null;
    } catch (IOException e) {
      return null;
    }
  }

  static boolean isAmd() throws IOException {
    Path information = Path.of("/proc/cpuinfo");
    return Files.exists(information)
        && Files.readString(information).contains("vendor_id\t: AuthenticAMD");
  }

  /** Runs all cases and gives their results in order. */
  List<byte[]> run(List<Sample> samples) throws IOException, InterruptedException {
    Path input = program.resolveSibling("input");
    Path output = program.resolveSibling("output");
    try (DataOutputStream out =
        new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(input)))) {
      for (Sample sample : samples) {
        out.write(sample.bytes());
      }
    }
    Process process =
        new ProcessBuilder(program.toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("silicon ended with status " + status);
    }
    byte[] all = Files.readAllBytes(output);
    return java.util.stream.IntStream.range(0, all.length / Sample.OUTPUT)
        .mapToObj(
            n -> java.util.Arrays.copyOfRange(all, n * Sample.OUTPUT, (n + 1) * Sample.OUTPUT))
        .toList();
  }
}
