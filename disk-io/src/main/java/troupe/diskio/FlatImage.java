package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** An image whose sectors lie one after the other from the first byte of the file. */
final class FlatImage implements DiskImage {
  private final ImageBytes bytes;
  private final ImageFormat format;
  private final int sectorSize;
  private final long sectors;
  private final boolean readOnly;
  private final Optional<ImageGeometry> geometry;
  private final Optional<VhdFooter> footer;

  /** The sectors of a fixed VHD. */
  static FlatImage fixedVhd(ImageBytes bytes, VhdFooter footer, boolean readOnly) {
    return new FlatImage(
        bytes,
        ImageFormat.FIXED_VHD,
        VhdFooter.BYTES,
        footer.currentSize() / VhdFooter.BYTES,
        readOnly,
        Optional.of(footer.geometry()),
        Optional.of(footer));
  }

  FlatImage(
      ImageBytes bytes,
      ImageFormat format,
      int sectorSize,
      long sectors,
      boolean readOnly,
      Optional<ImageGeometry> geometry) {
    this(bytes, format, sectorSize, sectors, readOnly, geometry, Optional.empty());
  }

  private FlatImage(
      ImageBytes bytes,
      ImageFormat format,
      int sectorSize,
      long sectors,
      boolean readOnly,
      Optional<ImageGeometry> geometry,
      Optional<VhdFooter> footer) {
    this.bytes = bytes;
    this.format = format;
    this.sectorSize = sectorSize;
    this.sectors = sectors;
    this.readOnly = readOnly;
    this.geometry = geometry;
    this.footer = footer;
  }

  /** The footer, of a fixed VHD. */
  Optional<VhdFooter> footer() {
    return footer;
  }

  @Override
  public Path path() {
    return bytes.path();
  }

  @Override
  public ImageFormat format() {
    return format;
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  @Override
  public long sectors() {
    return sectors;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public Optional<ImageGeometry> geometry() {
    return geometry;
  }

  @Override
  public void read(long sector, int count, byte[] target, int offset) throws IOException {
    Objects.checkFromIndexSize(sector, count, sectors);
    bytes.read(sector * sectorSize, target, offset, count * sectorSize);
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset) throws IOException {
    Objects.checkFromIndexSize(sector, count, sectors);
    if (readOnly) {
      throw new IllegalStateException(path() + " is open for reading only");
    }
    if (format == ImageFormat.RAW) {
      refuseFooter(sector, count, source, offset);
    }
    bytes.write(sector * sectorSize, source, offset, count * sectorSize);
  }

  /**
   * What an image is, its content tells. So a guest must not make its raw image one that names
   * another file of the host as its parent.
   */
  private void refuseFooter(long sector, int count, byte[] source, int offset)
      throws ImageException {
    int last = offset + (count - 1) * sectorSize;
    if ((sector == 0 && VhdFooter.hasCookie(source, offset))
        || (sector + count == sectors && count > 0 && VhdFooter.hasCookie(source, last))) {
      throw new ImageException(
          path(), "the guest may not make this raw image a VHD, which is what it wrote");
    }
  }

  @Override
  public void flush() throws IOException {
    if (!readOnly) {
      bytes.force();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      bytes.close();
    }
  }
}
