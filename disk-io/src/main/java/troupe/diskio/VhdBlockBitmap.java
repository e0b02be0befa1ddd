package troupe.diskio;

import java.util.Arrays;

/**
 * The bitmap before a block's data: which of its sectors are in this file. The first sector is the
 * highest bit of the first byte. [VHD 1.0] "Data Blocks".
 */
final class VhdBlockBitmap {
  private final byte[] bytes;
  private final int sectors;
  private boolean full;

  private VhdBlockBitmap(byte[] bytes, int sectors) {
    this.bytes = bytes;
    this.sectors = sectors;
    full = count() == sectors;
  }

  /** As read from the file, padding included. */
  static VhdBlockBitmap of(byte[] bytes, int sectors) {
    return new VhdBlockBitmap(bytes, sectors);
  }

  static VhdBlockBitmap empty(int bytes, int sectors) {
    return new VhdBlockBitmap(new byte[bytes], sectors);
  }

  static VhdBlockBitmap full(int bytes, int sectors) {
    VhdBlockBitmap bitmap = empty(bytes, sectors);
    Arrays.fill(bitmap.bytes, 0, sectors / 8, (byte) -1);
    bitmap.full = true;
    return bitmap;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean full() {
    return full;
  }

  boolean marked(int sector) {
    return (bytes[sector >>> 3] & 0x80 >>> (sector & 7)) != 0;
  }

  /** Whether the sectors from {@code first} to before {@code end}, if any, are all marked. */
  boolean allMarked(int first, int end) {
    return first == end || (marked(first) && run(first, end - first) == end - first);
  }

  /** How many of the {@code most} sectors from {@code first} are marked as the first is. */
  int run(int first, int most) {
    if (full) {
      return most;
    }
    boolean there = marked(first);
    int run = 1;
    while (run < most && marked(first + run) == there) {
      run++;
    }
    return run;
  }

  /** True if a bit has changed. */
  boolean mark(int first, int count) {
    if (full) {
      return false;
    }
    boolean changed = false;
    for (int i = first; i < first + count; i++) {
      if (!marked(i)) {
        bytes[i >>> 3] |= (byte) (0x80 >>> (i & 7));
        changed = true;
      }
    }
    if (changed) {
      full = count() == sectors;
    }
    return changed;
  }

  /** Marked sectors. */
  int count() {
    int count = 0;
    for (int i = 0; i < sectors / 8; i++) {
      count += Integer.bitCount(bytes[i] & 0xFF);
    }
    return count;
  }
}
