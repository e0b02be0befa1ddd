package troupe.diskio;

import java.util.Arrays;

/** Tells whether bytes are all zero. */
final class Zeros {
  private static final byte[] BLOCK = new byte[1 << 16];

  private Zeros() {}

  static boolean all(byte[] bytes, int from, int length) {
    int end = from + length;
    for (int at = from; at < end; at += BLOCK.length) {
      int part = Math.min(BLOCK.length, end - at);
      // Compares with vector instructions.
      if (!Arrays.equals(bytes, at, at + part, BLOCK, 0, part)) {
        return false;
      }
    }
    return true;
  }
}
