package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An open image: numbered sectors in a file of the host. Not for use by two threads at once.
 * Sectors outside the image are a bug of the caller ({@link IndexOutOfBoundsException}).
 */
public interface DiskImage extends AutoCloseable {
  Path path();

  ImageFormat format();

  /** Bytes a sector: 512, or 2048 for CDs. */
  int sectorSize();

  /** Size in sectors. */
  long sectors();

  boolean readOnly();

  /** The geometry that the format records, if it does. */
  Optional<ImageGeometry> geometry();

  /** The image that this one takes from what it does not have itself. Closed with this one. */
  default Optional<DiskImage> parent() {
    return Optional.empty();
  }

  /** What the user should know of an image that can be used nevertheless, a line each. */
  default List<String> warnings() {
    return List.of();
  }

  /**
   * Has transfers go past the host's cache from now on, if that can be. Returns why it cannot, in
   * one line.
   */
  default Optional<String> bypassHostCache() {
    return Optional.of(
        path() + ": the host's cache is used, as only raw and fixed disks can do without");
  }

  /**
   * The first sector from {@code sector} that may have something but zeros; {@link #sectors} if
   * there is none. Images that do not know say {@code sector}.
   *
   * @throws IOException if the host cannot
   */
  default long nextData(long sector) throws IOException {
    return Math.min(sector, sectors());
  }

  /**
   * Reads {@code count} sectors from {@code sector} into {@code target} at {@code offset}.
   *
   * @throws IOException if the host cannot
   */
  void read(long sector, int count, byte[] target, int offset) throws IOException;

  /** Has {@link #readCached} work from now on, where the host can. */
  default void prepareCachedReads() {}

  /**
   * As {@link #read} of what the host has in memory, without waiting for its disk; whether it had
   * all of it. If not, what is in {@code target} is undefined.
   *
   * @throws IOException if the host cannot
   */
  default boolean readCached(long sector, int count, byte[] target, int offset) throws IOException {
    return false;
  }

  /**
   * Writes sectors. The host may keep them in memory until {@link #flush}.
   *
   * @throws IOException if the host cannot
   */
  void write(long sector, int count, byte[] source, int offset) throws IOException;

  /** Returns when everything written is on stable storage. */
  void flush() throws IOException;

  /** Flushes, closes the file and gives up its lock. */
  @Override
  void close() throws IOException;
}
