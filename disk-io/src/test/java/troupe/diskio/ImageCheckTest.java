package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.ImageCheck.Finding;
import troupe.diskio.ImageCheck.Verdict;

/** Damage is found, what can be repaired is, and what cannot is named. */
class ImageCheckTest {
  private static final int BLOCK = 1 << 16;
  private static final int SIZE = 1 << 20;
  private static final int TABLE = 1536;

  @TempDir Path folder;
  private Path file;
  private byte[] good;
  private byte[] model;

  private interface Damage {
    byte[] to(ByteBuffer bytes);
  }

  private static ImageCheck.Report check(Path file, boolean repair) throws IOException {
    return ImageCheck.check(file, repair, ParentSearch.BESIDE_CHILD);
  }

  /** A disk with blocks 0 to 3. */
  private void make() throws IOException {
    file = folder.resolve("a.vhd");
    SampleImages.dynamicVhd(file, SIZE, BLOCK);
    model = new byte[SIZE];
    System.arraycopy(SampleImages.random(4 * BLOCK, 1), 0, model, 0, 4 * BLOCK);
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      image.write(0, 4 * BLOCK / 512, model, 0);
    }
    good = Files.readAllBytes(file);
  }

  /** Damages the disk, checks that it is found, repairs it; what the disk reads as then. */
  private byte[] repaired(int findings, String text, Damage damage) throws IOException {
    if (good == null) {
      make();
    }
    Files.write(file, damage.to(ByteBuffer.wrap(good.clone())));
    byte[] damaged = Files.readAllBytes(file);
    ImageCheck.Report found = check(file, false);
    assertArrayEquals(damaged, Files.readAllBytes(file), "a check writes nothing");
    assertTrue(found.damaged());
    List<Finding> bad =
        found.findings().stream().filter(f -> f.verdict() == Verdict.REPAIRABLE).toList();
    assertEquals(findings, bad.size(), found.findings().toString());
    assertTrue(bad.getFirst().text().contains(text), found.findings().toString());
    ImageCheck.Report repaired = check(file, true);
    assertFalse(repaired.damaged(), repaired.findings().toString());
    ImageCheck.Report again = check(file, false);
    assertTrue(
        again.findings().stream().allMatch(f -> f.verdict() == Verdict.NOTE),
        again.findings().toString());
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      assertEquals(List.of(), image.warnings());
      return SampleImages.all(image);
    }
  }

  @Test
  void soundDisksHaveNoFindings() throws IOException {
    make();
    assertEquals(List.of(), check(file, false).findings());
    assertEquals(List.of(), check(file, true).findings());
    assertArrayEquals(good, Files.readAllBytes(file));
  }

  @Test
  void footers() throws IOException {
    assertArrayEquals(
        model(), repaired(1, "lost", b -> Arrays.copyOf(b.array(), b.capacity() - 512)));
    assertArrayEquals(model, repaired(1, "differs", b -> b.put(3, (byte) 0).array()));
    assertArrayEquals(
        model, repaired(1, "lost", b -> b.put(b.capacity() - 512 + 65, (byte) 0).array()));
    assertArrayEquals(
        model,
        repaired(
            2, "lost", b -> b.put(b.capacity() - 512 + 65, (byte) 0).put(65, (byte) 0).array()));
  }

  @Test
  void headerChecksum() throws IOException {
    assertArrayEquals(model(), repaired(1, "checksum", b -> b.put(512 + 37, (byte) 9).array()));
  }

  private byte[] model() throws IOException {
    make();
    return model;
  }

  @Test
  void entries() throws IOException {
    byte[] past = model().clone();
    Arrays.fill(past, BLOCK, 2 * BLOCK, (byte) 0);
    assertArrayEquals(past, repaired(1, "past the end", b -> b.putInt(TABLE + 4, 1 << 24).array()));
    assertArrayEquals(past, repaired(1, "structures", b -> b.putInt(TABLE + 4, 1).array()));
    byte[] twin = model.clone();
    System.arraycopy(model, 0, twin, BLOCK, BLOCK);
    assertArrayEquals(
        twin, repaired(1, "lies over", b -> b.putInt(TABLE + 4, b.getInt(TABLE)).array()));
  }

  @Test
  void truncated() throws IOException {
    byte[] cut = model().clone();
    Arrays.fill(cut, 4 * BLOCK - 4096, 4 * BLOCK, (byte) 0);
    assertArrayEquals(
        cut, repaired(2, "lost", b -> Arrays.copyOf(b.array(), b.capacity() - 512 - 4096)));
  }

  @Test
  void whatCannotBeRepairedIsNamed() throws IOException {
    make();
    byte[] bad = good.clone();
    bad[512] = 0;
    Files.write(file, bad);
    ImageCheck.Report report = check(file, true);
    assertTrue(report.damaged());
    assertEquals(Verdict.LASTING, report.findings().getFirst().verdict());
    assertTrue(report.findings().getFirst().place().contains("header"));
    assertArrayEquals(bad, Files.readAllBytes(file));
    Arrays.fill(bad, 0, 512, (byte) 0);
    Arrays.fill(bad, bad.length - 512, bad.length, (byte) 0);
    Files.write(file, bad);
    assertTrue(check(file, true).findings().getFirst().text().contains("neither"));
  }

  @Test
  void fixedDisks() throws IOException {
    byte[] content = SampleImages.random(SIZE, 2);
    file = SampleImages.fixedVhd(folder.resolve("f.vhd"), content);
    good = Files.readAllBytes(file);
    model = content;
    assertArrayEquals(content, repaired(1, "checksum", b -> b.put(SIZE + 65, (byte) 0).array()));
  }

  @Test
  void aLostParentIsNamed() throws IOException {
    make();
    Path child = folder.resolve("c.vhd");
    VhdMaker.differencing(child, file, ParentSearch.BESIDE_CHILD);
    assertFalse(check(child, false).damaged());
    Files.delete(file);
    ImageCheck.Report report = check(child, true);
    assertEquals("parent disk", report.findings().getFirst().place());
    assertTrue(report.damaged());
  }
}
