package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads and checks the structures of a VHD, down the chain of its parents. */
final class VhdOpening {
  private static final int SECTOR = 512;

  private VhdOpening() {}

  /**
   * The footer of {@code bytes}, or its copy when it is lost; empty if this is no VHD.
   *
   * @throws ImageException if it is a VHD without a usable footer
   */
  static Optional<VhdFooter> footer(ImageBytes bytes, long size) throws IOException {
    long last = size - VhdFooter.BYTES;
    if (last < 0) {
      if (namedVhd(bytes)) {
        throw missing(bytes, 0);
      }
      return Optional.empty();
    }
    byte[] atEnd = bytes.read(last, VhdFooter.BYTES);
    byte[] atStart = bytes.read(0, VhdFooter.BYTES);
    boolean copy = VhdFooter.hasCookie(atStart);
    if (!VhdFooter.hasCookie(atEnd)) {
      if (copy) {
        return Optional.of(copy(bytes, last, atStart));
      }
      if (namedVhd(bytes)) {
        throw missing(bytes, last);
      }
      return Optional.empty();
    }
    try {
      return Optional.of(VhdFooter.of(bytes, last, atEnd));
    } catch (ImageException e) {
      if (copy) {
        try {
          return Optional.of(copy(bytes, last, atStart));
        } catch (ImageException _) {
          throw e;
        }
      }
      throw e;
    }
  }

  /** The copy at the start, which only growing disks have. */
  private static VhdFooter copy(ImageBytes bytes, long last, byte[] atStart) throws ImageException {
    VhdFooter copy = VhdFooter.of(bytes, 0, atStart);
    if (copy.type() == VhdFooter.DiskType.FIXED) {
      throw missing(bytes, last);
    }
    return copy;
  }

  static boolean namedVhd(ImageBytes bytes) {
    String name = bytes.path().getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".vhd") || name.endsWith(".vud");
  }

  private static ImageException missing(ImageBytes bytes, long last) {
    return new ImageException(
        bytes.path(), "VHD footer at byte " + last, "missing; the file is truncated or no VHD");
  }

  /** Opens the disk that {@code footer} tells of. */
  static DiskImage open(
      ImageBytes bytes,
      VhdFooter footer,
      long size,
      boolean readOnly,
      ParentSearch search,
      int links)
      throws IOException {
    return switch (footer.type()) {
      case FIXED -> {
        if (footer.currentSize() > size - VhdFooter.BYTES) {
          throw new ImageException(
              bytes.path(),
              "VHD footer at byte " + (size - VhdFooter.BYTES),
              "the disk has %d bytes, but only %d come before its footer; truncated"
                  .formatted(footer.currentSize(), size - VhdFooter.BYTES));
        }
        yield FlatImage.fixedVhd(bytes, footer, readOnly);
      }
      case DYNAMIC, DIFFERENCING ->
          sparse(bytes, footer, size, readOnly, Optional.of(new Parents(search, links)));
    };
  }

  /**
   * Opens a dynamic or differencing disk without its parent, for jobs on what it has itself.
   *
   * @throws ImageException if it is none, or cannot be used
   */
  static SparseVhdImage alone(Path path, ImageFile.Access access) throws IOException {
    ImageBytes bytes = ImageFile.openBytes(path, access);
    try {
      long size = bytes.size();
      VhdFooter footer =
          footer(bytes, size).orElseThrow(() -> new ImageException(path, "is no VHD"));
      if (footer.type() == VhdFooter.DiskType.FIXED) {
        throw new ImageException(path, "is a fixed disk, which has all its sectors always");
      }
      return sparse(bytes, footer, size, access == ImageFile.Access.READ_ONLY, Optional.empty());
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** Where parents are looked for, and how many children lead here. */
  private record Parents(ParentSearch search, int links) {}

  private static SparseVhdImage sparse(
      ImageBytes bytes, VhdFooter footer, long size, boolean readOnly, Optional<Parents> parents)
      throws IOException {
    VhdDynamicHeader header =
        VhdDynamicHeader.read(bytes, footer.dataOffset(), size, footer.currentSize());
    VhdBlockTable table = VhdBlockTable.read(bytes, header);
    List<String> warnings = new ArrayList<>();
    boolean atEnd = size % SECTOR == 0 && intact(bytes, size - VhdFooter.BYTES);
    long end = atEnd ? size - VhdFooter.BYTES : (size + SECTOR - 1) / SECTOR * SECTOR;
    VhdLayout.check(bytes, footer, header, table, end);
    if (!atEnd) {
      warnings.add(bytes.path() + ": the footer was lost; its copy at the start is used");
    }
    Optional<DiskImage> parent = Optional.empty();
    if (footer.type() == VhdFooter.DiskType.DIFFERENCING && parents.isPresent()) {
      VhdChain.Link link =
          VhdChain.open(bytes, footer, header, parents.get().search, parents.get().links);
      warnings.addAll(link.warnings());
      warnings.addAll(link.parent().warnings());
      parent = Optional.of(link.parent());
    }
    if (!atEnd && !readOnly) {
      bytes.write(end, footer.toBytes(), 0, VhdFooter.BYTES);
    }
    return new SparseVhdImage(
        bytes, footer, header, table, end, parent, readOnly, List.copyOf(warnings));
  }

  private static boolean intact(ImageBytes bytes, long position) throws IOException {
    try {
      VhdFooter.read(bytes, position);
      return true;
    } catch (ImageException e) {
      return false;
    }
  }
}
