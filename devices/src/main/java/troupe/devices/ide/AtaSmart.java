package troupe.devices.ide;

/** The two SMART data structures of a disk that never wears out. [ATA/ATAPI-5] section 8.41. */
final class AtaSmart {
  private static final int REVISION = 0x0010;

  /** Identifier, flags, current value, worst value, threshold. */
  private static final int[][] ATTRIBUTES = {
    {1, 0x03, 100, 100, 6}, // read error rate
    {3, 0x03, 100, 100, 0}, // spin-up time
    {4, 0x02, 100, 100, 20}, // start/stop count
    {5, 0x03, 100, 100, 36}, // reallocated sectors
    {9, 0x03, 100, 100, 0}, // power-on hours
    {12, 0x03, 100, 100, 0}, // power cycles
  };

  private AtaSmart() {}

  static void writeData(byte[] target) {
    java.util.Arrays.fill(target, 0, 512, (byte) 0);
    target[0] = REVISION;
    int at = 2;
    for (int[] a : ATTRIBUTES) {
      target[at] = (byte) a[0];
      target[at + 1] = (byte) a[1];
      target[at + 3] = (byte) a[2];
      target[at + 4] = (byte) a[3];
      at += 12;
    }
    target[364] = 20; // seconds an off-line collection takes
    target[368] = 0x03; // SMART capability: saves before power-down, autosave
    checksum(target);
  }

  static void writeThresholds(byte[] target) {
    java.util.Arrays.fill(target, 0, 512, (byte) 0);
    target[0] = REVISION;
    int at = 2;
    for (int[] a : ATTRIBUTES) {
      target[at] = (byte) a[0];
      target[at + 1] = (byte) a[4];
      at += 12;
    }
    checksum(target);
  }

  private static void checksum(byte[] target) {
    int sum = 0;
    for (int i = 0; i < 511; i++) {
      sum += target[i];
    }
    target[511] = (byte) -sum;
  }
}
