package troupe.devices.ide;

/** The 256 words that IDENTIFY DEVICE and IDENTIFY PACKET DEVICE return, being filled in. */
final class IdentifyData {
  static final int BYTES = 512;

  private final byte[] target;

  /** Starts with zeros in the first 512 bytes of {@code target}. */
  IdentifyData(byte[] target) {
    this.target = target;
    java.util.Arrays.fill(target, 0, BYTES, (byte) 0);
  }

  IdentifyData word(int index, int value) {
    target[2 * index] = (byte) value;
    target[2 * index + 1] = (byte) (value >>> 8);
    return this;
  }

  /** Two words, the low one first. */
  IdentifyData dword(int index, long value) {
    return word(index, (int) value & 0xFFFF).word(index + 1, (int) (value >>> 16) & 0xFFFF);
  }

  /** An ASCII string padded with spaces, its characters swapped within each word. */
  IdentifyData text(int index, int words, String value) {
    for (int i = 0; i < 2 * words; i++) {
      int c = i < value.length() ? value.charAt(i) : ' ';
      target[(2 * index + i) ^ 1] = (byte) (c < 0x80 ? c : '?');
    }
    return this;
  }

  /** Word 255: signature A5h, and the byte that makes the sum of all bytes zero. */
  void integrity() {
    target[510] = (byte) 0xA5;
    int sum = 0;
    for (int i = 0; i < 511; i++) {
      sum += target[i];
    }
    target[511] = (byte) -sum;
  }
}
