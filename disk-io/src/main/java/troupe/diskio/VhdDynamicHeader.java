package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The dynamic disk header of a VHD file, 1024 bytes. What only differencing disks use is not kept.
 * [VHD 1.0] "Dynamic Disk Header Format".
 *
 * @param tableOffset byte of the block allocation table
 * @param tableEntries blocks the disk can have
 * @param blockBytes bytes of a block's data, a power of two
 */
record VhdDynamicHeader(long tableOffset, int tableEntries, int blockBytes) {
  static final int BYTES = 1024;

  private static final String COOKIE = "cxsparse";
  private static final int VERSION_1 = 0x0001_0000;
  private static final int CHECKSUM = 36;
  private static final int LEAST_BLOCK = 4096;
  private static final int MOST_BLOCK = 256 << 20;

  /** 2,040 GiB in the smallest blocks that are usual (512 KiB). */
  private static final int MOST_ENTRIES = 4 << 20;

  /**
   * Reads and checks the header at byte {@code position}.
   *
   * @throws ImageException if it is none or is damaged
   */
  static VhdDynamicHeader read(ImageBytes file, long position, long fileSize, long diskSize)
      throws IOException {
    String place = "dynamic disk header at byte " + position;
    if (position < 0 || position > fileSize - BYTES) {
      throw new ImageException(file.path(), place, "lies outside the file");
    }
    byte[] bytes = file.read(position, BYTES);
    String cookie = new String(bytes, 0, COOKIE.length(), StandardCharsets.ISO_8859_1);
    if (!cookie.equals(COOKIE)) {
      throw new ImageException(file.path(), place, "missing");
    }
    ByteBuffer b = ByteBuffer.wrap(bytes);
    if (b.getInt(CHECKSUM) != VhdChecksum.of(bytes, BYTES, CHECKSUM)) {
      throw new ImageException(file.path(), place, "bad checksum");
    }
    VhdDynamicHeader header = new VhdDynamicHeader(b.getLong(16), b.getInt(28), b.getInt(32));
    header.check(file, place, fileSize, diskSize);
    return header;
  }

  private void check(ImageBytes file, String place, long fileSize, long diskSize)
      throws ImageException {
    if (Integer.bitCount(blockBytes) != 1 || blockBytes < LEAST_BLOCK || blockBytes > MOST_BLOCK) {
      throw new ImageException(
          file.path(), place, "impossible block size of " + blockBytes + " bytes");
    }
    if (tableEntries < 0
        || tableEntries > MOST_ENTRIES
        || (long) tableEntries * blockBytes < diskSize) {
      throw new ImageException(file.path(), place, "impossible number of blocks, " + tableEntries);
    }
    if (tableOffset < 0 || tableOffset > fileSize - 4L * tableEntries) {
      throw new ImageException(
          file.path(), place, "the block allocation table lies outside the file");
    }
  }

  /** The 1024 bytes, checksum included. */
  byte[] toBytes() {
    ByteBuffer b = ByteBuffer.allocate(BYTES);
    b.put(COOKIE.getBytes(StandardCharsets.ISO_8859_1)).putLong(-1).putLong(tableOffset);
    b.putInt(VERSION_1).putInt(tableEntries).putInt(blockBytes);
    return b.putInt(CHECKSUM, VhdChecksum.of(b.array(), BYTES, CHECKSUM)).array();
  }

  /** Bytes of the sector bitmap before each block's data, padded to whole sectors. */
  int bitmapBytes() {
    return Math.max(512, blockBytes / 512 / 8);
  }
}
