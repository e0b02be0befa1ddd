package troupe.cli.script;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import troupe.devices.display.PngEncoder;
import troupe.engine.channel.Reasons;
import troupe.engine.vm.Screen;

/** Writes screens to files. */
public final class Screenshots {
  private Screenshots() {}

  /**
   * Writes a PNG file.
   *
   * @throws IOException with one line that names the file
   */
  public static void write(Screen screen, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      PngEncoder.write(screen.frame(), out);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be written (" + Reasons.of(e) + ")", e);
    }
  }
}
