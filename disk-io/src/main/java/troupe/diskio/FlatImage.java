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

  FlatImage(
      ImageBytes bytes,
      ImageFormat format,
      int sectorSize,
      long sectors,
      boolean readOnly,
      Optional<ImageGeometry> geometry) {
    this.bytes = bytes;
    this.format = format;
    this.sectorSize = sectorSize;
    this.sectors = sectors;
    this.readOnly = readOnly;
    this.geometry = geometry;
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
    bytes.write(sector * sectorSize, source, offset, count * sectorSize);
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
