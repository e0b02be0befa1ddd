package troupe.diskio;

import java.io.IOException;

/** An image that knows where in which file its sectors are. */
sealed interface MappedImage extends DiskImage permits FlatImage, SparseVhdImage {
  /**
   * Where the sectors from {@code sector} are, for as many as lie together, at most {@code most}.
   */
  Extent extent(long sector, long most) throws IOException;

  /** The file, of a child its own. */
  ImageBytes bytes();
}
