package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import troupe.conformance.guest.Guests;

/**
 * A program of the host that has ended.
 *
 * @param output of both kinds
 */
record HostCommand(List<String> command, int status, String output) {
  private static final int LONGEST_SECONDS = 600;

  /** Runs it in {@code folder}. */
  static HostCommand run(Path folder, Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), () -> "still runs: " + command);
    return new HostCommand(command, process.exitValue(), output);
  }

  /** Runs {@code ./troupe}. */
  static HostCommand troupe(Path folder, Object... words) throws IOException, InterruptedException {
    return run(
        folder,
        Stream.concat(Stream.of(Guests.ROOT.resolve("troupe")), Arrays.stream(words)).toArray());
  }

  HostCommand hasStatus(int expected) {
    assertEquals(expected, status, () -> command + ": " + output);
    return this;
  }

  HostCommand says(String text) {
    assertTrue(output.contains(text), () -> command + ": " + output);
    return this;
  }
}
