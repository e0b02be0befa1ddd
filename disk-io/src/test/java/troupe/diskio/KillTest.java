package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.ImageFile.Access;

/** A process that is killed loses nothing that it flushed, and leaves a growing image whole. */
class KillTest {
  private static final int SECTORS = 40_000;

  @TempDir Path folder;

  /** Sectors are visited in an order that jumps between the blocks. */
  private static long sector(int step) {
    return step * 7919L % SECTORS;
  }

  private static byte[] pattern(int step) {
    byte[] b = new byte[512];
    Arrays.fill(b, (byte) (step % 255 + 1));
    return b;
  }

  /** The process to be killed. */
  static final class Writer {
    public static void main(String[] args) throws IOException {
      DiskImage image = ImageFile.open(Path.of(args[0]), ImageUse.HARD_DISK, Access.READ_WRITE);
      for (int step = 0; step < SECTORS; step++) {
        image.write(sector(step), 1, pattern(step), 0);
        if (step % 10 == 9) {
          image.flush();
          System.out.println(step);
        }
      }
    }
  }

  @Test
  void flushedSectorsSurvive() throws Exception {
    Path file = SampleImages.dynamicVhd(folder.resolve("a.vhd"), SECTORS * 512L, 1 << 16);
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int flushed = -1;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(writer.getInputStream()))) {
      while (flushed < 300) {
        flushed = Integer.parseInt(lines.readLine());
      }
      writer.toHandle().destroyForcibly();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        flushed = Integer.parseInt(line);
      }
    }
    byte[] sector = new byte[512];
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE)) {
      for (int step = 0; step <= flushed; step++) {
        image.read(sector(step), 1, sector, 0);
        assertArrayEquals(pattern(step), sector, "step " + step);
      }
      image.read(sector(SECTORS - 1), 1, sector, 0);
      assertArrayEquals(new byte[512], sector, "never written");
    }
  }
}
