package troupe.devices.floppy;

import troupe.devices.outside.BlockPort;
import troupe.devices.outside.BlockPort.Completion;
import troupe.devices.outside.BlockPort.Result;

/** One drive: where its heads are, which diskette is in it, and the disk change latch. */
final class FloppyDrive {
  static final int SECTOR = 512;

  /** Heads stop here, a little past the last cylinder that formats use. */
  static final int LAST_CYLINDER = 85;

  private BlockPort medium;
  private FloppyFormat format;
  private int cylinder;
  private boolean changed;

  FloppyDrive() {
    clear();
  }

  /** What power-on does; the diskette stays. */
  void clear() {
    cylinder = 0;
    changed = true;
  }

  /**
   * @throws IllegalArgumentException when no diskette has that size or its sectors are not 512
   *     bytes
   */
  void insert(BlockPort diskette) {
    format =
        FloppyFormat.ofSize(diskette.sectors())
            .filter(found -> diskette.sectorSize() == SECTOR)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no diskette has %d sectors of %d bytes"
                            .formatted(diskette.sectors(), diskette.sectorSize())));
    medium = diskette;
    changed = true;
  }

  void eject() {
    medium = null;
    format = null;
    changed = true;
  }

  boolean loaded() {
    return medium != null;
  }

  boolean writeProtected() {
    return medium != null && medium.readOnly();
  }

  /** The format of the diskette, or null without one. */
  FloppyFormat format() {
    return format;
  }

  int cylinder() {
    return cylinder;
  }

  boolean changed() {
    return changed;
  }

  /** Moves the heads; stepping with a diskette in place clears the disk change latch. */
  void stepTo(int target) {
    cylinder = Math.clamp(target, 0, LAST_CYLINDER);
    if (medium != null) {
      changed = false;
    }
  }

  void restore(int restoredCylinder, boolean restoredChanged) {
    cylinder = Math.clamp(restoredCylinder, 0, LAST_CYLINDER);
    changed = restoredChanged;
  }

  /** Reads one sector under the heads. What an image lacks at its end reads as zeros. */
  void read(int lba, byte[] target, Completion completion) {
    medium.read(
        lba,
        1,
        target,
        0,
        result -> {
          if (result == Result.OUT_OF_RANGE) {
            java.util.Arrays.fill(target, (byte) 0);
            completion.done(Result.OK);
          } else {
            completion.done(result);
          }
        });
  }

  void write(int lba, byte[] source, Completion completion) {
    medium.write(lba, 1, source, 0, completion);
  }
}
