package troupe.diskio;

/** Cylinders, heads and sectors a track that a format records for a disk. */
public record ImageGeometry(int cylinders, int heads, int sectorsPerTrack) {
  private static final long MOST = 65_535L * 16 * 255;

  /**
   * The geometry that the VHD format computes from a size. [VHD 1.0] appendix "CHS Calculation".
   */
  public static ImageGeometry ofVhd(long sectors) {
    int total = (int) Math.min(sectors, MOST);
    int perTrack;
    int heads;
    int tracks;
    if (total >= 65_535 * 16 * 63) {
      perTrack = 255;
      heads = 16;
      tracks = total / perTrack;
    } else {
      perTrack = 17;
      tracks = total / perTrack;
      heads = Math.max(4, (tracks + 1023) / 1024);
      if (tracks >= heads * 1024 || heads > 16) {
        perTrack = 31;
        heads = 16;
        tracks = total / perTrack;
      }
      if (tracks >= heads * 1024) {
        perTrack = 63;
        heads = 16;
        tracks = total / perTrack;
      }
    }
    return new ImageGeometry(tracks / heads, heads, perTrack);
  }

  /** Sectors that can be addressed this way. */
  public long capacity() {
    return (long) cylinders * heads * sectorsPerTrack;
  }
}
