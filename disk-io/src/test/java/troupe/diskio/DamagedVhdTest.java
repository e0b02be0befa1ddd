package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * VHDs in whose structures something has been changed at random, half of them with checksums that
 * are right nevertheless: each is refused in one line, or read as the format says, and none is
 * written to. What a check repairs is whole after that.
 */
class DamagedVhdTest {
  private static final int BLOCK = 4096;
  private static final int SIZE = 12 * BLOCK;
  private static final long MOST_ALLOCATED = 8 << 20;
  private static final long MOST_SECTORS_READ = 1 << 10;

  /** Values at which programs that read numbers from files fail. */
  private static final int[] EDGES = {
    0, 1, -1, 2, 3, 4, 0x200, 0x400, 0x600, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7FFF_FE00
  };

  @TempDir Path folder;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private int refused;
  private int read;
  private int repaired;

  /** An undamaged disk. */
  private record Sample(Path file, byte[] bytes, List<Integer> structures) {}

  @Test
  @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aFew() throws IOException {
    damage(2_000, 1);
  }

  @Tag("long")
  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aHundredThousand() throws IOException {
    damage(100_000, 2);
  }

  private void damage(int mutations, long seed) throws IOException {
    List<Sample> samples = samples();
    for (int i = 0; i < mutations; i++) {
      Random random = new Random(seed << 32 | i);
      Sample sample = samples.get(random.nextInt(samples.size()));
      byte[] damaged = mutated(sample, random);
      Files.write(sample.file, damaged);
      try {
        one(sample.file, damaged);
        if (i % 8 == 0) {
          repair(sample.file);
        }
      } catch (Throwable e) {
        throw new AssertionError("seed %d, mutation %d".formatted(seed, i), e);
      } finally {
        Files.write(sample.file, sample.bytes);
      }
    }
    // Otherwise this tests nothing.
    assertTrue(refused > mutations / 10 && read > mutations / 10, refused + " and " + read);
    assertTrue(repaired > mutations / 200, "repaired " + repaired);
  }

  private List<Sample> samples() throws IOException {
    byte[] content = SampleImages.random(SIZE, 3);
    Path fixed = SampleImages.fixedVhd(folder.resolve("fixed.vhd"), content);
    Path dynamic = SampleImages.dynamicVhd(folder.resolve("dynamic.vhd"), SIZE, BLOCK);
    Path parent = SampleImages.dynamicVhd(folder.resolve("parent.vhd"), SIZE, BLOCK);
    Path child = folder.resolve("child.vhd");
    write(dynamic, content, 0, 3, 7);
    write(parent, content, 1, 3, 11);
    try (DiskImage image = ImageFile.open(parent, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
      VhdMaker.differencing(
          child,
          SampleImages.footer(VhdFooter.DiskType.DIFFERENCING, SIZE),
          BLOCK,
          parent,
          VhdChain.uniqueId(image).orElseThrow(),
          VhdChain.timeStamp(parent));
    }
    // The parent of the sample has another identifier than the child's.
    setChildIdentifier(child);
    write(child, SampleImages.random(SIZE, 4), 2, 3);
    List<Sample> samples = new ArrayList<>();
    for (Path file : List.of(fixed, dynamic, child)) {
      byte[] bytes = Files.readAllBytes(file);
      samples.add(new Sample(file, bytes, structures(bytes, file.equals(fixed))));
    }
    return samples;
  }

  private static void setChildIdentifier(Path child) throws IOException {
    byte[] bytes = Files.readAllBytes(child);
    for (int at : new int[] {0, bytes.length - 512}) {
      byte[] footer = Arrays.copyOfRange(bytes, at, at + 512);
      ByteBuffer.wrap(footer).putLong(68, 77);
      VhdFooter.setChecksum(footer);
      System.arraycopy(footer, 0, bytes, at, 512);
    }
    Files.write(child, bytes);
  }

  private static void write(Path file, byte[] content, int... blocks) throws IOException {
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      for (int block : blocks) {
        image.write(block * BLOCK / 512 + 1, 3, content, block * BLOCK + 512);
      }
    }
  }

  /** Positions in footers, header, table, locators and bitmaps. */
  private static List<Integer> structures(byte[] bytes, boolean fixed) {
    List<Integer> positions = new ArrayList<>();
    addFields(positions, bytes.length - 512, 88);
    if (!fixed) {
      addFields(positions, 0, 88);
      addFields(positions, 512, 64);
      addFields(positions, 512 + 576, 8 * 24);
      addFields(positions, 1536, 4 * SIZE / BLOCK);
      ByteBuffer b = ByteBuffer.wrap(bytes);
      for (int i = 0; i < SIZE / BLOCK; i++) {
        int entry = b.getInt(1536 + 4 * i);
        if (entry != -1) {
          addFields(positions, entry * 512, 4);
        }
      }
      for (int i = 0; i < 8; i++) {
        if (b.getInt(512 + 576 + 24 * i) != 0) {
          addFields(positions, (int) b.getLong(512 + 576 + 24 * i + 16), 64);
        }
      }
    }
    return positions;
  }

  private static void addFields(List<Integer> positions, int at, int bytes) {
    for (int i = 0; i < bytes; i += 4) {
      positions.add(at + i);
    }
  }

