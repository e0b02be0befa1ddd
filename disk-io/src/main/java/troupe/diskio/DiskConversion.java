package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Makes a disk of another kind from a disk, and small ones from large ones. */
public final class DiskConversion {
  private static final int SECTOR = 512;

  private DiskConversion() {}

  /**
   * Makes {@code to}, which must not be there, of all that {@code from} and its parents have.
   *
   * @param layOut whether a fixed disk gets room for zeros too
   * @throws ImageException if that cannot be
   * @throws DiskJob.Cancelled if {@code job} says so; {@code to} is not there then
   */
  public static void convert(
      Path from, Path to, DiskKind kind, boolean layOut, ParentSearch search, DiskJob job)
      throws IOException {
    Optional<String> foreign = foreign(from);
    if (foreign.isPresent()) {
      convertForeign(from, foreign.get(), to, kind, layOut, job);
      return;
    }
    try (MappedImage source = source(from, search)) {
      convert(source, to, kind, layOut, job);
    }
  }

  private static Optional<String> foreign(Path from) throws IOException {
    ImageBytes bytes = ImageFile.openBytes(from, ImageFile.Access.READ_ONLY);
    try {
      return ForeignImage.format(bytes);
    } finally {
      bytes.close();
    }
  }

  /** By way of a raw image beside the new disk. */
  private static void convertForeign(
      Path from, String format, Path to, DiskKind kind, boolean layOut, DiskJob job)
      throws IOException {
    if (Files.exists(to)) {
      throw new ImageException(to, "is there already");
    }
    Path raw = to.resolveSibling(to.getFileName() + ".import.raw");
    try {
      ForeignImage.toRaw(from, format, raw, (done, all) -> job.done(done, all * 2));
      try (MappedImage source = source(raw, ParentSearch.BESIDE_CHILD)) {
        convert(source, to, kind, layOut, (done, all) -> job.done(all + done, all * 2));
      }
    } finally {
      Files.deleteIfExists(raw);
    }
  }

  static MappedImage source(Path from, ParentSearch search) throws ImageException {
    return (MappedImage)
        ImageFile.open(from, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY, search);
  }

  static void convert(MappedImage source, Path to, DiskKind kind, boolean layOut, DiskJob job)
      throws IOException {
    long size = source.sectors() * SECTOR;
    VhdMaker.make(
        to,
        made -> {
          switch (kind) {
            case RAW -> {
              refuseDisguise(source, to);
              DiskCopy.copy(source, DiskCopy.flat(made), job);
              extend(made.bytes(), size);
            }
            case FIXED -> {
              VhdMaker.checkSize(to, size);
              if (layOut) {
                VhdMaker.layOut(made, size, (_, _) -> job.done(0, size));
              }
              DiskCopy.copy(source, DiskCopy.flat(made), job);
              made.bytes()
                  .write(size, footer(source, VhdFooter.DiskType.FIXED).toBytes(), 0, SECTOR);
            }
            case DYNAMIC -> {
              VhdMaker.checkSize(to, size);
              int block = VhdDynamicHeader.USUAL_BLOCK;
              long table = VhdFooter.BYTES + VhdDynamicHeader.BYTES;
              VhdDynamicHeader header =
                  VhdDynamicHeader.ofDynamic(table, (int) ((size + block - 1) / block), block);
              DiskCopy.Blocks blocks =
                  new DiskCopy.Blocks(made, header, table + header.tableBytes());
              DiskCopy.copy(source, blocks, job);
              blocks.finish(footer(source, VhdFooter.DiskType.DYNAMIC));
            }
          }
        });
  }

  /** A new disk, but with the geometry that its guest knows. */
  private static VhdFooter footer(DiskImage source, VhdFooter.DiskType type) {
    VhdFooter footer = VhdFooter.create(type, source.sectors() * SECTOR, VhdMaker.now());
    return source.geometry().map(footer::withGeometry).orElse(footer);
  }

  private static void extend(ImageBytes bytes, long size) throws IOException {
    if (bytes.size() < size) {
      bytes.write(size - 1, ByteBuffer.allocate(1));
    }
  }

  /** A raw image whose content looks as a VHD would be opened as one. */
  private static void refuseDisguise(MappedImage source, Path to) throws IOException {
    byte[] sector = new byte[SECTOR];
    for (long at : new long[] {0, source.sectors() - 1}) {
      source.read(at, 1, sector, 0);
      if (VhdFooter.hasCookie(sector)) {
        throw new ImageException(
            to, "sector " + at, "looks like a VHD's, so the disk cannot be a raw image");
      }
    }
  }
}
