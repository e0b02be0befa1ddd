package troupe.devices.ide;

import java.util.Arrays;

/**
 * Raw mode 1 sectors around user data: sync pattern, header with the MSF address, data. The error
 * detection and correction bytes are left zero. [ECMA-130] section 14.
 */
final class RawSectors {
  private static final int HEADER_BYTES = 16;
  private static final int MODE_1 = 1;

  private RawSectors() {}

  /** Spreads {@code count} packed sectors of 2048 bytes to 2352 bytes each, in place. */
  static void expand(byte[] buffer, long first, int count) {
    for (int i = count - 1; i >= 0; i--) {
      int to = i * MmcUnit.RAW_BLOCK_BYTES;
      int data = to + HEADER_BYTES;
      System.arraycopy(buffer, i * MmcUnit.BLOCK_BYTES, buffer, data, MmcUnit.BLOCK_BYTES);
      Arrays.fill(buffer, to, data, (byte) 0);
      Arrays.fill(buffer, to + 1, to + 11, (byte) 0xFF);
      int msf = MmcTables.msf(first + i);
      buffer[to + 12] = bcd(msf >>> 16 & 0xFF);
      buffer[to + 13] = bcd(msf >>> 8 & 0xFF);
      buffer[to + 14] = bcd(msf & 0xFF);
      buffer[to + 15] = MODE_1;
      Arrays.fill(buffer, data + MmcUnit.BLOCK_BYTES, to + MmcUnit.RAW_BLOCK_BYTES, (byte) 0);
    }
  }

  private static byte bcd(int value) {
    return (byte) (value / 10 << 4 | value % 10);
  }
}
