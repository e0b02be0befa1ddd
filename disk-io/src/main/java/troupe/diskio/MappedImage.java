package troupe.diskio;

import java.io.IOException;
import java.util.Arrays;

/** An image that knows where in which file its sectors are. */
sealed interface MappedImage extends DiskImage permits FlatImage, SparseVhdImage {
  /**
   * Where the sectors from {@code sector} are, for as many as lie together, at most {@code most}.
   */
  Extent extent(long sector, long most) throws IOException;

  /** Whether {@link #extent} can tell where {@code sector} is without reading the file. */
  boolean located(long sector);

  @Override
  default boolean readCached(long sector, int count, byte[] target, int offset) throws IOException {
    for (int done = 0; done < count; ) {
      if (!located(sector + done)) {
        return false;
      }
      Extent extent = extent(sector + done, count - done);
      int to = offset + done * sectorSize();
      int bytes = (int) extent.sectors() * sectorSize();
      if (extent.isZeros()) {
        Arrays.fill(target, to, to + bytes, (byte) 0);
      } else if (!extent.file().readCached(extent.position(), target, to, bytes)) {
        return false;
      }
      done += (int) extent.sectors();
    }
    return true;
  }

  /** The file, of a child its own. */
  ImageBytes bytes();
}
