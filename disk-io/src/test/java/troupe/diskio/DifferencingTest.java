package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.ImageFile.Access;

class DifferencingTest {
  private static final int SIZE = 8 << 20;

  @TempDir Path folder;

  private static DiskImage open(Path file) throws IOException {
    return ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE);
  }

  private static Path child(Path child, Path parent) throws IOException {
    VhdMaker.differencing(child, parent, ParentSearch.BESIDE_CHILD);
    return child;
  }

  private static String refusal(Path file) {
    String message = assertThrows(ImageException.class, () -> open(file)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  /** Writes at random places in the image and in the model, zeros among them. */
  private static void scribble(DiskImage image, byte[] model, Random random, int writes)
      throws IOException {
    for (int i = 0; i < writes; i++) {
      int count = 1 + random.nextInt(60);
      int sector = random.nextInt(SIZE / 512 - count);
      byte[] data = SampleImages.random(count * 512, random.nextLong());
      if (random.nextInt(3) == 0) {
        Arrays.fill(data, (byte) 0);
      }
      image.write(sector, count, data, 0);
      System.arraycopy(data, 0, model, sector * 512, data.length);
    }
  }

  @Test
  void aChainOfTenIsOneDisk() throws IOException {
    Path file = folder.resolve("0.vhd");
    VhdMaker.dynamic(file, SIZE);
    byte[] model = new byte[SIZE];
    Random random = new Random(5);
    for (int depth = 0; depth <= 10; depth++) {
      byte[] before = depth == 0 ? null : Files.readAllBytes(file);
      Path here = depth == 0 ? file : child(folder.resolve(depth + ".vhd"), file);
      try (DiskImage image = open(here)) {
        assertEquals(List.of(), image.warnings());
        assertArrayEquals(model, SampleImages.all(image), "depth " + depth);
        scribble(image, model, random, 60);
        assertArrayEquals(model, SampleImages.all(image), "depth " + depth);
      }
      try (DiskImage image = open(here)) {
        assertArrayEquals(model, SampleImages.all(image), "depth " + depth + ", again");
      }
      if (depth > 0) {
        assertArrayEquals(before, Files.readAllBytes(file), "the parent is untouched");
      }
      file = here;
    }
    Path whole = folder.resolve("whole.vhd");
    DiskMerge.intoNew(file, whole, DiskKind.DYNAMIC, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
    for (int depth = 10; depth > 0; depth--) {
      file = DiskMerge.intoParent(file, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED).parent();
      assertFalse(Files.exists(folder.resolve(depth + ".vhd")));
    }
    assertEquals(folder.resolve("0.vhd"), file);
    for (Path merged : List.of(whole, file)) {
      try (DiskImage image = open(merged)) {
        assertEquals(ImageFormat.DYNAMIC_VHD, image.format());
        assertArrayEquals(model, SampleImages.all(image), merged.toString());
      }
    }
  }

  @Test
  void rawAndFixedParents() throws IOException {
    byte[] content = SampleImages.random(SIZE, 3);
    Path raw = Files.write(folder.resolve("a.img"), content);
    Path fixed = SampleImages.fixedVhd(folder.resolve("a.vhd"), content);
    for (Path parent : List.of(raw, fixed)) {
      byte[] model = content.clone();
      Path child = child(folder.resolve(parent.getFileName() + ".child.vhd"), parent);
      try (DiskImage image = open(child)) {
        assertEquals(ImageFormat.DIFFERENCING_VHD, image.format());
        scribble(image, model, new Random(1), 30);
      }
      try (DiskImage image = open(child)) {
        assertArrayEquals(model, SampleImages.all(image));
      }
    }
  }

  @Test
  void aParentIsNotWrittenWhileChildrenAreOpen() throws IOException {
    Path parent = folder.resolve("p.vhd");
    VhdMaker.dynamic(parent, SIZE);
    Path a = child(folder.resolve("a.vhd"), parent);
    Path b = child(folder.resolve("b.vhd"), parent);
    try (DiskImage _ = open(a);
        DiskImage _ = open(b)) {
      assertTrue(refusal(parent).contains("in use"));
      assertTrue(refusal(a).contains("in use"));
    }
    open(parent).close();
  }

  @Test
  void movedParentsAreFound() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    Path parent = there.resolve("p.vhd");
    VhdMaker.dynamic(parent, SIZE);
    Path child = child(there.resolve("c.vhd"), parent);
    Path moved = folder.resolve("moved");
    Files.move(there, moved);
    open(moved.resolve("c.vhd")).close();
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.move(moved.resolve("p.vhd"), elsewhere.resolve("p.vhd"));
    String message = refusal(moved.resolve("c.vhd"));
    assertTrue(message.contains("parent disk: not found") && message.contains("p.vhd"), message);
    ImageFile.open(
            moved.resolve("c.vhd"),
            ImageUse.HARD_DISK,
            Access.READ_WRITE,
            new ParentSearch(List.of(elsewhere)))
        .close();
    assertFalse(Files.exists(child));
  }

  @Test
  void anotherParentIsRefusedAndAnOlderOneWarnedOf() throws IOException {
    Path parent = folder.resolve("p.vhd");
    VhdMaker.dynamic(parent, SIZE);
    Path child = child(folder.resolve("c.vhd"), parent);
    Files.setLastModifiedTime(parent, FileTime.fromMillis(1_000_000_000_000L));
    try (DiskImage image = open(child)) {
      assertEquals(1, image.warnings().size());
      assertTrue(image.warnings().getFirst().contains("changed after"));
    }
    Files.delete(parent);
    VhdMaker.dynamic(parent, SIZE);
    assertTrue(refusal(child).contains("another disk"));
  }

  @Test
  void loopsEnd() throws IOException {
    Path a = folder.resolve("a.vhd");
    Path b = folder.resolve("b.vhd");
    VhdMaker.dynamic(a, SIZE);
    child(b, a);
    Files.delete(a);
    Path c = folder.resolve("c.vhd");
    VhdMaker.dynamic(c, SIZE);
    child(a, c);
    Files.delete(c);
    Files.move(b, c);
    assertTrue(refusal(c).startsWith(c.toString()) || refusal(c).startsWith(a.toString()));
  }

  @Test
  void newFilesDoNotTakeThePlaceOfOthers() throws IOException {
    Path file = Files.write(folder.resolve("a.vhd"), new byte[5]);
    assertThrows(ImageException.class, () -> VhdMaker.dynamic(file, SIZE));
    assertEquals(5, Files.size(file));
    assertThrows(
        ImageException.class, () -> VhdMaker.dynamic(folder.resolve("b.vhd"), (2040L << 30) + 512));
    assertFalse(Files.exists(folder.resolve("b.vhd")));
  }

  /** The last sector of the largest disk, through one of each kind. */
  @Test
  void largestDisks() throws IOException {
    long size = VhdMaker.MOST_BYTES;
    Path dynamic = folder.resolve("d.vhd");
    VhdMaker.dynamic(dynamic, size);
    Path child = child(folder.resolve("c.vhd"), dynamic);
    byte[] sector = SampleImages.random(512, 8);
    byte[] read = new byte[512];
    try (DiskImage image = open(child)) {
      assertEquals(size / 512, image.sectors());
      assertEquals(size / 512, image.nextData(0));
      image.write(size / 512 - 1, 1, sector, 0);
      assertEquals(size / 512 - 4096, image.nextData(0));
    }
    try (DiskImage image = open(child)) {
      image.read(size / 512 - 1, 1, read, 0);
      assertArrayEquals(sector, read);
    }
    assertTrue(Files.size(child) < 8 << 20);
  }
}
