package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.diskio.ImageFile.Access;

/** Reads of what the host has in memory. What was just written is there, if nothing else is. */
class SharedImageTest {
  private static final int SECTORS = 20_000;

  @TempDir Path folder;

  private SharedImage open(Path file) throws IOException {
    DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE);
    image.prepareCachedReads();
    return new SharedImage(image);
  }

  private Path raw() throws IOException {
    return Files.write(folder.resolve("raw.img"), SampleImages.random(SECTORS * 512, 1));
  }

  private SharedImage cached() throws IOException {
    SharedImage shared = open(raw());
    boolean can = shared.readCached(0, 1, new byte[512], 0);
    if (!can) {
      shared.close();
    }
    assumeTrue(can, "this host or its file system does not tell what it has in memory");
    return shared;
  }

  private Path disk(String kind) throws IOException {
    Path file = folder.resolve("disk");
    long size = SECTORS * 512L;
    switch (kind) {
      case "raw" -> Files.write(file, new byte[SECTORS * 512]);
      case "fixed" -> VhdMaker.fixed(file, size, false, DiskJob.UNWATCHED);
      case "dynamic" -> VhdMaker.dynamic(file, size);
      default -> {
        Path parent = folder.resolve("parent.vhd");
        VhdMaker.dynamic(parent, size);
        try (DiskImage image = ImageFile.open(parent, ImageUse.HARD_DISK, Access.READ_WRITE)) {
          image.write(100, 9000, SampleImages.random(9000 * 512, 2), 0);
        }
        VhdMaker.differencing(file, parent, ParentSearch.BESIDE_CHILD);
      }
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "fixed", "dynamic", "differencing"})
  void theyFindTheSameDisk(String kind) throws IOException {
    cached().close();
    SharedImage shared = open(disk(kind));
    byte[] model = SampleImages.all(shared.image());
    Random random = new Random(7);
    int done = 0;
    for (int i = 0; i < 300; i++) {
      int count = 1 + random.nextInt(i % 10 == 0 ? 1500 : 20);
      int sector = random.nextInt(SECTORS - count);
      byte[] data = SampleImages.random(count * 512, i);
      shared.image().write(sector, count, data, 0);
      System.arraycopy(data, 0, model, sector * 512, data.length);
      int from = random.nextInt(SECTORS - count);
      byte[] back = new byte[count * 512 + 3];
      if (shared.readCached(from, count, back, 3)) {
        done++;
        assertArrayEquals(
            Arrays.copyOfRange(model, from * 512, (from + count) * 512),
            Arrays.copyOfRange(back, 3, back.length));
      }
    }
    assertTrue(done > 250, "only " + done);
    shared.close();
  }

  /** A block's bitmap has to be read from the file, for which a cached read does not wait. */
  @Test
  void whatTheImageDoesNotKnowIsNotLookedUp() throws IOException {
    cached().close();
    Path file = disk("dynamic");
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE)) {
      image.write(0, 8, SampleImages.random(8 * 512, 3), 0);
    }
    SharedImage shared = open(file);
    assertFalse(shared.readCached(0, 8, new byte[4096], 0));
    assertTrue(shared.readCached(10_000, 8, new byte[4096], 0));
    shared.image().read(0, 1, new byte[512], 0);
    assertTrue(shared.readCached(0, 8, new byte[4096], 0));
    shared.close();
  }

  @Test
  void aBusyOrClosedImageIsLeftAlone() throws IOException {
    SharedImage shared = cached();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> work =
        CompletableFuture.runAsync(
            () -> {
              try {
                shared.exclusively(
                    () -> {
                      begun.countDown();
                      awaitUninterrupted(end);
                    });
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    awaitUninterrupted(begun);
    assertFalse(shared.readCached(0, 1, new byte[512], 0));
    end.countDown();
    work.join();
    assertTrue(shared.readCached(0, 1, new byte[512], 0));
    shared.close();
    assertFalse(shared.readCached(0, 1, new byte[512], 0));
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sectorsOutsideAreNotThere() throws IOException {
    SharedImage shared = cached();
    byte[] target = new byte[4 * 512];
    assertTrue(shared.readCached(SECTORS - 4, 4, target, 0));
    assertFalse(shared.readCached(SECTORS - 3, 4, target, 0));
    assertFalse(shared.readCached(-1, 1, target, 0));
    shared.close();
  }

  /** What goes past the host's cache on purpose is not taken from it. */
  @Test
  void theBypassedCacheIsNotRead() throws IOException {
    cached().close();
    DiskImage image = ImageFile.open(raw(), ImageUse.HARD_DISK, Access.READ_WRITE);
    boolean bypassed = image.bypassHostCache().isEmpty();
    image.prepareCachedReads();
    SharedImage shared = new SharedImage(image);
    boolean read = shared.readCached(0, 1, new byte[512], 0);
    shared.close();
    assertEquals(!bypassed, read);
  }
}
