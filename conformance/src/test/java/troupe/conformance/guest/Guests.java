package troupe.conformance.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The guests that {@code conformance/guests/prepare.sh} builds, made when first asked for. */
public final class Guests {
  private static final int MINUTES = 60;

  /** The folder of this module; tests run in it. */
  public static final Path MODULE = Path.of("").toAbsolutePath();

  public static final Path ROOT = MODULE.getParent();

  private final Path folder =
      Optional.ofNullable(System.getenv("TROUPE_GUESTS"))
          .map(Path::of)
          .orElse(MODULE.resolve("target/guests"));
  private final Set<String> prepared = new HashSet<>();

  /** A file of the guest that {@code guests/SCRIPT.sh} builds. */
  public synchronized String file(String script, String name) {
    if (!prepared.contains(script)) {
      prepare(script);
      prepared.add(script);
    }
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new IllegalStateException("guests/" + script + ".sh has not made " + file);
    }
    return file.toString();
  }

  /** The benchmark guest, if its sources are there. */
  synchronized Optional<Path> bench() {
    if (prepared.add("bench")) {
      prepare("bench");
    }
    Path bench = folder.resolve("bench");
    return Files.isDirectory(bench) ? Optional.of(bench) : Optional.empty();
  }

  private void prepare(String script) {
    try {
      Path log =
          Files.createDirectories(MODULE.resolve("target")).resolve("prepare-" + script + ".log");
      Process process =
          new ProcessBuilder("guests/prepare.sh", script)
              .directory(MODULE.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "guests/prepare.sh " + script + " failed: " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
