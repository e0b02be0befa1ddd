package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.ImageFile.Access;

class SparseVhdImageTest {
  private static final int SIZE = 1 << 20;
  private static final int BLOCK = 1 << 16;

  @TempDir Path folder;

  private static DiskImage open(Path file) throws IOException {
    return ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE);
  }

  @Test
  void behavesAsAnArrayThroughReopening() throws IOException {
    Path file = SampleImages.dynamicVhd(folder.resolve("a.vhd"), SIZE, BLOCK);
    byte[] model = new byte[SIZE];
    Random random = new Random(11);
    for (int session = 0; session < 5; session++) {
      try (DiskImage image = open(file)) {
        assertEquals(ImageFormat.DYNAMIC_VHD, image.format());
        for (int i = 0; i < 40; i++) {
          int count = 1 + random.nextInt(200);
          int sector = random.nextInt(SIZE / 512 - count);
          byte[] data = SampleImages.random(count * 512, random.nextLong());
          if (random.nextInt(4) == 0) {
            Arrays.fill(data, (byte) 0);
          }
          image.write(sector, count, data, 0);
          System.arraycopy(data, 0, model, sector * 512, data.length);
        }
        assertArrayEquals(model, SampleImages.all(image));
      }
    }
    try (DiskImage image = open(file)) {
      assertArrayEquals(model, SampleImages.all(image));
    }
  }

  @Test
  void growsOnlyForBlocksThatAreNotZero() throws IOException {
    Path file = SampleImages.dynamicVhd(folder.resolve("a.vhd"), SIZE, BLOCK);
    long empty = Files.size(file);
    try (DiskImage image = open(file)) {
      image.write(0, 256, new byte[256 * 512], 0);
      assertEquals(empty, Files.size(file));
      byte[] one = new byte[512];
      one[511] = 1;
      image.write(200, 1, one, 0);
      assertEquals(empty + BLOCK + 512, Files.size(file));
    }
  }

  @Test
  void damage() throws IOException {
    Path file = SampleImages.dynamicVhd(folder.resolve("a.vhd"), SIZE, BLOCK);
    try (DiskImage image = open(file)) {
      image.write(0, 1, SampleImages.random(512, 1), 0);
    }
    byte[] bytes = Files.readAllBytes(file);
    byte[] bad = bytes.clone();
    bad[1537] ^= 1; // the first entry of the table
    Files.write(file, bad);
    ImageException e = assertThrows(ImageException.class, () -> open(file));
    assertTrue(e.getMessage().contains("block 0"), e.getMessage());
    bad = bytes.clone();
    bad[512 + 33] ^= 1; // block size
    Files.write(file, bad);
    e = assertThrows(ImageException.class, () -> open(file));
    assertTrue(e.getMessage().contains("header at byte 512: bad checksum"), e.getMessage());
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1024));
    e = assertThrows(ImageException.class, () -> open(file));
    assertTrue(e.getMessage().contains("block 0"), e.getMessage());
    bad = bytes.clone();
    System.arraycopy(bad, 1536, bad, 1540, 4); // the second block where the first is
    Files.write(file, bad);
    e = assertThrows(ImageException.class, () -> open(file));
    assertTrue(e.getMessage().contains("lies over"), e.getMessage());
  }

  @Test
  void aLostFooterIsTakenFromItsCopy() throws IOException {
    Path file = SampleImages.dynamicVhd(folder.resolve("a.vhd"), SIZE, BLOCK);
    byte[] sector = SampleImages.random(512, 1);
    try (DiskImage image = open(file)) {
      image.write(9, 1, sector, 0);
    }
    byte[] bytes = Files.readAllBytes(file);
    for (int cut : new int[] {512, 511, 1}) {
      Files.write(file, Arrays.copyOf(bytes, bytes.length - cut));
      try (DiskImage image = open(file)) {
        assertEquals(1, image.warnings().size());
        byte[] read = new byte[512];
        image.read(9, 1, read, 0);
        assertArrayEquals(sector, read);
      }
      try (DiskImage image = open(file)) {
        assertEquals(0, image.warnings().size(), "written again");
      }
    }
  }

  /** Until the guest flushes, the table in the file does not know of new blocks. */
  @Test
  void theTableIsWrittenAfterTheData() throws IOException {
    Path file = SampleImages.dynamicVhd(folder.resolve("a.vhd"), SIZE, BLOCK);
    try (DiskImage image = open(file)) {
      image.write(0, 1, SampleImages.random(512, 1), 0);
      assertEquals(-1, Files.readAllBytes(file)[1536]);
      image.flush();
      assertEquals(0, Files.readAllBytes(file)[1536]);
    }
  }

  @Test
  void aRawImageIsNotMadeVhdByItsGuest() throws IOException {
    Path file = Files.write(folder.resolve("a.img"), new byte[4096]);
    byte[] sectors = new byte[1024];
    System.arraycopy(
        SampleImages.footer(VhdFooter.DiskType.FIXED, 512).toBytes(), 0, sectors, 512, 512);
    try (DiskImage image = open(file)) {
      image.write(5, 2, sectors, 0);
      assertThrows(ImageException.class, () -> image.write(6, 2, sectors, 0));
      assertThrows(ImageException.class, () -> image.write(0, 1, sectors, 512));
    }
  }
}
