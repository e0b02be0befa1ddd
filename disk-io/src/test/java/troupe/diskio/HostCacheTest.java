package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import troupe.diskio.ImageFile.Access;

class HostCacheTest {
  private static final int SECTORS = 5000;

  @TempDir Path folder;

  private Path image(DiskKind kind) throws IOException {
    Path file = folder.resolve("disk");
    switch (kind) {
      case RAW -> Files.write(file, new byte[SECTORS * 512]);
      case FIXED -> VhdMaker.fixed(file, SECTORS * 512L, false, DiskJob.UNWATCHED);
      case DYNAMIC -> VhdMaker.dynamic(file, SECTORS * 512L);
    }
    return file;
  }

  private static DiskImage open(Path file) throws IOException {
    return ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE);
  }

  private static DiskImage bypassing(Path file) throws IOException {
    DiskImage image = open(file);
    Optional<String> refusal = image.bypassHostCache();
    if (refusal.isPresent()) {
      image.close();
      assumeTrue(false, refusal.get());
    }
    return image;
  }

  /** Transfers that begin and end anywhere, in images that do not end with a block. */
  @ParameterizedTest
  @EnumSource(
      value = DiskKind.class,
      names = {"RAW", "FIXED"})
  void bypassedItIsTheSameDisk(DiskKind kind) throws IOException {
    Path file = image(kind);
    long size = Files.size(file);
    byte[] model = new byte[SECTORS * 512];
    Random random = new Random(5);
    try (DiskImage image = bypassing(file)) {
      for (int i = 0; i < 300; i++) {
        int count = 1 + random.nextInt(i % 10 == 0 ? 1500 : 20);
        int sector = i % 7 == 0 ? SECTORS - count : random.nextInt(SECTORS - count);
        byte[] data = SampleImages.random(count * 512, i);
        image.write(sector, count, data, 0);
        System.arraycopy(data, 0, model, sector * 512, data.length);
        int from = random.nextInt(SECTORS - count);
        byte[] back = new byte[count * 512 + 3];
        image.read(from, count, back, 3);
        assertArrayEquals(
            Arrays.copyOfRange(model, from * 512, (from + count) * 512),
            Arrays.copyOfRange(back, 3, back.length));
      }
      assertArrayEquals(model, SampleImages.all(image));
    }
    assertEquals(size, Files.size(file));
    try (DiskImage image = open(file)) {
      assertArrayEquals(model, SampleImages.all(image));
    }
  }

  @Test
  void theHostKeepsNothingInIt() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/fincore")), "no fincore on this host");
    Path file = folder.resolve("disk");
    VhdMaker.fixed(file, 8 << 20, false, DiskJob.UNWATCHED);
    byte[] data = SampleImages.random(8 << 20, 1);
    try (DiskImage image = bypassing(file)) {
      image.write(0, data.length / 512, data, 0);
      image.flush();
      assertTrue(cached(file) <= 8192, cached(file) + " bytes are cached");
      image.read(0, data.length / 512, data, 0);
      assertTrue(cached(file) <= 8192, cached(file) + " bytes are cached");
    }
    try (DiskImage image = open(file)) {
      image.read(0, data.length / 512, data, 0);
      assertTrue(cached(file) >= data.length, "without bypass they are");
    }
  }

  private static long cached(Path file) throws Exception {
    Process process =
        new ProcessBuilder("/usr/bin/fincore", "-nb", "-o", "RES", file.toString()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return Long.parseLong(out.strip());
  }

  /** The lock of the host, which closing any channel of the file gives up, lasts until the end. */
  @Test
  void theImageStaysLocked() throws IOException {
    Path file = image(DiskKind.RAW);
    try (DiskImage _ = bypassing(file)) {
      assertThrows(ImageException.class, () -> open(file));
    }
    open(file).close();
  }

  @Test
  void growingDisksSayThatTheyCannot() throws IOException {
    Path file = image(DiskKind.DYNAMIC);
    try (DiskImage image = open(file)) {
      String refusal = image.bypassHostCache().orElseThrow();
      assertTrue(refusal.startsWith(file + ": the host's cache is used"), refusal);
    }
  }

  /** Where the file system refuses, the disk says so, and works with the cache. */
  @Test
  void soDoFileSystemsThatRefuse() throws IOException {
    Path file = Path.of("/proc/version");
    assumeTrue(Files.exists(file), "no file system that refuses");
    FlatImage image =
        new FlatImage(
            new ImageBytes(file, null, null), ImageFormat.RAW, 512, 1, true, Optional.empty());
    String refusal = image.bypassHostCache().orElseThrow();
    assertTrue(refusal.contains("file system does not let it be bypassed"), refusal);
    assertEquals(1, refusal.lines().count());
  }
}
