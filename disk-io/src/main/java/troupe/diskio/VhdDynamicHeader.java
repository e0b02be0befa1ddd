package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * The dynamic disk header of a VHD file, 1024 bytes. The parent's fields are of differencing disks
 * only. [VHD 1.0] "Dynamic Disk Header Format".
 *
 * @param tableOffset byte of the block allocation table
 * @param tableEntries blocks the disk can have
 * @param blockBytes bytes of a block's data, a power of two
 * @param parentUniqueId of the parent's footer; zero when there is none
 * @param parentTimeStamp seconds since 2000-01-01 UTC when the parent was last changed
 * @param parentName file name of the parent, at most 255 characters
 * @param locators eight
 */
record VhdDynamicHeader(
    long tableOffset,
    int tableEntries,
    int blockBytes,
    UUID parentUniqueId,
    int parentTimeStamp,
    String parentName,
    List<VhdParentLocator> locators) {
  static final int BYTES = 1024;
  static final int USUAL_BLOCK = 2 << 20;
  static final UUID NO_PARENT = new UUID(0, 0);
  static final int LOCATORS = 8;

  private static final String COOKIE = "cxsparse";
  private static final int VERSION_1 = 0x0001_0000;
  private static final int CHECKSUM = 36;
  private static final int PARENT_UNIQUE_ID = 40;
  private static final int PARENT_TIME_STAMP = 56;
  private static final int PARENT_NAME = 64;
  private static final int PARENT_NAME_BYTES = 512;
  private static final int FIRST_LOCATOR = 576;
  private static final int LEAST_BLOCK = 4096;
  private static final int MOST_BLOCK = 256 << 20;

  /** 2,040 GiB in the smallest blocks that are usual (512 KiB). */
  private static final int MOST_ENTRIES = 4 << 20;

  /** The header of a disk without a parent. */
  static VhdDynamicHeader ofDynamic(long tableOffset, int tableEntries, int blockBytes) {
    return new VhdDynamicHeader(
        tableOffset,
        tableEntries,
        blockBytes,
        NO_PARENT,
        0,
        "",
        Collections.nCopies(LOCATORS, VhdParentLocator.UNUSED));
  }

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
    if (!hasCookie(bytes)) {
      throw new ImageException(file.path(), place, "missing");
    }
    if (!hasGoodChecksum(bytes)) {
      throw new ImageException(file.path(), place, "bad checksum");
    }
    VhdDynamicHeader header = of(bytes);
    header.check(file, place, fileSize, diskSize);
    return header;
  }

  static boolean hasCookie(byte[] bytes) {
    return new String(bytes, 0, COOKIE.length(), StandardCharsets.ISO_8859_1).equals(COOKIE);
  }

  static boolean hasGoodChecksum(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt(CHECKSUM) == VhdChecksum.of(bytes, BYTES, CHECKSUM);
  }

  static void setChecksum(byte[] bytes) {
    ByteBuffer.wrap(bytes).putInt(CHECKSUM, VhdChecksum.of(bytes, BYTES, CHECKSUM));
  }

  /** The fields of {@code bytes}, unchecked. */
  static VhdDynamicHeader of(byte[] bytes) {
    ByteBuffer b = ByteBuffer.wrap(bytes);
    String name = new String(bytes, PARENT_NAME, PARENT_NAME_BYTES, StandardCharsets.UTF_16BE);
    int end = name.indexOf('\0');
    List<VhdParentLocator> locators = new ArrayList<>();
    ByteBuffer entries = b.slice(FIRST_LOCATOR, LOCATORS * VhdParentLocator.BYTES);
    for (int i = 0; i < LOCATORS; i++) {
      locators.add(VhdParentLocator.read(entries));
    }
    return new VhdDynamicHeader(
        b.getLong(16),
        b.getInt(28),
        b.getInt(32),
        new UUID(b.getLong(PARENT_UNIQUE_ID), b.getLong(PARENT_UNIQUE_ID + 8)),
        b.getInt(PARENT_TIME_STAMP),
        end < 0 ? name : name.substring(0, end),
        List.copyOf(locators));
  }

  /**
   * @throws ImageException if there can be no such disk in such a file
   */
  void check(ImageBytes file, String place, long fileSize, long diskSize) throws ImageException {
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

  /** The same with another table. */
  VhdDynamicHeader withTable(long offset, int entries) {
    return new VhdDynamicHeader(
        offset, entries, blockBytes, parentUniqueId, parentTimeStamp, parentName, locators);
  }

  /** The 1024 bytes, checksum included. */
  byte[] toBytes() {
    ByteBuffer b = ByteBuffer.allocate(BYTES);
    b.put(COOKIE.getBytes(StandardCharsets.ISO_8859_1)).putLong(-1).putLong(tableOffset);
    b.putInt(VERSION_1).putInt(tableEntries).putInt(blockBytes).putInt(0);
    b.putLong(parentUniqueId.getMostSignificantBits());
    b.putLong(parentUniqueId.getLeastSignificantBits()).putInt(parentTimeStamp);
    byte[] name = parentName.getBytes(StandardCharsets.UTF_16BE);
    b.put(PARENT_NAME, name, 0, Math.min(name.length, PARENT_NAME_BYTES - 2));
    b.position(FIRST_LOCATOR);
    locators.forEach(locator -> locator.put(b));
    return b.putInt(CHECKSUM, VhdChecksum.of(b.array(), BYTES, CHECKSUM)).array();
  }

  /** Bytes of the sector bitmap before each block's data, padded to whole sectors. */
  int bitmapBytes() {
    return Math.max(512, blockBytes / 512 / 8);
  }

  /** Bytes of the table, padded to whole sectors. */
  long tableBytes() {
    return (4L * tableEntries + 511) / 512 * 512;
  }
}
