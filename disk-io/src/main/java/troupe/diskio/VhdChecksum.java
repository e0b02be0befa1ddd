package troupe.diskio;

/** The checksum of VHD structures: the complement of the sum of bytes. [VHD 1.0] appendix. */
final class VhdChecksum {
  private VhdChecksum() {}

  /** Of the first {@code length} bytes, those of the 32-bit checksum field counting as zero. */
  static int of(byte[] bytes, int length, int field) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      if (i < field || i >= field + 4) {
        sum += bytes[i] & 0xFF;
      }
    }
    return ~sum;
  }
}
