import java.io.IOException;
import java.nio.file.Path;
import troupe.diskio.DiskImage;
import troupe.diskio.ImageFile;
import troupe.diskio.ImageUse;

/**
 * ReadDisk FILE TIMES: reads a whole disk so often, a MiB at a time, and says how many seconds each
 * time took.
 */
class ReadDisk {
  private static final int STEP = 1 << 20;

  public static void main(String[] words) throws IOException {
    try (DiskImage disk =
        ImageFile.open(Path.of(words[0]), ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
      byte[] bytes = new byte[STEP];
      int sectors = STEP / disk.sectorSize();
      for (int time = 0; time < Integer.parseInt(words[1]); time++) {
        long begin = System.nanoTime();
        for (long at = 0; at < disk.sectors(); at += sectors) {
          disk.read(at, (int) Math.min(sectors, disk.sectors() - at), bytes, 0);
        }
        System.out.println((System.nanoTime() - begin) / 1e9);
      }
    }
  }
}
