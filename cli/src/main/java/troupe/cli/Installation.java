package troupe.cli;

import java.nio.file.Path;

/** Where Troupe's own files are. */
final class Installation {
  private Installation() {}

  /** The directory of the launcher, which passes it in a property. */
  private static Path root() {
    return Path.of(System.getProperty("troupe.root", "."));
  }

  static Path configuration(String name) {
    return root().resolve("conf").resolve(name);
  }

  /** A file that the demonstration makes. */
  static Path demo(String name) {
    return root().resolve("build").resolve("demo").resolve(name);
  }
}
