package troupe.devices.outside;

import java.util.Optional;

/**
 * A disk as a disk controller sees it: numbered sectors, asynchronous transfers. The engine puts an
 * I/O channel behind it; tests put an array behind it, and may complete before the call returns.
 *
 * <p>At most one transfer touches a given buffer at a time: the buffer belongs to the port from the
 * call until its completion. Transfers may complete out of order, except that a flush completes
 * after all writes given before it are on stable storage.
 */
public interface BlockPort {
  /** Bytes a sector: 512 for disks, 2048 for CDs. */
  int sectorSize();

  /** Size in sectors; 0 when there is no medium. */
  long sectors();

  boolean readOnly();

  /** Cylinders, heads and sectors a track as the medium records them, possible or not. */
  record RecordedGeometry(int cylinders, int heads, int sectorsPerTrack) {}

  /** What the medium says of its geometry, if anything. */
  default Optional<RecordedGeometry> geometry() {
    return Optional.empty();
  }

  /** Reads {@code count} sectors from {@code sector} into {@code target} at {@code offset}. */
  void read(long sector, int count, byte[] target, int offset, Completion completion);

  void write(long sector, int count, byte[] source, int offset, Completion completion);

  void flush(Completion completion);

  /** Called exactly once for each transfer, on the machine's thread. */
  @FunctionalInterface
  interface Completion {
    void done(Result result);
  }

  /** How a transfer ended. */
  enum Result {
    OK,
    /** Sectors outside the medium, or no medium. */
    OUT_OF_RANGE,
    WRITE_PROTECTED,
    /** The host could not read or write. */
    FAILED,
    /** The controller was reset or the medium taken away before the transfer was done. */
    CANCELLED
  }
}
