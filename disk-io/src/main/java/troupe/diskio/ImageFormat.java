package troupe.diskio;

/** How an image file is laid out. */
public enum ImageFormat {
  /** Sectors of 512 bytes and nothing else. */
  RAW,
  /** Sectors, then a VHD footer. */
  FIXED_VHD,
  /** A VHD that grows. */
  DYNAMIC_VHD,
  /** A VHD that has what differs from its parent. */
  DIFFERENCING_VHD,
  /** A raw image or a disk of the host that a file stands for. */
  LINKED,
  /** Sectors of 2048 bytes with an ISO 9660 or UDF volume. */
  ISO,
  /** Sectors of 512 bytes, as many as a kind of floppy disk has. */
  FLOPPY
}
