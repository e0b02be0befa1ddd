package troupe.diskio;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
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
      FileChannel channel =
          readOnly
              ? FileChannel.open(path, StandardOpenOption.READ)
              : FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return locked(path, channel, use, readOnly);
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

  private static DiskImage locked(Path path, FileChannel channel, ImageUse use, boolean readOnly)
      throws IOException {
    ImageLock lock;
    try {
      lock = ImageLock.acquire(path, channel, !readOnly);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    ImageBytes bytes = new ImageBytes(path, channel, lock);
    try {
      return recognize(bytes, use, readOnly);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static DiskImage recognize(ImageBytes bytes, ImageUse use, boolean readOnly)
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
      case HARD_DISK -> hardDisk(bytes, size, readOnly);
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

  private static DiskImage hardDisk(ImageBytes bytes, long size, boolean readOnly)
      throws IOException {
    long last = size - VhdFooter.BYTES;
    if (last >= 0 && VhdFooter.hasCookie(bytes.read(last, VhdFooter.BYTES))) {
      return vhd(bytes, VhdFooter.read(bytes, last), size, readOnly);
    }
    boolean copyAtStart = last >= 0 && VhdFooter.hasCookie(bytes.read(0, VhdFooter.BYTES));
    String name = bytes.path().getFileName().toString().toLowerCase(Locale.ROOT);
    if (copyAtStart || name.endsWith(".vhd") || name.endsWith(".vud")) {
      throw new ImageException(
          bytes.path(),
          "VHD footer at byte " + Math.max(last, 0),
          "missing; the file is truncated or no VHD");
    }
    if (size % SECTOR != 0) {
      throw new ImageException(
          bytes.path(),
          "%d bytes are not whole sectors of %d bytes; truncated, or no disk image"
              .formatted(size, SECTOR));
    }
    return new FlatImage(bytes, ImageFormat.RAW, SECTOR, size / SECTOR, readOnly, Optional.empty());
  }

  private static DiskImage vhd(ImageBytes bytes, VhdFooter footer, long size, boolean readOnly)
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
        yield new FlatImage(
            bytes,
            ImageFormat.FIXED_VHD,
            SECTOR,
            footer.currentSize() / SECTOR,
            readOnly,
            Optional.of(footer.geometry()));
      }
      case DYNAMIC -> DynamicVhdImage.open(bytes, footer, size, readOnly);
      case DIFFERENCING ->
          throw new ImageException(bytes.path(), "differencing VHDs are not supported yet");
    };
  }
}
