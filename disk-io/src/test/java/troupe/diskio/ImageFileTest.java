package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import troupe.diskio.ImageFile.Access;

class ImageFileTest {
  @TempDir Path folder;

  private static void refused(Path file, ImageUse use, String... parts) {
    ImageException e =
        assertThrows(ImageException.class, () -> ImageFile.open(file, use, Access.READ_WRITE));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void rawDiskKeepsWhatIsWritten() throws IOException {
    byte[] content = SampleImages.random(64 * 512, 1);
    Path file = Files.write(folder.resolve("a.img"), content);
    byte[] sectors = SampleImages.random(3 * 512, 2);
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE)) {
      assertEquals(ImageFormat.RAW, image.format());
      assertEquals(64, image.sectors());
      assertFalse(image.readOnly());
      image.write(10, 3, sectors, 0);
      image.flush();
      byte[] read = new byte[600 + 512];
      image.read(12, 1, read, 600);
      assertArrayEquals(
          Arrays.copyOfRange(sectors, 1024, 1536), Arrays.copyOfRange(read, 600, 1112));
      assertThrows(IndexOutOfBoundsException.class, () -> image.read(62, 3, new byte[2000], 0));
    }
    System.arraycopy(sectors, 0, content, 10 * 512, sectors.length);
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void largeReadsOfSparseFiles() throws IOException {
    int mib = 1 << 20;
    byte[] content = new byte[4 * mib];
    Path file = folder.resolve("a.img");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(content.length);
    }
    byte[] sectors = SampleImages.random(2 * 512, 3);
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE)) {
      byte[] read = SampleImages.random(content.length, 4);
      image.read(0, content.length / 512, read, 0);
      assertArrayEquals(content, read);
      // The last sector of one piece and the first of the next: neither is a hole any more.
      image.write(2 * mib / 512 - 1, 2, sectors, 0);
      System.arraycopy(sectors, 0, content, 2 * mib - 512, sectors.length);
      for (int at = 0; at < content.length; at += mib) {
        image.read(at / 512, mib / 512, read, at);
      }
      assertArrayEquals(content, read);
      // What is no longer there is an error, and no hole.
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(3 * mib);
      }
      assertThrows(ImageException.class, () -> image.read(2 * mib / 512, 2 * mib / 512, read, 0));
      assertThrows(ImageException.class, () -> image.read(3 * mib / 512, mib / 512, read, 0));
    }
  }

  @Test
  void fixedVhdHidesItsFooter() throws IOException {
    byte[] content = SampleImages.random(1000 * 512, 1);
    Path file = SampleImages.fixedVhd(folder.resolve("a.bin"), content);
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_ONLY)) {
      assertEquals(ImageFormat.FIXED_VHD, image.format());
      assertEquals(1000, image.sectors());
      assertEquals(ImageGeometry.ofVhd(1000), image.geometry().orElseThrow());
      assertArrayEquals(content, SampleImages.all(image));
      assertTrue(image.readOnly());
    }
  }

  @Test
  void damagedVhds() throws IOException {
    Path good = SampleImages.fixedVhd(folder.resolve("a.vhd"), new byte[8192]);
    byte[] bytes = Files.readAllBytes(good);
    bytes[8192 + 50]++;
    refused(Files.write(good, bytes), ImageUse.HARD_DISK, "footer at byte 8192", "bad checksum");
    bytes[8192 + 50]--;
    byte[] cut = Arrays.copyOfRange(bytes, 4096, bytes.length);
    refused(Files.write(good, cut), ImageUse.HARD_DISK, "footer at byte 4096", "8192", "truncated");
    refused(
        Files.write(good, Arrays.copyOf(bytes, 8192)), ImageUse.HARD_DISK, "missing", "truncated");
    Path child = folder.resolve("child.vhd");
    Files.write(child, SampleImages.footer(VhdFooter.DiskType.DIFFERENCING, 8192).toBytes());
    refused(child, ImageUse.HARD_DISK, "header at byte 512", "outside the file");
  }

  @Test
  void badFiles() throws IOException {
    refused(folder.resolve("none.img"), ImageUse.HARD_DISK, "no such file");
    for (ImageUse use : ImageUse.values()) {
      refused(folder, use, "is a directory");
    }
    Path file = Files.write(folder.resolve("empty"), new byte[0]);
    refused(file, ImageUse.HARD_DISK, "is empty");
    refused(Files.write(file, new byte[700]), ImageUse.HARD_DISK, "700 bytes", "whole sectors");
    refused(file, ImageUse.FLOPPY, "700 bytes", "1.44 MB");
    refused(file, ImageUse.CD, "ends at byte 700");
    refused(Files.write(file, new byte[80_000]), ImageUse.CD, "no ISO 9660");
  }

  @Test
  void iso() throws IOException {
    Path file = SampleImages.iso(folder.resolve("a.iso"), 40);
    try (DiskImage image = ImageFile.open(file, ImageUse.CD, Access.READ_WRITE)) {
      assertEquals(2048, image.sectorSize());
      assertEquals(40, image.sectors());
      assertTrue(image.readOnly());
    }
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 39 * 2048));
    refused(file, ImageUse.CD, "byte 79872", "truncated", "81920 bytes, 2048 are missing");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 17 * 2048 + 3));
    refused(file, ImageUse.CD, "truncated");
  }

  @ParameterizedTest
  @EnumSource(FloppyFormat.class)
  void floppySizes(FloppyFormat format) throws IOException {
    Path file = Files.write(folder.resolve("f"), new byte[(int) format.bytes()]);
    try (DiskImage image = ImageFile.open(file, ImageUse.FLOPPY, Access.READ_WRITE)) {
      assertEquals(format.geometry(), image.geometry().orElseThrow());
      assertEquals(format.bytes() / 512, image.sectors());
    }
  }

  @Test
  void oneWriterOrManyReaders() throws IOException {
    Path file = Files.write(folder.resolve("a.img"), new byte[1024]);
    Path link = Files.createSymbolicLink(folder.resolve("b.img"), file);
    try (DiskImage writer = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE)) {
      assertEquals(2, writer.sectors());
      refused(link, ImageUse.HARD_DISK, "in use");
      assertThrows(
          ImageException.class, () -> ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_ONLY));
    }
    DiskImage first = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_ONLY);
    DiskImage second = ImageFile.open(link, ImageUse.HARD_DISK, Access.READ_ONLY);
    refused(file, ImageUse.HARD_DISK, "in use");
    first.close();
    first.close();
    refused(file, ImageUse.HARD_DISK, "in use");
    second.close();
    ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE).close();
  }

  /** Another process sees the lock, and still does after one of two readers has gone. */
  @Test
  void anotherProcessIsRefused() throws Exception {
    Path file = Files.write(folder.resolve("a.img"), new byte[1024]);
    Path program =
        Files.writeString(
            folder.resolve("Try.java"),
            """
            import java.nio.channels.FileChannel;
            import java.nio.file.*;
            class Try {
              public static void main(String[] a) throws Exception {
                try (var c = FileChannel.open(Path.of(a[0]), StandardOpenOption.WRITE)) {
                  System.exit(c.tryLock() == null ? 3 : 0);
                }
              }
            }
            """);
    DiskImage first = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_ONLY);
    DiskImage second = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_ONLY);
    first.close();
    assertEquals(3, run(program, file));
    second.close();
    assertEquals(0, run(program, file));
    DiskImage writer = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE);
    refused(file, ImageUse.HARD_DISK, "in use");
    assertEquals(3, run(program, file), "the refused one took the lock with it");
    writer.close();
  }

  private static int run(Path program, Path file) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(java, program.toString(), file.toString())
        .inheritIO()
        .start()
        .waitFor();
  }

  /** Cylinders, heads, sectors that the format's appendix gives for a size in MiB. */
  @ParameterizedTest
  @CsvSource({"1, 30, 4, 17", "8, 240, 4, 17", "40, 963, 5, 17", "512, 1040, 16, 63"})
  void vhdGeometry(long mib, int cylinders, int heads, int perTrack) {
    ImageGeometry g = ImageGeometry.ofVhd(mib << 11);
    assertTrue(g.capacity() <= mib << 11);
    assertEquals(new ImageGeometry(cylinders, heads, perTrack), g);
  }
}
