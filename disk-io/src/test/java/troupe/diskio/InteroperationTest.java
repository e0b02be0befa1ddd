package troupe.diskio;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * QEMU's tools and libvhdi read what we write, and we read what they write, sector for sector after
 * random writes. libvhdi writes nothing; QEMU knows no differencing disks.
 */
class InteroperationTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final int WRITES = 1000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {MIB})
  void inBothDirections(long bytes) throws Exception {
    fixedAndDynamic(bytes);
  }

  /** On a disk that the writes do not fill, so that many runs in the bitmaps end anywhere. */
  @ParameterizedTest
  @ValueSource(longs = {37 * MIB + 512})
  void chains(long bytes) throws Exception {
    differencing(bytes);
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(
      longs = {
        2 * MIB + 512,
        16 * MIB - 512,
        37 * MIB + 512,
        127 * MIB,
        504 * MIB,
        528_482_304L,
        2 * GIB + 512,
        3 * GIB,
        8 * GIB - 512,
        32 * GIB,
        65_535L * 16 * 255 * 512,
        128 * GIB,
        500 * GIB,
        1024 * GIB + 512,
        2040 * GIB
      })
  void ofAllSizes(long bytes) throws Exception {
    fixedAndDynamic(bytes);
    differencing(bytes);
  }

  private void fixedAndDynamic(long bytes) throws Exception {
    for (DiskKind kind : List.of(DiskKind.FIXED, DiskKind.DYNAMIC)) {
      ours(bytes, kind);
      theirs(bytes, kind);
    }
  }

  private void ours(long bytes, DiskKind kind) throws Exception {
    Random random = new Random(bytes + kind.ordinal());
    Path disk = folder.resolve("ours.vhd");
    Path back = folder.resolve("back.img");
    switch (kind) {
      case FIXED -> VhdMaker.fixed(disk, bytes, false, DiskJob.UNWATCHED);
      case DYNAMIC -> VhdMaker.dynamic(disk, bytes);
      case RAW -> throw new IllegalArgumentException("no VHD");
    }
    try (ModelDisk model = new ModelDisk(folder.resolve("model.img"), bytes / 512, random)) {
      model.scribble(disk, random, WRITES);
      String content = ModelDisk.content(model.file());
      assertEquals(content, ModelDisk.content(disk));
      assumeTrue(OutsideTools.haveQemu(), "QEMU's tools are not installed");
      OutsideTools.qemuImg("convert", "-f", "vpc", "-O", "raw", disk, back);
      assertEquals(content, ModelDisk.content(back), "read by QEMU");
      assumeTrue(OutsideTools.haveLibvhdi(), "libvhdi is not installed");
      assertEquals(
          model.sizeAndRanges(), OutsideTools.libvhdi(List.of(disk), model.ranges(), folder));
    } finally {
      delete("ours.vhd", "back.img", "model.img");
    }
  }

  private void theirs(long bytes, DiskKind kind) throws Exception {
    assumeTrue(OutsideTools.haveQemu(), "QEMU's tools are not installed");
    Random random = new Random(bytes - kind.ordinal());
    Path disk = folder.resolve("theirs.vhd");
    Path rounded = folder.resolve("rounded.vhd");
    Path back = folder.resolve("back.img");
    String subformat = "subformat=" + (kind == DiskKind.FIXED ? "fixed" : "dynamic");
    OutsideTools.qemuImg("create", "-f", "vpc", "-o", subformat + ",force_size=on", disk, bytes);
    try (ModelDisk model = new ModelDisk(folder.resolve("model.img"), bytes / 512, random)) {
      List<String> commands = new ArrayList<>();
      for (int i = 0; i < WRITES; i++) {
        ModelDisk.Write write = model.next(random, true);
        commands.add(
            "write -q -P %d %d %d"
                .formatted(write.fill(), write.sector() * 512, write.count() * 512));
      }
      OutsideTools.qemuIo(disk, commands);
      assertEquals(ModelDisk.content(model.file()), ModelDisk.content(disk), "written by QEMU");
      model.scribble(disk, random, WRITES);
      OutsideTools.qemuImg("convert", "-f", "vpc", "-O", "raw", disk, back);
      assertEquals(ModelDisk.content(model.file()), ModelDisk.content(back), "written by both");
      // Where QEMU chooses the size by the geometry, ours for this size is the same.
      if (bytes <= 65_535L * 16 * 255 * 512) {
        OutsideTools.qemuImg("create", "-f", "vpc", "-o", subformat, rounded, bytes);
        long sectors;
        try (DiskImage image =
            ImageFile.open(rounded, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
          sectors = image.sectors();
          assertEquals(ImageGeometry.ofVhd(sectors), image.geometry().orElseThrow());
        }
        String info = OutsideTools.qemuImg("info", "-f", "vpc", "--output=json", rounded);
        assertTrue(info.contains("\"virtual-size\": " + sectors * 512), info);
      }
    } finally {
      delete("theirs.vhd", "rounded.vhd", "back.img", "model.img");
    }
  }

  private void differencing(long bytes) throws Exception {
    assumeTrue(OutsideTools.haveLibvhdi(), "libvhdi is not installed");
    Random random = new Random(bytes);
    List<Path> chain = new ArrayList<>();
    try (ModelDisk model = new ModelDisk(folder.resolve("model.img"), bytes / 512, random)) {
      for (int depth = 0; depth < 4; depth++) {
        Path disk = folder.resolve(depth + ".vhd");
        if (depth == 0) {
          VhdMaker.dynamic(disk, bytes);
        } else {
          VhdMaker.differencing(disk, chain.getFirst(), ParentSearch.BESIDE_CHILD);
        }
        chain.addFirst(disk);
        model.scribble(disk, random, WRITES);
        assertEquals(ModelDisk.content(model.file()), ModelDisk.content(disk));
        assertEquals(
            model.sizeAndRanges(),
            OutsideTools.libvhdi(chain, model.ranges(), folder),
            "read by libvhdi, depth " + depth);
      }
    } finally {
      delete("0.vhd", "1.vhd", "2.vhd", "3.vhd", "model.img");
    }
  }

  private void delete(String... files) throws IOException {
    for (String file : files) {
      Files.deleteIfExists(folder.resolve(file));
    }
  }
}
