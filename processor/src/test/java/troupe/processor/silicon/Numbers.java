package troupe.processor.silicon;

import java.nio.ByteBuffer;
import java.util.Random;

/** Random numbers of all formats, with many special ones. */
final class Numbers {
  private final Random random;

  Numbers(Random random) {
    this.random = random;
  }

  int below(int n) {
    return random.nextInt(n);
  }

  /** A significand with its top bit set: random, sparse, or all ones near the end. */
  private long significand() {
    long top = Long.MIN_VALUE;
    return switch (random.nextInt(6)) {
      case 0 -> top;
      case 1 -> top | 1L << random.nextInt(63);
      case 2 -> top | -1L << random.nextInt(64);
      case 3 -> -1L >>> 1 << random.nextInt(20) | top;
      default -> top | random.nextLong();
    };
  }

  /** An 80-bit number at {@code at}. */
  void put80(ByteBuffer data, int at) {
    int sign = random.nextInt(2) << 15;
    long s;
    int e;
    switch (random.nextInt(24)) {
      case 0 -> {
        e = 0;
        s = 0;
      }
      case 1 -> {
        e = 0;
        s = random.nextLong() >>> 1 >>> random.nextInt(63);
      }
      case 2 -> {
        e = 0;
        s = significand();
      }
      case 3 -> {
        e = 0x7FFF;
        s = Long.MIN_VALUE;
      }
      case 4 -> {
        e = 0x7FFF;
        s = Long.MIN_VALUE | 1L << 62 | random.nextLong() >>> 2 >>> random.nextInt(62);
      }
      case 5 -> {
        e = 0x7FFF;
        s = Long.MIN_VALUE | random.nextLong() >>> 2 >>> random.nextInt(62) | 1;
      }
      case 6 -> {
        e = random.nextInt(3) == 0 ? 0x7FFF : random.nextInt(0x7FFF);
        s = random.nextInt(4) == 0 ? 0 : random.nextLong() >>> 1;
      }
      case 7 -> {
        e = 1 + random.nextInt(70);
        s = significand();
      }
      case 8 -> {
        e = 0x7FFE - random.nextInt(70);
        s = significand();
      }
      case 9 -> {
        e = 0x3FFF + random.nextInt(66);
        s = significand() & -1L << (63 - Math.min(63, e - 0x3FFF));
      }
      case 10 -> {
        e = 0x3FFF - 1023 - random.nextInt(60);
        s = significand();
      }
      case 11 -> {
        e = 0x3FFF - 126 - random.nextInt(30);
        s = significand();
      }
      case 12 -> {
        e = 0x3FFF + 126 + random.nextInt(3);
        s = significand() | -1L << 38;
      }
      case 13 -> {
        e = 0x3FFF + 1022 + random.nextInt(3);
        s = significand() | -1L << 9;
      }
      case 14 -> {
        e = random.nextInt(0x7FFF);
        s = significand();
      }
      case 15 -> {
        e = 0x3FFF;
        s = Long.MIN_VALUE;
      }
      default -> {
        e = 0x3FFF - 40 + random.nextInt(110);
        s = significand();
      }
    }
    data.putLong(at, s);
    data.putShort(at + 8, (short) (sign | e));
  }

  /** A binary64. */
  long real64() {
    long sign = random.nextLong() << 63;
    long fraction = random.nextLong() >>> 12;
    long v =
        switch (random.nextInt(16)) {
          case 0 -> 0;
          case 1 -> fraction >>> random.nextInt(52);
          case 2 -> 0x7FFL << 52;
          case 3 -> 0x7FFL << 52 | 1L << 51 | fraction;
          case 4 -> 0x7FFL << 52 | fraction >>> 1 | 1;
          case 5 -> (long) random.nextInt(0x7FF) << 52 | fraction;
          case 6 -> 1023L << 52;
          case 7 -> (long) (1 + random.nextInt(60)) << 52 | fraction;
          case 8 -> (long) (0x7FE - random.nextInt(60)) << 52 | fraction;
          case 9 -> (long) (1023 + random.nextInt(64)) << 52 | fraction & -1L << random.nextInt(53);
          case 10 -> (long) (1023 - 126 - random.nextInt(30)) << 52 | fraction;
          case 11 -> (long) (1023 + 126 + random.nextInt(3)) << 52 | fraction | -1L << 22 >>> 12;
          default -> (long) (1023 - 20 + random.nextInt(40)) << 52 | fraction;
        };
    return sign | v;
  }

  /** A binary32. */
  int real32() {
    int sign = random.nextInt() << 31;
    int fraction = random.nextInt() >>> 9;
    int v =
        switch (random.nextInt(14)) {
          case 0 -> 0;
          case 1 -> fraction >>> random.nextInt(23);
          case 2 -> 0xFF << 23;
          case 3 -> 0xFF << 23 | 1 << 22 | fraction;
          case 4 -> 0xFF << 23 | fraction >>> 1 | 1;
          case 5 -> random.nextInt(0xFF) << 23 | fraction;
          case 6 -> 127 << 23;
          case 7 -> 1 + random.nextInt(30) << 23 | fraction;
          case 8 -> 0xFE - random.nextInt(30) << 23 | fraction;
          case 9 -> 127 + random.nextInt(34) << 23 | fraction & -1 << random.nextInt(24);
          default -> 127 - 10 + random.nextInt(20) << 23 | fraction;
        };
    return sign | v;
  }

  /** A packed decimal of 18 digits. */
  void putDecimal(ByteBuffer data, int at) {
    int leading = random.nextInt(19);
    for (int n = 0; n < 9; n++) {
      int low = 2 * n < leading ? random.nextInt(10) : 0;
      int high = 2 * n + 1 < leading ? random.nextInt(10) : 0;
      data.put(at + n, (byte) (high << 4 | low));
    }
    data.put(at + 9, (byte) (random.nextInt(2) << 7));
  }

  /** Integers: random, small, and near the limits. */
  long integer() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(5) - 2;
      case 1 -> random.nextLong() >> random.nextInt(64);
      case 2 -> 0x7FFF_7FFF_7FFF_7FFFL + random.nextInt(3) - 1;
      case 3 -> 0x8000_0000_8000_8080L + random.nextInt(3) - 1;
      default -> random.nextLong();
    };
  }
}
