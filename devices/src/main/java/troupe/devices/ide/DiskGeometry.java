package troupe.devices.ide;

import java.util.Optional;
import troupe.devices.outside.BlockPort;

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
    if (!possible(cylinders, heads, sectorsPerTrack)) {
      throw new IllegalArgumentException(
          "no disk has %d cylinders, %d heads, %d sectors a track"
              .formatted(cylinders, heads, sectorsPerTrack));
    }
  }

  private static boolean possible(int cylinders, int heads, int sectorsPerTrack) {
    return cylinders >= 1
        && cylinders <= 65_535
        && heads >= 1
        && heads <= 16
        && sectorsPerTrack >= 1
        && sectorsPerTrack <= 255;
  }

  /**
   * What the medium records, so that a disk keeps the geometry under which it was partitioned; as
   * {@link #ofSectors} if it records nothing, or what a disk of {@code sectors} cannot have.
   */
  public static DiskGeometry of(Optional<BlockPort.RecordedGeometry> recorded, long sectors) {
    if (recorded.isPresent()) {
      BlockPort.RecordedGeometry r = recorded.get();
      if (possible(r.cylinders(), r.heads(), r.sectorsPerTrack())) {
        DiskGeometry geometry = new DiskGeometry(r.cylinders(), r.heads(), r.sectorsPerTrack());
        if (geometry.capacity() <= sectors) {
          return geometry;
        }
      }
    }
    return ofSectors(sectors);
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