  private static byte[] mutated(Sample sample, Random random) {
    byte[] bytes = sample.bytes.clone();
    ByteBuffer b = ByteBuffer.wrap(bytes);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = sample.structures.get(random.nextInt(sample.structures.size()));
      switch (random.nextInt(6)) {
        case 0 -> bytes[at + random.nextInt(4)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> b.putInt(at, random.nextInt());
        case 2 -> b.putInt(at, EDGES[random.nextInt(EDGES.length)]);
        case 3 -> b.putInt(at, b.getInt(at) + random.nextInt(17) - 8);
        case 4 -> b.putInt(at, random.nextInt(2 * bytes.length / 512));
        default -> b.putInt(at, b.getInt(sample.structures.get(random.nextInt(10))));
      }
    }
    if (random.nextInt(20) == 0) {
      bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 1024));
    }
    if (random.nextBoolean()) {
      setChecksums(bytes);
    }
    return bytes;
  }

  private static void setChecksums(byte[] bytes) {
    for (int at : new int[] {0, bytes.length - 512}) {
      if (at >= 0 && at + 512 <= bytes.length && VhdFooter.hasCookie(bytes, at)) {
        byte[] footer = Arrays.copyOfRange(bytes, at, at + 512);
        VhdFooter.setChecksum(footer);
        System.arraycopy(footer, 0, bytes, at, 512);
      }
    }
    if (bytes.length >= 1536) {
      byte[] header = Arrays.copyOfRange(bytes, 512, 1536);
      if (VhdDynamicHeader.hasCookie(header)) {
        VhdDynamicHeader.setChecksum(header);
        System.arraycopy(header, 0, bytes, 512, 1024);
      }
    }
  }

  private void one(Path file, byte[] bytes) throws IOException {
    long before = threads.getCurrentThreadAllocatedBytes();
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
      int count = (int) Math.min(image.sectors(), MOST_SECTORS_READ);
      byte[] all = new byte[count * 512];
      image.read(0, count, all, 0);
      byte[] end = new byte[512];
      image.read(image.sectors() - 1, 1, end, 0);
      if (image.format() != ImageFormat.DIFFERENCING_VHD) {
        assertArrayEquals(new PlainReader(bytes).read(count), all);
      }
      read++;
    } catch (ImageException e) {
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
      refused++;
    }
    ImageCheck.check(file, false, ParentSearch.BESIDE_CHILD);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < MOST_ALLOCATED, "allocated " + allocated);
    assertArrayEquals(bytes, Files.readAllBytes(file), "nothing was written");
  }

  private void repair(Path file) throws IOException {
    ImageCheck.Report report = ImageCheck.check(file, true, ParentSearch.BESIDE_CHILD);
    boolean whole =
        report.findings().stream().noneMatch(f -> f.verdict() == ImageCheck.Verdict.LASTING);
    boolean changed =
        report.findings().stream().anyMatch(f -> f.verdict() == ImageCheck.Verdict.REPAIRED);
    if (whole && changed) {
      repaired++;
      ImageCheck.Report again = ImageCheck.check(file, false, ParentSearch.BESIDE_CHILD);
      assertFalse(again.damaged(), () -> report.findings() + ", then " + again.findings());
      try (DiskImage image =
          ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
        image.write(image.sectors() - 1, 1, SampleImages.random(512, 1), 0);
      }
    }
  }

  /** Reads fixed and dynamic disks from an array, as the format's description says, no more. */
  private static final class PlainReader {
    private final ByteBuffer file;
    private final ByteBuffer footer;

    PlainReader(byte[] bytes) {
      file = ByteBuffer.wrap(bytes);
      Optional<ByteBuffer> atEnd = usable(bytes, bytes.length - 512);
      footer = atEnd.or(() -> usable(bytes, 0)).orElseThrow();
    }

    /**
     * A footer of another version of the format, of a type that it does not have or of no size is
     * as good as none, though its checksum is right: the copy serves.
     */
    private static Optional<ByteBuffer> usable(byte[] bytes, int at) {
      byte[] raw = Arrays.copyOfRange(bytes, at, at + 512);
      ByteBuffer b = ByteBuffer.wrap(raw);
      boolean possible =
          b.getShort(12) == 1
              && b.getInt(60) >= 2
              && b.getInt(60) <= 4
              && b.getLong(48) > 0
              && b.getLong(48) % 512 == 0;
      return VhdFooter.hasCookie(raw) && VhdFooter.hasGoodChecksum(raw) && possible
          ? Optional.of(b)
          : Optional.empty();
    }

    byte[] read(int sectors) {
      byte[] out = new byte[sectors * 512];
      if (footer.getInt(60) == 2) {
        file.get(0, out);
        return out;
      }
      int header = (int) footer.getLong(16);
      int table = (int) file.getLong(header + 16);
      int perBlock = file.getInt(header + 32) / 512;
      int bitmap = Math.max(512, perBlock / 8);
      for (int i = 0; i < sectors; i++) {
        int entry = file.getInt(table + 4 * (i / perBlock));
        if (entry != -1) {
          int within = i % perBlock;
          if ((file.get(entry * 512 + within / 8) << within % 8 & 0x80) != 0) {
            file.get(entry * 512 + bitmap + within * 512, out, i * 512, 512);
          }
        }
      }
      return out;
    }
  }
}
