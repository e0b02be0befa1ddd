package troupe.devices.floppy;

import java.util.List;
import java.util.Optional;

/**
 * How a diskette is laid out, in sectors of 512 bytes.
 *
 * @param dataRate which rates of the controller can read it: a bit mask of 1 (500 kbit/s), 2 (300),
 *     4 (250), 8 (1,000)
 * @param cmosType the type of drive it belongs in, as CMOS RAM names it (1 360K, 2 1.2M, 3 720K, 4
 *     1.44M, 5 2.88M)
 */
public record FloppyFormat(int cylinders, int heads, int sectors, int dataRate, int cmosType) {
  private static final int HIGH = 1;
  private static final int DOUBLE = 2 | 4;
  private static final int EXTRA = 8;

  private static final FloppyFormat M1_44 = new FloppyFormat(80, 2, 18, HIGH, 4);

  private static final List<FloppyFormat> FORMATS =
      List.of(
          M1_44,
          new FloppyFormat(80, 2, 9, DOUBLE, 3), // 720K
          new FloppyFormat(80, 2, 15, HIGH, 2), // 1.2M
          new FloppyFormat(80, 2, 21, HIGH, 4), // 1.68M, distribution media format
          new FloppyFormat(82, 2, 21, HIGH, 4), // 1.72M
          new FloppyFormat(80, 2, 20, HIGH, 4), // 1.6M
          new FloppyFormat(80, 2, 36, EXTRA, 5), // 2.88M
          new FloppyFormat(40, 2, 9, DOUBLE, 1), // 360K
          new FloppyFormat(40, 2, 8, DOUBLE, 1), // 320K
          new FloppyFormat(40, 1, 9, DOUBLE, 1), // 180K
          new FloppyFormat(40, 1, 8, DOUBLE, 1)); // 160K

  /** Sectors of the whole diskette. */
  public int total() {
    return cylinders * heads * sectors;
  }

  /**
   * The format of an image of {@code sectors} sectors. One shorter than 1.44M and of no other size
   * is the beginning of a 1.44M diskette; there is none for an empty or a larger one.
   */
  public static Optional<FloppyFormat> ofSize(long sectors) {
    for (FloppyFormat format : FORMATS) {
      if (format.total() == sectors) {
        return Optional.of(format);
      }
    }
    return sectors > 0 && sectors < M1_44.total() ? Optional.of(M1_44) : Optional.empty();
  }

  /** Sector number on the diskette, or -1 where the format has none; {@code sector} starts at 1. */
  int lba(int cylinder, int head, int sector) {
    boolean exists =
        cylinder < cylinders && head < heads && sector >= 1 && sector <= sectors && cylinder >= 0;
    return exists ? (cylinder * heads + head) * sectors + sector - 1 : -1;
  }

  /** Whether the controller's rate select {@code code} (0 to 3) is right for it. */
  boolean readableAt(int code) {
    return (dataRate & 1 << code) != 0;
  }
}
