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

/** The jobs on whole disks: none loses or invents a sector. */
class DiskToolsTest {
  private static final int SIZE = 10 << 20;

  @TempDir Path folder;

  private static DiskImage open(Path file) throws IOException {
    return ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_WRITE);
  }

  private static byte[] content(Path file) throws IOException {
    try (DiskImage image =
        ImageFile.open(file, ImageUse.HARD_DISK, Access.READ_ONLY, ParentSearch.BESIDE_CHILD)) {
      return SampleImages.all(image);
    }
  }

  private static void scribble(Path file, byte[] model, Random random, int writes)
      throws IOException {
    try (DiskImage image = open(file)) {
      for (int i = 0; i < writes; i++) {
        int count = 1 + random.nextInt(100);
        int sector = random.nextInt(model.length / 512 - count);
        byte[] data = SampleImages.random(count * 512, random.nextLong());
        if (random.nextInt(3) == 0) {
          Arrays.fill(data, (byte) 0);
        }
        image.write(sector, count, data, 0);
        System.arraycopy(data, 0, model, sector * 512, data.length);
      }
    }
  }

  private Path scribbledDynamic(String name, byte[] model, long seed) throws IOException {
    Path file = folder.resolve(name);
    VhdMaker.dynamic(file, model.length);
    scribble(file, model, new Random(seed), 20);
    return file;
  }

  private static Path child(Path child, Path parent) throws IOException {
    VhdMaker.differencing(child, parent, ParentSearch.BESIDE_CHILD);
    return child;
  }

  private static void convert(Path from, Path to, DiskKind kind) throws IOException {
    DiskConversion.convert(from, to, kind, true, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
  }

  private static void checkIsClean(Path file) throws IOException {
    ImageCheck.Report report = ImageCheck.check(file, false, ParentSearch.BESIDE_CHILD);
    assertFalse(report.damaged(), report.findings().toString());
  }

  @Test
  void everyKindIntoEveryKind() throws IOException {
    byte[] model = new byte[SIZE + 512 * 3];
    Path base = scribbledDynamic("base.vhd", model, 1);
    Path child = child(folder.resolve("child.vhd"), base);
    scribble(child, model, new Random(2), 20);
    Path before = child;
    int number = 0;
    for (int round = 0; round < 3; round++) {
      for (DiskKind kind : DiskKind.values()) {
        Path next = folder.resolve(number++ + (kind == DiskKind.RAW ? ".img" : ".vhd"));
        convert(before, next, kind);
        assertArrayEquals(model, content(next), before + " to " + next);
        checkIsClean(next);
        before = round == 1 ? child : next;
      }
    }
    ImageException e = assertThrows(ImageException.class, () -> convert(child, base, DiskKind.RAW));
    assertTrue(e.getMessage().contains("is there already"), e.getMessage());
    try (var files = Files.list(folder)) {
      assertTrue(files.noneMatch(f -> f.toString().endsWith(".part")));
    }
  }

  @Test
  void conversionLeavesOutZerosAndHoles() throws IOException {
    Path raw = folder.resolve("a.img");
    try (var file = new java.io.RandomAccessFile(raw.toFile(), "rw")) {
      file.setLength(3L << 30);
      file.seek(2L << 30);
      file.write(SampleImages.random(512, 1));
    }
    Path dynamic = folder.resolve("a.vhd");
    convert(raw, dynamic, DiskKind.DYNAMIC);
    assertEquals(1, DiskInfo.of(dynamic, ParentSearch.BESIDE_CHILD).blocks().get().present());
    Path back = folder.resolve("b.img");
    convert(dynamic, back, DiskKind.RAW);
    assertEquals(-1, Files.mismatch(raw, back));
    assertTrue(DiskInfo.of(back, ParentSearch.BESIDE_CHILD).hostBytes() <= 2 << 20);
  }

  /** More than is put on stable storage at once. */
  @Test
  void conversionOfMuchDataKeepsAllOfIt() throws IOException {
    Path raw = Files.write(folder.resolve("a.img"), SampleImages.random(80 << 20, 1));
    Path dynamic = folder.resolve("a.vhd");
    convert(raw, dynamic, DiskKind.DYNAMIC);
    Path back = folder.resolve("b.img");
    convert(dynamic, back, DiskKind.RAW);
    assertEquals(-1, Files.mismatch(raw, back));
  }

  @Test
  void fixedDisksHaveAllTheirRoomUnlessTheyAreToBeSparse() throws Exception {
    Path raw = Files.write(folder.resolve("a.img"), new byte[16 << 20]);
    try (var file = new java.io.RandomAccessFile(raw.toFile(), "rw")) {
      file.seek(5 << 20);
      file.write(SampleImages.random(512, 1));
    }
    for (boolean layOut : new boolean[] {true, false}) {
      Path made = folder.resolve("made-" + layOut);
      VhdMaker.fixed(made, 16 << 20, layOut, DiskJob.UNWATCHED);
      assertEquals(layOut, OutsideTools.room(made) >= 16 << 20);
      assertEquals(
          OutsideTools.room(made), DiskInfo.of(made, ParentSearch.BESIDE_CHILD).hostBytes());
      Path converted = folder.resolve("converted-" + layOut);
      DiskConversion.convert(
          made,
          folder.resolve("again-" + layOut),
          DiskKind.FIXED,
          layOut,
          ParentSearch.BESIDE_CHILD,
          DiskJob.UNWATCHED);
      assertEquals(layOut, OutsideTools.room(folder.resolve("again-" + layOut)) >= 16 << 20);
      DiskConversion.convert(
          raw, converted, DiskKind.FIXED, layOut, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
      assertArrayEquals(content(raw), content(converted));
      assertArrayEquals(new byte[16 << 20], content(made));
    }
  }

  @Test
  void aStoppedConversionLeavesNothing() throws IOException {
    Path from = scribbledDynamic("a.vhd", new byte[SIZE], 3);
    for (DiskKind kind : DiskKind.values()) {
      Path to = folder.resolve("b");
      assertThrows(
          DiskJob.Cancelled.class,
          () ->
              DiskConversion.convert(
                  from,
                  to,
                  kind,
                  true,
                  ParentSearch.BESIDE_CHILD,
                  (_, _) -> {
                    throw new DiskJob.Cancelled();
                  }));
      try (var files = Files.list(folder)) {
        assertEquals(List.of(from), files.toList());
      }
    }
  }

  @Test
  void mergeAndCommitPreserveEverySector() throws IOException {
    for (int round = 0; round < 6; round++) {
      byte[] model = new byte[SIZE];
      Path here = Files.createDirectory(folder.resolve("round" + round));
      Random random = new Random(round);
      Path base = here.resolve("base");
      switch (round % 3) {
        case 0 -> Files.write(base, model);
        case 1 -> VhdMaker.fixed(base, SIZE, false, DiskJob.UNWATCHED);
        default -> VhdMaker.dynamic(base, SIZE);
      }
      scribble(base, model, random, 15);
      Path a = child(here.resolve("a.vhd"), base);
      scribble(a, model, random, 15);
      Path b = child(here.resolve("b.vhd"), a);
      scribble(b, model, random, 15);
      Path whole = here.resolve("whole.vhd");
      DiskMerge.intoNew(b, whole, DiskKind.DYNAMIC, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
      assertArrayEquals(model, content(whole));
      // The middle one into the base: b fits the base then.
      DiskMerge.Merged merged =
          DiskMerge.intoParent(a, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
      assertEquals(base, merged.parent());
      assertFalse(Files.exists(a));
      if (round % 3 == 0) {
        continue; // A raw disk has no identifier that b could know it by.
      }
      ParentAttachment.attach(b, base, ParentSearch.BESIDE_CHILD);
      assertArrayEquals(model, content(b));
      checkIsClean(b);
      DiskMerge.intoParent(b, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
      assertArrayEquals(model, content(base));
      checkIsClean(base);
    }
  }

  @Test
  void aMergeThatStopsCanBeRepeated() throws IOException {
    byte[] model = new byte[SIZE];
    Path base = scribbledDynamic("base.vhd", model, 5);
    Path sibling = child(folder.resolve("sibling.vhd"), base);
    Path child = child(folder.resolve("child.vhd"), base);
    scribble(child, model, new Random(6), 40);
    assertThrows(
        DiskJob.Cancelled.class,
        () ->
            DiskMerge.intoParent(
                child,
                ParentSearch.BESIDE_CHILD,
                (done, all) -> {
                  if (done > all / 2) {
                    throw new DiskJob.Cancelled();
                  }
                }));
    assertArrayEquals(model, content(child));
    ImageException e = assertThrows(ImageException.class, () -> open(sibling));
    assertTrue(e.getMessage().contains("behind the child's back"), e.getMessage());
    DiskMerge.Merged merged =
        DiskMerge.intoParent(child, ParentSearch.BESIDE_CHILD, DiskJob.UNWATCHED);
    assertTrue(merged.warnings().getFirst().contains("repeat it"));
    assertArrayEquals(model, content(base));
  }

  @Test
  void discardBringsBackTheExactBytes() throws IOException {
    Path base = scribbledDynamic("base.vhd", new byte[SIZE], 7);
    byte[] before = Files.readAllBytes(base);
    FileTime time = Files.getLastModifiedTime(base);
    Path child = child(folder.resolve("child.vud"), base);
    scribble(child, new byte[SIZE], new Random(8), 40);
    DiskMerge.discard(child);
    assertFalse(Files.exists(child));
    assertArrayEquals(before, Files.readAllBytes(base));
    assertEquals(time, Files.getLastModifiedTime(base));
    assertThrows(ImageException.class, () -> DiskMerge.discard(base));
    assertTrue(Files.exists(base));
  }

  @Test
  void compaction() throws IOException {
    byte[] model = new byte[SIZE];
    Path base = scribbledDynamic("base.vhd", model, 9);
    Path child = child(folder.resolve("child.vhd"), base);
    byte[] childModel = model.clone();
    scribble(child, childModel, new Random(10), 8);
    try (DiskImage image = open(base)) {
      image.write(0, 8192, new byte[4 << 20], 0);
    }
    Arrays.fill(model, 0, 4 << 20, (byte) 0);
    byte[] read = content(child);
    FileTime time = Files.getLastModifiedTime(base);
    long before = Files.size(base);
    assertTrue(DiskCompaction.compact(base, DiskJob.UNWATCHED) >= 2 << 20);
    assertTrue(Files.size(base) < before);
    assertEquals(time, Files.getLastModifiedTime(base));
    assertArrayEquals(model, content(base));
    assertArrayEquals(read, content(child), "the child still knows its parent");
    assertEquals(0, DiskCompaction.compact(child, DiskJob.UNWATCHED));
    assertArrayEquals(read, content(child));
    checkIsClean(base);
    checkIsClean(child);
  }

  @Test
  void resizing() throws IOException {
    for (DiskKind kind : DiskKind.values()) {
      byte[] model = new byte[SIZE];
      Path made = scribbledDynamic("made" + kind, model, 11);
      Path file = folder.resolve("resized" + kind);
      convert(made, file, kind);
      long large = 700L << 20;
      DiskResize.resize(file, large, DiskJob.UNWATCHED);
      byte[] tail = SampleImages.random(512, 12);
      try (DiskImage image = open(file)) {
        assertEquals(large / 512, image.sectors());
        byte[] all = new byte[SIZE];
        image.read(0, SIZE / 512, all, 0);
        assertArrayEquals(model, all);
        byte[] rest = new byte[8 << 20];
        image.read(SIZE / 512, rest.length / 512, rest, 0);
        assertTrue(Zeros.all(rest, 0, rest.length), kind.name());
        image.write(large / 512 - 1, 1, tail, 0);
      }
      checkIsClean(file);
      ImageException e =
          assertThrows(
              ImageException.class, () -> DiskResize.resize(file, SIZE, DiskJob.UNWATCHED));
      assertTrue(e.getMessage().contains("there is data past"), e.getMessage());
      try (DiskImage image = open(file)) {
        image.write(large / 512 - 1, 1, new byte[512], 0);
      }
      DiskResize.resize(file, SIZE, DiskJob.UNWATCHED);
      assertArrayEquals(model, content(file));
      checkIsClean(file);
    }
  }

  @Test
  void attaching() throws IOException {
    byte[] model = new byte[SIZE];
    Path base = scribbledDynamic("base.vhd", model, 13);
    Path child = child(folder.resolve("child.vhd"), base);
    scribble(child, model, new Random(1), 10);
    Path elsewhere = Files.createDirectories(folder.resolve("a/b/a folder with a long name"));
    Path moved = Files.move(base, elsewhere.resolve("moved.vhd"));
    assertThrows(ImageException.class, () -> open(child));
    Path stranger = scribbledDynamic("stranger.vhd", new byte[SIZE], 14);
    ImageException e =
        assertThrows(
            ImageException.class,
            () -> ParentAttachment.attach(child, stranger, ParentSearch.BESIDE_CHILD));
    assertTrue(e.getMessage().contains("was made from"), e.getMessage());
    ParentAttachment.attach(child, moved, ParentSearch.BESIDE_CHILD);
    assertArrayEquals(model, content(child));
    try (DiskImage image = open(child)) {
      assertEquals(List.of(), image.warnings());
    }
    checkIsClean(child);
  }

  @Test
  void linkedDisks() throws IOException {
    byte[] model = SampleImages.random(SIZE, 1);
    Path raw = Files.write(folder.resolve("disk.img"), model);
    Path link = folder.resolve("link");
    LinkedDisk.create(link, raw);
    assertArrayEquals(model, content(link));
    scribble(link, model, new Random(3), 5);
    assertArrayEquals(model, Files.readAllBytes(raw));
    Path dynamic = folder.resolve("d.vhd");
    convert(link, dynamic, DiskKind.DYNAMIC);
    assertArrayEquals(model, content(dynamic));
    assertThrows(
        ImageException.class,
        () -> LinkedDisk.create(folder.resolve("l2"), folder.resolve("nothing")));
  }
}
