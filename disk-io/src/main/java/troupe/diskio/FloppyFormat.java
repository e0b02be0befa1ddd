package troupe.diskio;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Kinds of floppy disks, told by the size of their image. Sectors are 512 bytes. */
public enum FloppyFormat {
  F160("160 KB", 40, 1, 8),
  F180("180 KB", 40, 1, 9),
  F320("320 KB", 40, 2, 8),
  F360("360 KB", 40, 2, 9),
  F720("720 KB", 80, 2, 9),
  F1200("1.2 MB", 80, 2, 15),
  F1440("1.44 MB", 80, 2, 18),
  F1680("1.68 MB (DMF)", 80, 2, 21),
  F2880("2.88 MB", 80, 2, 36);

  private static final int SECTOR = 512;

  private final String label;
  private final int cylinders;
  private final int heads;
  private final int sectorsPerTrack;

  FloppyFormat(String label, int cylinders, int heads, int sectorsPerTrack) {
    this.label = label;
    this.cylinders = cylinders;
    this.heads = heads;
    this.sectorsPerTrack = sectorsPerTrack;
  }

  public ImageGeometry geometry() {
    return new ImageGeometry(cylinders, heads, sectorsPerTrack);
  }

  /** Bytes of an image. */
  public long bytes() {
    return geometry().capacity() * SECTOR;
  }

  /** The kind whose images have {@code bytes} bytes. */
  public static Optional<FloppyFormat> ofBytes(long bytes) {
    return Arrays.stream(values()).filter(f -> f.bytes() == bytes).findFirst();
  }

  /** All sizes, for an error message. */
  static String list() {
    return Arrays.stream(values()).map(f -> f.label).collect(Collectors.joining(", "));
  }
}
