package troupe.diskio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Puts what a differencing disk has into its parent, or what both have into a new disk. */
public final class DiskMerge {
  private static final int SECTOR = 512;
  private static final int CHUNK = 2 << 20;

  private DiskMerge() {}

  /**
   * What came of it.
   *
   * @param parent which has everything now
   */
  public record Merged(Path parent, List<String> warnings) {}

  /**
   * Writes the sectors of {@code child} to its parent, then deletes the child. The parent takes the
   * child's identifier before anything in it changes: the child's own children fit it then, and
   * other children of the parent, which would be wrong, do not any more. A job that stops halfway
   * can be repeated, and the child reads as before until then.
   *
   * @throws ImageException if one of them is in use, or the parent is not there
   */
  public static Merged intoParent(Path child, ParentSearch search, DiskJob job) throws IOException {
    Merged merged;
    try (SparseVhdImage source = VhdOpening.alone(child, ImageFile.Access.READ_WRITE)) {
      requireChild(source);
      Merged found = parent(source, search);
      try (DiskImage parent =
          ImageFile.open(found.parent, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE, search)) {
        if (parent.sectors() < source.sectors()) {
          throw new ImageException(
              child, "has %d sectors, more than its parent".formatted(source.sectors()));
        }
        identify(parent, source.footer());
        copy(source, parent, job);
        parent.flush();
      }
      merged = found;
    }
    Files.delete(child);
    return merged;
  }

  /**
   * Makes {@code to} of {@code child} and all its parents, which stay.
   *
   * @throws ImageException if the child is none, or its parents are not there
   */
  public static void intoNew(Path child, Path to, DiskKind kind, ParentSearch search, DiskJob job)
      throws IOException {
    try (MappedImage source = DiskConversion.source(child, search)) {
      if (source.format() != ImageFormat.DIFFERENCING_VHD) {
        throw new ImageException(child, "is no differencing disk, so there is nothing to merge");
      }
      DiskConversion.convert(source, to, kind, kind == DiskKind.FIXED, job);
    }
  }

  /**
   * Deletes a differencing disk that nobody uses.
   *
   * @throws ImageException if it is none, or is in use
   */
  public static void discard(Path child) throws IOException {
    try (SparseVhdImage source = VhdOpening.alone(child, ImageFile.Access.READ_WRITE)) {
      requireChild(source);
      Files.delete(child);
    }
  }

  private static void requireChild(SparseVhdImage image) throws ImageException {
    if (image.footer().type() != VhdFooter.DiskType.DIFFERENCING) {
      throw new ImageException(image.path(), "is no differencing disk");
    }
  }

  private static Merged parent(SparseVhdImage child, ParentSearch search) throws IOException {
    VhdChain.Link link = VhdChain.open(child.bytes(), child.footer(), child.header(), search, 0);
    try (DiskImage parent = link.parent()) {
      List<String> warnings = new ArrayList<>(link.warnings());
      warnings.addAll(parent.warnings());
      return new Merged(parent.path(), List.copyOf(warnings));
    }
  }

  private static void identify(DiskImage parent, VhdFooter child) throws IOException {
    switch (parent) {
      case SparseVhdImage sparse -> sparse.rewrite(sparse.footer().withUniqueId(child.uniqueId()));
      case FlatImage flat -> {
        if (flat.footer().isPresent()) {
          flat.rewrite(flat.footer().get().withUniqueId(child.uniqueId()));
        }
      }
      default -> throw new IllegalStateException(parent + " is of no kind that can be a parent");
    }
  }

  private static void copy(SparseVhdImage child, DiskImage parent, DiskJob job) throws IOException {
    byte[] buffer = new byte[CHUNK];
    long sectors = child.sectors();
    VhdBlockTable table = child.table();
    long perBlock = child.header().blockBytes() / SECTOR;
    for (int b = table.nextPresent(0); b < table.blocks(); b = table.nextPresent(b + 1)) {
      long end = Math.min(sectors, (b + 1) * perBlock);
      for (long at = b * perBlock; at < end; ) {
        int run = child.ownRun(at, (int) Math.min(CHUNK / SECTOR, end - at));
        if (run > 0) {
          child.read(at, run, buffer, 0);
          parent.write(at, run, buffer, 0);
        }
        at += Math.abs(run);
      }
      job.done(Math.min(end, sectors) * SECTOR, sectors * SECTOR);
    }
  }
}
