package troupe.devices.ide;

/**
 * Cylinders, heads and sectors a track, as IDENTIFY DEVICE reports them in words 1, 3 and 6.
 *
 * @param cylinders 1 to 65,535
 * @param heads 1 to 16
 * @param sectorsPerTrack 1 to 255
 */
public record DiskGeometry(int cylinders, int heads, int sectorsPerTrack) {
  private static final int MOST_CYLINDERS = 16_383;

  public DiskGeometry {
    if (cylinders < 1
        || cylinders > 65_535
        || heads < 1
        || heads > 16
        || sectorsPerTrack < 1
        || sectorsPerTrack > 255) {
      throw new IllegalArgumentException(
          "no disk has %d cylinders, %d heads, %d sectors a track"
              .formatted(cylinders, heads, sectorsPerTrack));
    }
  }

  /** 16 heads of 63 sectors, at most 16,383 cylinders. [ATA/ATAPI-5] annex B. */
  public static DiskGeometry ofSectors(long sectors) {
    long cylinders = Math.clamp(sectors / (16 * 63), 1, MOST_CYLINDERS);
    return new DiskGeometry((int) cylinders, 16, 63);
  }

  /** Sectors that can be addressed this way. */
  public long capacity() {
    return (long) cylinders * heads * sectorsPerTrack;
  }
}
