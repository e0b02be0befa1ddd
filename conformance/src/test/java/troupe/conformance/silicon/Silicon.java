package troupe.conformance.silicon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** This host's own processor, through the program {@code src/silicon/silicon.c}. */
final class Silicon {
  private static final int SECONDS = 60;
  private final Path program;
  private final Path folder;

  /** Compiles the program into {@code folder}; gcc must be able to make 32-bit programs. */
  Silicon(Path source, Path folder) {
    this.folder = folder;
    program = folder.resolve("silicon");
    try {
      Files.createDirectories(folder);
      Path log = folder.resolve("gcc.log");
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-m32",
                  "-O1",
                  "-static",
                  "-no-pie",
                  "-fno-pie",
                  "-o",
                  program.toString(),
                  source.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!gcc.waitFor(SECONDS, TimeUnit.SECONDS) || gcc.exitValue() != 0) {
        gcc.destroyForcibly();
        throw new IllegalStateException(
            "gcc -m32 failed (Debian: gcc-multilib): " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Runs all cases; results in the same order. */
  List<Result> run(List<Case> cases) throws IOException, InterruptedException {
    ByteBuffer input =
        ByteBuffer.allocate(cases.size() * Case.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    cases.forEach(c -> c.write(input));
    Path in = Files.createTempFile(folder, "cases", ".bin");
    Path out = Files.createTempFile(folder, "results", ".bin");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    try {
      Files.write(in, input.array());
      Process process =
          new ProcessBuilder(program.toString())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("silicon hangs; first case: " + cases.getFirst());
      }
      byte[] output = Files.readAllBytes(out);
      int done = output.length / Result.BYTES;
      if (process.exitValue() != 0 || done != cases.size()) {
        throw new IllegalStateException(
            "silicon stopped with status %d after %d cases: %s; near %s (%s)"
                .formatted(
                    process.exitValue(),
                    done,
                    Files.readString(errors).strip(),
                    cases.get(Math.min(done, cases.size() - 1)).bytes(),
                    cases.getFirst().row().text()));
      }
      ByteBuffer results = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
      List<Result> list = new ArrayList<>(done);
      for (int i = 0; i < done; i++) {
        list.add(Result.read(results));
      }
      return list;
    } finally {
      Files.deleteIfExists(in);
      Files.deleteIfExists(out);
      Files.deleteIfExists(errors);
    }
  }
}
