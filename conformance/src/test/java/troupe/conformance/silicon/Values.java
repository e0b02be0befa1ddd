package troupe.conformance.silicon;

import java.nio.ByteBuffer;
import java.util.Random;

/** Random operands, with those that reach corners as likely as all others together. */
final class Values {
  private static final int[] CORNERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    9,
    0xF,
    0x10,
    0x1F,
    0x20,
    0x7F,
    0x80,
    0x81,
    0x99,
    0xFE,
    0xFF,
    0x100,
    0x7FFE,
    0x7FFF,
    0x8000,
    0x8001,
    0xFFFE,
    0xFFFF,
    0x10000,
    0x7FFFFFFE,
    0x7FFFFFFF,
    0x80000000,
    0x80000001,
    -2,
    -1
  };
  private static final float[] FLOATS = {
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    1.5f,
    2f,
    -2.5f,
    3f,
    100f,
    1e10f,
    -1e10f,
    1e20f,
    1e38f,
    1e-38f,
    1e-45f,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    2147483648f,
    -2147483648f,
    2147483520f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };
  private static final double[] DOUBLES = {
    0d,
    -0d,
    1d,
    -1d,
    0.5,
    1.5,
    2.5,
    -3.5,
    100d,
    1e10,
    -1e100,
    1e300,
    1e-300,
    4.9e-324,
    1e-310,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    2147483647d,
    2147483648d,
    -2147483648d,
    -2147483649d,
    2147483647.5,
    0x1p63,
    3.4028234663852886e38,
    3.4028235677973366e38,
    1.401298464324817e-45,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };
  private final Random random;

  Values(long seed) {
    random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  int any32() {
    return switch (random.nextInt(4)) {
      case 0 -> CORNERS[random.nextInt(CORNERS.length)];
      case 1 -> random.nextInt(256);
      case 2 -> (byte) random.nextInt();
      default -> random.nextInt();
    };
  }

  int floatBits() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> Float.floatToRawIntBits(FLOATS[random.nextInt(FLOATS.length)]);
      case 3 -> random.nextInt();
      case 4 -> // NaN, quiet or signaling
          random.nextInt() | 0x7F80_0001;
      case 5 -> random.nextInt() & 0x807F_FFFF; // denormal
      default -> // around one
          Float.floatToRawIntBits((random.nextFloat() - 0.5f) * (1 << random.nextInt(20)));
    };
  }

  long doubleBits() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> Double.doubleToRawLongBits(DOUBLES[random.nextInt(DOUBLES.length)]);
      case 3 -> random.nextLong();
      case 4 -> random.nextLong() | 0x7FF0_0000_0000_0001L;
      case 5 -> random.nextLong() & 0x800F_FFFF_FFFF_FFFFL;
      default ->
          Double.doubleToRawLongBits((random.nextDouble() - 0.5) * (1L << random.nextInt(40)));
    };
  }

  /** Ten bytes of an x87 register at {@code at}. */
  void extended(ByteBuffer to, int at) {
    long significand = random.nextLong() | Long.MIN_VALUE;
    int exponent = 0x3FFF + random.nextInt(80) - 40;
    switch (random.nextInt(12)) {
      case 0 -> {
        significand = 0;
        exponent = 0;
      }
      case 1 -> significand = Long.MIN_VALUE; // a power of two
      case 2 -> { // an integer
        int value = random.nextInt() & 0x7FFF_FFFF | 1;
        int shift = Long.numberOfLeadingZeros(value);
        significand = (long) value << shift;
        exponent = 0x3FFF + 63 - shift;
      }
      case 3 -> { // a double
        significand &= ~0x7FFL;
      }
      case 4 -> { // infinity or NaN
        exponent = 0x7FFF;
        significand =
            switch (random.nextInt(3)) {
              case 0 -> Long.MIN_VALUE;
              case 1 -> significand & ~0x4000_0000_0000_0000L | 1;
              default -> significand | 0x4000_0000_0000_0000L;
            };
      }
      case 5 -> { // denormal, pseudo-denormal, or near them
        exponent = random.nextInt(3);
        if (random.nextBoolean()) {
          significand &= Long.MAX_VALUE;
        }
      }
      case 6 -> exponent = random.nextInt(0x7FFF);
      case 7 -> { // unsupported
        significand &= Long.MAX_VALUE;
        exponent = random.nextInt(0x8000);
      }
      case 8 -> exponent = 0x3FFF + (random.nextBoolean() ? 1023 : -1022) + random.nextInt(60) - 30;
      default -> {}
    }
    to.putLong(at, significand);
    to.putShort(at + 8, (short) (exponent | (random.nextBoolean() ? 0x8000 : 0)));
  }

  /** Sixteen bytes of an XMM register or its memory operand. */
  void packed(ByteBuffer to, int at) {
    switch (random.nextInt(3)) {
      case 0 -> {
        for (int i = 0; i < 16; i += 4) {
          to.putInt(at + i, floatBits());
        }
      }
      case 1 -> {
        for (int i = 0; i < 16; i += 8) {
          to.putLong(at + i, doubleBits());
        }
      }
      default -> {
        for (int i = 0; i < 16; i += 4) {
          to.putInt(at + i, any32());
        }
      }
    }
  }
}
