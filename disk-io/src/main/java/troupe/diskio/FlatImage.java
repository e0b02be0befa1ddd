package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** An image whose sectors lie one after the other from the first byte of the file. */
final class FlatImage implements MappedImage {
  /**
   * Bytes of a read, more than those of most guests, from which on the host is asked whether they
   * are a hole: a sparse image is read in half of the time.
   */
  private static final int ASKS_FOR_HOLES = 512 << 10;

  private final ImageBytes bytes;
  private final ImageFormat format;
  private final int sectorSize;
  private final long sectors;
  private final boolean readOnly;
  private final Optional<ImageGeometry> geometry;
  private Optional<VhdFooter> footer;

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

  /** Puts another footer on stable storage, that of a disk with as many sectors. */
  void rewrite(VhdFooter other) throws IOException {
    bytes.write(sectors * sectorSize, other.toBytes(), 0, VhdFooter.BYTES);
    bytes.force();
    footer = Optional.of(other);
  }

  /** Makes the file one of a disk with {@code size} bytes. The image must be closed after that. */
  void resize(long size) throws IOException {
    long before = sectors * sectorSize;
    if (footer.isEmpty()) {
      if (size > before) {
        bytes.write(size - 1, new byte[1], 0, 1);
      }
      bytes.truncate(size);
      return;
    }
    bytes.write(size, footer.get().withSize(size).toBytes(), 0, VhdFooter.BYTES);
    bytes.force();
    if (size > before) {
      bytes.write(before, new byte[VhdFooter.BYTES], 0, VhdFooter.BYTES);
    }
    bytes.truncate(size + VhdFooter.BYTES);
  }

  @Override
  public ImageBytes bytes() {
    return bytes;
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
  public Optional<String> bypassHostCache() {
    try {
      bytes.bypassHostCache(!readOnly);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "%s: the host's cache is used, as its file system does not let it be bypassed (%s)"
              .formatted(path(), ImageException.reasonOf(e)));
    }
  }

  @Override
  public Extent extent(long sector, long most) {
    Objects.checkFromIndexSize(sector, most, sectors);
    return new Extent(bytes, sector * sectorSize, most);
  }

  @Override
  public boolean located(long sector) {
    return true;
  }

  @Override
  public void prepareCachedReads() {
    bytes.prepareCachedReads();
  }

  @Override
  public long nextData(long sector) throws IOException {
    return sector >= sectors
        ? sectors
        : Math.min(bytes.nextData(sector * sectorSize) / sectorSize, sectors);
  }

  @Override
  public void read(long sector, int count, byte[] target, int offset) throws IOException {
    Objects.checkFromIndexSize(sector, count, sectors);
    long position = sector * sectorSize;
    int length = count * sectorSize;
    if (length >= ASKS_FOR_HOLES && bytes.isHole(position, length)) {
      Arrays.fill(target, offset, offset + length, (byte) 0);
    } else {
      bytes.read(position, target, offset, length);
    }
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset) throws IOException {
    Objects.checkFromIndexSize(sector, count, sectors);
    if (readOnly) {
      throw new IllegalStateException(path() + " is open for reading only");
    }
    if (format == ImageFormat.RAW || format == ImageFormat.LINKED) {
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
