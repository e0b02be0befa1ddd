package troupe.conformance.guest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tests with guests on {@code ./troupe run} begin with. */
abstract class GuestRuns {
  static final Guests GUESTS = new Guests();

  /** How the guests of this class are executed. */
  TroupeRun.Engine engine() {
    return TroupeRun.Engine.USUAL;
  }

  TroupeRun run(String name) throws Exception {
    return new TroupeRun(engine(), name);
  }

  TroupeRun debian(String name) throws Exception {
    return run(name).with("--memory", "128").transcript();
  }

  /** An empty disk of that size, for this test alone. */
  String scratch(String name, int mib) throws Exception {
    Path file = Guests.MODULE.resolve("target").resolve(engine() + "-" + name);
    Files.deleteIfExists(file);
    try (var channel = new RandomAccessFile(file.toFile(), "rw")) {
      channel.setLength((long) mib << 20);
    }
    return file.toString();
  }

  /** A copy for this test alone, where the guest may write. */
  static String copy(String script, String name) throws Exception {
    return copy(Path.of(GUESTS.file(script, name)));
  }

  static String copy(Path source) throws IOException {
    Path folder = Files.createTempDirectory(Guests.MODULE.resolve("target"), "image");
    return Files.copy(source, folder.resolve(source.getFileName())).toString();
  }
}
