package troupe.engine.saved;

import java.util.List;

/**
 * A whole PC at a moment.
 *
 * @param machine all but RAM, as {@link troupe.devices.state.StateCodec} writes it
 * @param ram pages of 4,096 bytes, see {@link troupe.processor.memory.GuestPage#make}; null for one
 *     that is all zero
 */
public record SavedState(Header header, byte[] machine, byte[][] ram) {
  /** Bytes of a page of RAM. */
  public static final int PAGE = 4096;

  /**
   * What a state is of.
   *
   * @param savedAt milliseconds since 1970
   * @param ramPages pages of {@link #PAGE} bytes
   * @param media what was in the drives
   */
  public record Header(String vm, long savedAt, int ramPages, List<Medium> media) {
    public Header {
      media = List.copyOf(media);
    }
  }
}
