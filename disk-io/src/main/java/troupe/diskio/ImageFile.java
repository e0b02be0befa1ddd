package troupe.diskio;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Opens image files. What an image is, its content tells, together with what the drive expects; a
 * file that is something else, is damaged or is used by others is refused with one line.
 */
public final class ImageFile {
  private static final int SECTOR = 512;

  /** How an image is to be opened. */
  public enum Access {
    READ_WRITE,
    READ_ONLY
  }

  private ImageFile() {}

  /**
   * Opens {@code path} for {@code use}. CDs are read-only always; a floppy image that the host does
   * not let write is a write-protected floppy.
   *
   * @throws ImageException if it cannot be used, in one line
   */
  public static DiskImage open(Path path, ImageUse use, Access access) throws ImageException {
    return open(path, use, access, ParentSearch.BESIDE_CHILD);
  }

  /**
   * As the other, with places where parents of differencing disks are looked for.
   *
   * @throws ImageException if it cannot be used, in one line
   */
  public static DiskImage open(Path path, ImageUse use, Access access, ParentSearch search)
      throws ImageException {
    return open(path, use, access, search, 0);
  }

  /** Opens the parent of a disk to which {@code links - 1} children lead. */
  static DiskImage openParent(Path path, ParentSearch search, int links) throws ImageException {
    return open(path, ImageUse.HARD_DISK, Access.READ_ONLY, search, links);
  }

  private static DiskImage open(
      Path path, ImageUse use, Access access, ParentSearch search, int links)
      throws ImageException {
    checkFile(path);
    boolean writable = Files.isWritable(path);
    boolean readOnly =
        switch (use) {
          case CD -> true;
          case FLOPPY -> access == Access.READ_ONLY || !writable;
          case HARD_DISK -> access == Access.READ_ONLY;
        };
    if (!readOnly && !writable) {
      throw new ImageException(path, "no permission to write; it could be opened for reading only");
    }
    try {
      return recognize(
          locked(path, channel(path, readOnly), readOnly), use, readOnly, search, links);
    } catch (NoSuchFileException e) {
      throw new ImageException(path, "no such file");
    } catch (IOException e) {
      throw ImageException.of(path, e);
    }
  }

  private static void checkFile(Path path) throws ImageException {
    if (!Files.exists(path)) {
      throw new ImageException(path, "no such file");
    }
    if (Files.isDirectory(path)) {
      throw new ImageException(path, "is a directory, not an image");
    }
    if (!Files.isRegularFile(path)) {
      throw new ImageException(path, "is not a regular file");
    }
    if (!Files.isReadable(path)) {
      throw new ImageException(path, "no permission to read");
    }
  }

  private static ImageBytes locked(Path path, FileChannel channel, boolean readOnly)
      throws IOException {
    return new ImageBytes(path, channel, ImageLock.acquire(path, channel, !readOnly));
  }

  /** The bytes of {@code path}, whatever they are, locked for reading or for writing. */
  static ImageBytes openBytes(Path path, Access access) throws ImageException {
    checkFile(path);
    boolean readOnly = access == Access.READ_ONLY;
    if (!readOnly && !Files.isWritable(path)) {
      throw new ImageException(path, "no permission to write");
    }
    try {
      return locked(path, channel(path, readOnly), readOnly);
    } catch (IOException e) {
      throw ImageException.of(path, e);
    }
  }

  private static FileChannel channel(Path path, boolean readOnly) throws IOException {
    return readOnly
        ? FileChannel.open(path, StandardOpenOption.READ)
        : FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static DiskImage recognize(
      ImageBytes bytes, ImageUse use, boolean readOnly, ParentSearch search, int links)
      throws IOException {
    try {
      return recognized(bytes, use, readOnly, search, links);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static DiskImage recognized(
      ImageBytes bytes, ImageUse use, boolean readOnly, ParentSearch search, int links)
      throws IOException {
    long size = bytes.size();
    if (size == 0) {
      throw new ImageException(bytes.path(), "is empty");
    }
    return switch (use) {
      case CD ->
          new FlatImage(
              bytes,
              ImageFormat.ISO,
              IsoVolume.SECTOR,
              IsoVolume.check(bytes, size),
              true,
              Optional.empty());
      case FLOPPY -> floppy(bytes, size, readOnly);
      case HARD_DISK -> hardDisk(bytes, size, readOnly, search, links);
    };
  }

  private static DiskImage floppy(ImageBytes bytes, long size, boolean readOnly)
      throws ImageException {
    FloppyFormat format =
        FloppyFormat.ofBytes(size)
            .orElseThrow(
                () ->
                    new ImageException(
                        bytes.path(),
                        "%d bytes are not the size of a floppy disk (%s)"
                            .formatted(size, FloppyFormat.list())));
    return new FlatImage(
        bytes, ImageFormat.FLOPPY, SECTOR, size / SECTOR, readOnly, Optional.of(format.geometry()));
  }

  private static DiskImage hardDisk(
      ImageBytes bytes, long size, boolean readOnly, ParentSearch search, int links)
      throws IOException {
    Optional<VhdFooter> footer = VhdOpening.footer(bytes, size);
    if (footer.isPresent()) {
      return VhdOpening.open(bytes, footer.get(), size, readOnly, search, links);
    }
    Optional<Path> source = LinkedDisk.source(bytes, size);
    if (source.isPresent()) {
      return linked(bytes, source.get(), readOnly);
    }
    if (size % SECTOR != 0) {
      throw new ImageException(
          bytes.path(),
          "%d bytes are not whole sectors of %d bytes; truncated, or no disk image"
              .formatted(size, SECTOR));
    }
    Optional<String> foreign = ForeignImage.format(bytes);
    if (foreign.isPresent()) {
      throw new ImageException(
          bytes.path(),
          "is a %s image; troupe disk convert makes a disk of it".formatted(foreign.get()));
    }
    return new FlatImage(bytes, ImageFormat.RAW, SECTOR, size / SECTOR, readOnly, Optional.empty());
  }

  /** The disk that {@code link} stands for, for reading only if the host has it mounted. */
  private static DiskImage linked(ImageBytes link, Path source, boolean readOnly)
      throws IOException {
    boolean mounted = LinkedDisk.mounted(source);
    boolean only = readOnly || mounted || !Files.isWritable(source);
    ImageBytes bytes = locked(source, channel(source, only), only);
    try {
      if (bytes.size() == 0 || bytes.size() % SECTOR != 0) {
        throw new ImageException(source, "has no whole sectors of %d bytes".formatted(SECTOR));
      }
      FlatImage disk =
          new FlatImage(
              bytes, ImageFormat.LINKED, SECTOR, bytes.size() / SECTOR, only, Optional.empty());
      link.close();
      return disk;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
