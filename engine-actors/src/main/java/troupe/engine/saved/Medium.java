package troupe.engine.saved;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An image as it was when the state was saved. A guest that goes on expects to find every block as
 * it left it, so an image that has changed since is not acceptable.
 *
 * @param slot label of the drive
 * @param file absolute path
 * @param bytes length of the file
 * @param modified last modification, nanoseconds since 1970
 */
public record Medium(String slot, String file, long bytes, long modified) {
  /** The image as it is now. */
  public static Medium of(String slot, Path file) throws IOException {
    try {
      return new Medium(
          slot,
          file.toAbsolutePath().normalize().toString(),
          Files.size(file),
          Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** What is different about the image now; empty if nothing is. */
  public Optional<String> difference() {
    Path path = Path.of(file);
    if (!Files.isRegularFile(path)) {
      return Optional.of(file + ": the image is gone since the state was saved");
    }
    try {
      return of(slot, path).equals(this)
          ? Optional.empty()
          : Optional.of(file + ": the image has changed since the state was saved");
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }
}
