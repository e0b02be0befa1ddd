package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;

/** Makes disks larger, and smaller where nothing is lost by that. */
public final class DiskResize {
  private static final int SECTOR = 512;
  private static final int CHUNK = 1 << 20;

  private DiskResize() {}

  /**
   * Gives the disk {@code size} bytes. A crash at any moment leaves the old disk or the new one; an
   * old fixed one may then have something in a sector past the end that it was to get.
   *
   * @throws ImageException if it is in use, is a differencing disk, or has something past {@code
   *     size}
   */
  public static void resize(Path file, long size, DiskJob job) throws IOException {
    VhdMaker.checkSize(file, size);
    try (DiskImage image = ImageFile.open(file, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      requireEmpty(image, size, job);
      switch (image) {
        case SparseVhdImage sparse -> sparse(sparse, size);
        case FlatImage flat -> flat.resize(size);
        default -> throw new IllegalStateException("no kind of disk that can be resized");
      }
    }
  }

  /** What is past {@code size} must be zeros. */
  private static void requireEmpty(DiskImage image, long size, DiskJob job) throws IOException {
    byte[] buffer = new byte[CHUNK];
    long sectors = image.sectors();
    long at = image.nextData(Math.min(size / SECTOR, sectors));
    while (at < sectors) {
      int count = (int) Math.min(CHUNK / SECTOR, sectors - at);
      image.read(at, count, buffer, 0);
      if (!Zeros.all(buffer, 0, count * SECTOR)) {
        throw new ImageException(
            image.path(),
            "there is data past byte %d, so the disk cannot be made so small".formatted(size));
      }
      job.done((at - size / SECTOR) * SECTOR, sectors * SECTOR - size);
      at = image.nextData(at + count);
    }
  }

  private static void sparse(SparseVhdImage image, long size) throws IOException {
    if (image.footer().type() == VhdFooter.DiskType.DIFFERENCING) {
      throw new ImageException(
          image.path(), "a differencing disk has the size of its parent; merge them first");
    }
    VhdDynamicHeader header = image.header();
    int blocks = (int) ((size + header.blockBytes() - 1) / header.blockBytes());
    VhdFooter footer = image.footer().withSize(size);
    if (blocks <= header.tableEntries()) {
      image.table().removeFrom(blocks);
      image.table().write(image.bytes());
      image.rewrite(footer);
      return;
    }
    // The larger table comes after the blocks; the old one is in use until the header says so.
    ImageBytes bytes = image.bytes();
    VhdDynamicHeader larger = header.withTable(image.end(), blocks);
    long end = image.end() + larger.tableBytes();
    bytes.write(end, image.footer().toBytes(), 0, VhdFooter.BYTES);
    image.table().moved(larger).writeAll(bytes);
    bytes.force();
    bytes.write(image.footer().dataOffset(), larger.toBytes(), 0, VhdDynamicHeader.BYTES);
    bytes.force();
    bytes.write(end, footer.toBytes(), 0, VhdFooter.BYTES);
    bytes.write(0, footer.toBytes(), 0, VhdFooter.BYTES);
    bytes.force();
  }
}
