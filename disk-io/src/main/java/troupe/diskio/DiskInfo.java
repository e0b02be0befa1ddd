package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a disk image says of itself.
 *
 * @param bytes size of the disk
 * @param fileBytes length of the file
 * @param hostBytes bytes that the file takes of its volume
 * @param vhd what only VHDs have
 * @param chain the parents, nearest first
 * @param warnings lines for the user, among them why the parents cannot be opened
 */
public record DiskInfo(
    Path file,
    ImageFormat format,
    long bytes,
    long fileBytes,
    long hostBytes,
    Optional<Vhd> vhd,
    Optional<Blocks> blocks,
    List<Path> chain,
    List<String> warnings) {

  /** What the footer says. */
  public record Vhd(UUID id, Instant made, String maker, ImageGeometry geometry) {}

  /**
   * How a growing disk is divided.
   *
   * @param present blocks that the file has
   * @param parent names that a child knows its parent by, and the parent's identifier
   */
  public record Blocks(
      int blockBytes, int blocks, int present, List<String> parent, UUID parentId) {}

  public DiskInfo {
    chain = List.copyOf(chain);
    warnings = List.copyOf(warnings);
  }

  /**
   * Looks at {@code file}.
   *
   * @throws ImageException if it is damaged, or a program writes to it
   */
  public static DiskInfo of(Path file, ParentSearch search) throws IOException {
    try (MappedImage image = alone(file)) {
      List<Path> chain = new ArrayList<>();
      List<String> warnings = new ArrayList<>(image.warnings());
      if (image.format() == ImageFormat.DIFFERENCING_VHD) {
        follow(file, search, chain, warnings);
      }
      ImageBytes bytes = image.bytes();
      return new DiskInfo(
          file,
          image.format(),
          image.sectors() * image.sectorSize(),
          bytes.size(),
          bytes.bytesOnVolume(),
          footer(image).map(DiskInfo::vhd),
          image instanceof SparseVhdImage sparse ? Optional.of(blocks(sparse)) : Optional.empty(),
          chain,
          warnings);
    }
  }

  private static MappedImage alone(Path file) throws IOException {
    ImageBytes bytes = ImageFile.openBytes(file, ImageFile.Access.READ_ONLY);
    boolean grows;
    try {
      Optional<VhdFooter> footer = VhdOpening.footer(bytes, bytes.size());
      grows = footer.isPresent() && footer.get().type() != VhdFooter.DiskType.FIXED;
    } finally {
      bytes.close();
    }
    return grows
        ? VhdOpening.alone(file, ImageFile.Access.READ_ONLY)
        : DiskConversion.source(file, ParentSearch.BESIDE_CHILD);
  }

  private static void follow(
      Path file, ParentSearch search, List<Path> chain, List<String> warnings) {
    try (DiskImage whole = DiskConversion.source(file, search)) {
      Optional<DiskImage> parent = whole.parent();
      while (parent.isPresent()) {
        chain.add(parent.get().path());
        parent = parent.get().parent();
      }
      whole.warnings().stream().filter(w -> !warnings.contains(w)).forEach(warnings::add);
    } catch (IOException e) {
      warnings.add(e.getMessage());
    }
  }

  private static Optional<VhdFooter> footer(MappedImage image) {
    return switch (image) {
      case FlatImage flat -> flat.footer();
      case SparseVhdImage sparse -> Optional.of(sparse.footer());
    };
  }

  private static Vhd vhd(VhdFooter footer) {
    return new Vhd(
        footer.uniqueId(),
        Instant.ofEpochSecond(Integer.toUnsignedLong(footer.timeStamp()) + VhdChain.EPOCH),
        footer.creatorApplication().strip(),
        footer.geometry());
  }

  private static Blocks blocks(SparseVhdImage image) throws IOException {
    VhdDynamicHeader header = image.header();
    boolean child = image.format() == ImageFormat.DIFFERENCING_VHD;
    return new Blocks(
        header.blockBytes(),
        header.tableEntries(),
        image.table().countPresent(),
        child ? ParentSearch.names(image.bytes(), header, image.bytes().size()) : List.of(),
        header.parentUniqueId());
  }
}
