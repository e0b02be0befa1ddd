package troupe.diskio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds and opens the parent of a differencing disk. */
final class VhdChain {
  /** Longer chains are taken for a loop. */
  static final int MOST_LINKS = 255;

  /** 2000-01-01 UTC in seconds since 1970. */
  static final long EPOCH = 946_684_800;

  /** The parent, open for reading, and what is odd about it. */
  record Link(DiskImage parent, List<String> warnings) {}

  private VhdChain() {}

  /**
   * Opens the parent of {@code child}.
   *
   * @param links how many children lead here
   * @throws ImageException if there is none, or it is not the one that the child was made from
   */
  static Link open(
      ImageBytes child, VhdFooter footer, VhdDynamicHeader header, ParentSearch search, int links)
      throws IOException {
    long size = child.size();
    if (links >= MOST_LINKS) {
      throw new ImageException(
          child.path(), "more than " + MOST_LINKS + " disks lead here; a loop of parents");
    }
    ImageException refusal =
        new ImageException(
            child.path(),
            "parent disk",
            "not found under the names " + ParentSearch.names(child, header, size));
    boolean refused = false;
    for (Path candidate : search.candidates(child, header, size)) {
      if (Files.isSameFile(candidate, child.path())) {
        continue;
      }
      DiskImage parent = ImageFile.openParent(candidate, search, links + 1);
      Optional<UUID> id = uniqueId(parent);
      if (fits(header, footer, id)) {
        return new Link(parent, timeWarning(child, header, candidate, id, footer));
      }
      parent.close();
      if (!refused) {
        refused = true;
        refusal =
            new ImageException(
                child.path(),
                "parent disk " + candidate,
                "has the identifier %s, but the child was made from %s: it is another disk, or was changed behind the child's back"
                    .formatted(id.map(UUID::toString).orElse("none"), header.parentUniqueId()));
      }
    }
    throw refusal;
  }

  /** Whether a disk with {@code id}, or with none, is the one that the child was made from. */
  static boolean fits(VhdDynamicHeader header, VhdFooter footer, Optional<UUID> id) {
    UUID parent = id.orElse(VhdDynamicHeader.NO_PARENT);
    return parent.equals(header.parentUniqueId()) || parent.equals(footer.uniqueId());
  }

  /**
   * The identifier in the footer, if the image has one.
   *
   * <p>A parent with the child's own identifier is one into which the child was being committed.
   */
  static Optional<UUID> uniqueId(DiskImage image) {
    return switch (image) {
      case SparseVhdImage sparse -> Optional.of(sparse.footer().uniqueId());
      case FlatImage flat -> flat.footer().map(VhdFooter::uniqueId);
      default -> Optional.empty();
    };
  }

  /** When {@code file} was last changed, as VHDs count time. */
  static int timeStamp(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    return (int) (time.toMillis() / 1000 - EPOCH);
  }

  private static List<String> timeWarning(
      ImageBytes child, VhdDynamicHeader header, Path parent, Optional<UUID> id, VhdFooter footer)
      throws IOException {
    if (id.isPresent() && id.get().equals(footer.uniqueId())) {
      return List.of(child.path() + ": a commit to " + parent + " was not finished; repeat it");
    }
    return timeStamp(parent) == header.parentTimeStamp()
        ? List.of()
        : List.of(
            "%s: the parent disk %s was changed after this disk was made"
                .formatted(child.path(), parent));
  }
}
