package troupe.diskio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tells a differencing disk where its parent is now. */
public final class ParentAttachment {
  private ParentAttachment() {}

  /**
   * Writes where {@code parent} is into {@code child}, and the parent's time stamp.
   *
   * @throws ImageException if it is not the parent that the child was made from
   */
  public static void attach(Path child, Path parent, ParentSearch search) throws IOException {
    try (SparseVhdImage image = VhdOpening.alone(child, ImageFile.Access.READ_WRITE)) {
      if (image.format() != ImageFormat.DIFFERENCING_VHD) {
        throw new ImageException(child, "is no differencing disk");
      }
      if (Files.exists(parent) && Files.isSameFile(child, parent)) {
        throw new ImageException(child, "cannot be its own parent");
      }
      try (DiskImage opened = ImageFile.openParent(parent, search, 1)) {
        UUID id = VhdChain.uniqueId(opened).orElse(VhdDynamicHeader.NO_PARENT);
        if (!VhdChain.fits(image.header(), image.footer(), Optional.of(id))) {
          throw new ImageException(
              child,
              "was made from the disk %s, and %s is %s"
                  .formatted(image.header().parentUniqueId(), parent, id));
        }
      }
      write(image, child, parent);
    }
  }

  /** The names go after the blocks, so that the old ones are good until the header is written. */
  private static void write(SparseVhdImage image, Path child, Path parent) throws IOException {
    List<byte[]> names = new ArrayList<>();
    List<VhdParentLocator> locators = VhdMaker.locators(child, parent, image.end(), names);
    long end = image.end();
    for (byte[] name : names) {
      end += name.length;
    }
    VhdDynamicHeader old = image.header();
    ImageBytes bytes = image.bytes();
    bytes.write(end, image.footer().toBytes(), 0, VhdFooter.BYTES);
    long at = image.end();
    for (byte[] name : names) {
      bytes.write(at, name, 0, name.length);
      at += name.length;
    }
    bytes.force();
    VhdDynamicHeader header =
        new VhdDynamicHeader(
            old.tableOffset(),
            old.tableEntries(),
            old.blockBytes(),
            old.parentUniqueId(),
            VhdChain.timeStamp(parent),
            String.valueOf(parent.getFileName()),
            locators);
    bytes.write(image.footer().dataOffset(), header.toBytes(), 0, VhdDynamicHeader.BYTES);
    bytes.force();
  }
}
