package troupe.engine.vm;

/** What drives have moved: transfers that were asked of images, and their bytes. */
public record DiskTraffic(long reads, long writes, long bytesRead, long bytesWritten) {
  static final DiskTraffic NONE = new DiskTraffic(0, 0, 0, 0);

  DiskTraffic read(long bytes) {
    return new DiskTraffic(reads + 1, writes, bytesRead + bytes, bytesWritten);
  }

  DiskTraffic written(long bytes) {
    return new DiskTraffic(reads, writes + 1, bytesRead, bytesWritten + bytes);
  }
}
