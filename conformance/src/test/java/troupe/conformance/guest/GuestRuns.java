package troupe.conformance.guest;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
    Path source = Path.of(GUESTS.file(script, name));
    Path target = Files.createTempDirectory(Guests.MODULE.resolve("target"), "image").resolve(name);
    Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
    return target.toString();
  }
}
