package troupe.processor.simd;

/**
 * Packed integer arithmetic on 64 bits: an MMX operand, or each half of an SSE2 one. Methods are
 * named after the instructions ([SDM] vol. 2); the first operand is the destination.
 */
public final class PackedInteger {
  private static final long TOP8 = 0x8080_8080_8080_8080L;
  private static final long TOP16 = 0x8000_8000_8000_8000L;
  private static final long TOP32 = 0x8000_0000_8000_0000L;
  private static final long LOW16 = 0xFFFFL;
  private static final long LOW32 = 0xFFFF_FFFFL;

  private PackedInteger() {}

  // ---- Elements

  private static int signed8(long v, int n) {
    return (byte) (v >>> 8 * n);
  }

  private static int unsigned8(long v, int n) {
    return (int) (v >>> 8 * n) & 0xFF;
  }

  private static int signed16(long v, int n) {
    return (short) (v >>> 16 * n);
  }

  private static int unsigned16(long v, int n) {
    return (int) (v >>> 16 * n) & 0xFFFF;
  }

  private static long put8(int v, int n) {
    return (v & 0xFFL) << 8 * n;
  }

  private static long put16(int v, int n) {
    return (v & LOW16) << 16 * n;
  }

  private static long join(int high, int low) {
    return (long) high << 32 | low & LOW32;
  }

  private static int clamp(int v, int low, int high) {
    return Math.min(Math.max(v, low), high);
  }

  // ---- Addition and subtraction

  private static long add(long a, long b, long top) {
    return (a & ~top) + (b & ~top) ^ (a ^ b) & top;
  }

  private static long subtract(long a, long b, long top) {
    return (a | top) - (b & ~top) ^ (a ^ ~b) & top;
  }

  public static long paddb(long a, long b) {
    return add(a, b, TOP8);
  }

  public static long paddw(long a, long b) {
    return add(a, b, TOP16);
  }

  public static long paddd(long a, long b) {
    return add(a, b, TOP32);
  }

  public static long paddq(long a, long b) {
    return a + b;
  }

  public static long psubb(long a, long b) {
    return subtract(a, b, TOP8);
  }

  public static long psubw(long a, long b) {
    return subtract(a, b, TOP16);
  }

  public static long psubd(long a, long b) {
    return subtract(a, b, TOP32);
  }

  public static long psubq(long a, long b) {
    return a - b;
  }

  public static long paddsb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(clamp(signed8(a, n) + signed8(b, n), Byte.MIN_VALUE, Byte.MAX_VALUE), n);
    }
    return r;
  }

  public static long paddsw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(clamp(signed16(a, n) + signed16(b, n), Short.MIN_VALUE, Short.MAX_VALUE), n);
    }
    return r;
  }

  public static long paddusb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(Math.min(unsigned8(a, n) + unsigned8(b, n), 0xFF), n);
    }
    return r;
  }

  public static long paddusw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(Math.min(unsigned16(a, n) + unsigned16(b, n), 0xFFFF), n);
    }
    return r;
  }

  public static long psubsb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(clamp(signed8(a, n) - signed8(b, n), Byte.MIN_VALUE, Byte.MAX_VALUE), n);
    }
    return r;
  }

  public static long psubsw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(clamp(signed16(a, n) - signed16(b, n), Short.MIN_VALUE, Short.MAX_VALUE), n);
    }
    return r;
  }

  public static long psubusb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(Math.max(unsigned8(a, n) - unsigned8(b, n), 0), n);
    }
    return r;
  }

  public static long psubusw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(Math.max(unsigned16(a, n) - unsigned16(b, n), 0), n);
    }
    return r;
  }

  // ---- Multiplication, sums of differences, averages

  public static long pmullw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(signed16(a, n) * signed16(b, n), n);
    }
    return r;
  }

  public static long pmulhw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(signed16(a, n) * signed16(b, n) >> 16, n);
    }
    return r;
  }

  public static long pmulhuw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(unsigned16(a, n) * unsigned16(b, n) >>> 16, n);
    }
    return r;
  }

  public static long pmaddwd(long a, long b) {
    return join(
        signed16(a, 3) * signed16(b, 3) + signed16(a, 2) * signed16(b, 2),
        signed16(a, 1) * signed16(b, 1) + signed16(a, 0) * signed16(b, 0));
  }

  public static long pmuludq(long a, long b) {
    return (a & LOW32) * (b & LOW32);
  }

  public static long psadbw(long a, long b) {
    int sum = 0;
    for (int n = 0; n < 8; n++) {
      sum += Math.abs(unsigned8(a, n) - unsigned8(b, n));
    }
    return sum;
  }

  public static long pavgb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(unsigned8(a, n) + unsigned8(b, n) + 1 >> 1, n);
    }
    return r;
  }

  public static long pavgw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(unsigned16(a, n) + unsigned16(b, n) + 1 >> 1, n);
    }
    return r;
  }

  // ---- Comparison

  public static long pminub(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(Math.min(unsigned8(a, n), unsigned8(b, n)), n);
    }
    return r;
  }

  public static long pmaxub(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(Math.max(unsigned8(a, n), unsigned8(b, n)), n);
    }
    return r;
  }

  public static long pminsw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(Math.min(signed16(a, n), signed16(b, n)), n);
    }
    return r;
  }

  public static long pmaxsw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(Math.max(signed16(a, n), signed16(b, n)), n);
    }
    return r;
  }

  public static long pcmpeqb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(unsigned8(a, n) == unsigned8(b, n) ? -1 : 0, n);
    }
    return r;
  }

  public static long pcmpeqw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(unsigned16(a, n) == unsigned16(b, n) ? -1 : 0, n);
    }
    return r;
  }

  public static long pcmpeqd(long a, long b) {
    return join(a >>> 32 == b >>> 32 ? -1 : 0, (int) a == (int) b ? -1 : 0);
  }

  public static long pcmpgtb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 8; n++) {
      r |= put8(signed8(a, n) > signed8(b, n) ? -1 : 0, n);
    }
    return r;
  }

  public static long pcmpgtw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(signed16(a, n) > signed16(b, n) ? -1 : 0, n);
    }
    return r;
  }

  public static long pcmpgtd(long a, long b) {
    return join(a >> 32 > b >> 32 ? -1 : 0, (int) a > (int) b ? -1 : 0);
  }

  // ---- Logic

  public static long pand(long a, long b) {
    return a & b;
  }

  public static long pandn(long a, long b) {
    return ~a & b;
  }

  public static long por(long a, long b) {
    return a | b;
  }

  public static long pxor(long a, long b) {
    return a ^ b;
  }

  // ---- Shifts by a count of 64 bits, unsigned

  private static boolean beyond(long count, int bits) {
    return (count & -bits) != 0;
  }

  public static long psllw(long a, long count) {
    return beyond(count, 16) ? 0 : a << count & (LOW16 << count & LOW16) * 0x1_0001_0001_0001L;
  }

  public static long pslld(long a, long count) {
    return beyond(count, 32) ? 0 : join((int) (a >>> 32) << count, (int) a << count);
  }

  public static long psllq(long a, long count) {
    return beyond(count, 64) ? 0 : a << count;
  }

  public static long psrlw(long a, long count) {
    return beyond(count, 16) ? 0 : a >>> count & (LOW16 >>> count) * 0x1_0001_0001_0001L;
  }

  public static long psrld(long a, long count) {
    return beyond(count, 32) ? 0 : join((int) (a >>> 32) >>> count, (int) a >>> count);
  }

  public static long psrlq(long a, long count) {
    return beyond(count, 64) ? 0 : a >>> count;
  }

  public static long psraw(long a, long count) {
    int by = beyond(count, 16) ? 15 : (int) count;
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(signed16(a, n) >> by, n);
    }
    return r;
  }

  public static long psrad(long a, long count) {
    int by = beyond(count, 32) ? 31 : (int) count;
    return join((int) (a >> 32) >> by, (int) a >> by);
  }

  // ---- Packing and unpacking: low halves come first

  public static long packsswb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put8(clamp(signed16(a, n), Byte.MIN_VALUE, Byte.MAX_VALUE), n);
      r |= put8(clamp(signed16(b, n), Byte.MIN_VALUE, Byte.MAX_VALUE), n + 4);
    }
    return r;
  }

  public static long packuswb(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put8(clamp(signed16(a, n), 0, 0xFF), n);
      r |= put8(clamp(signed16(b, n), 0, 0xFF), n + 4);
    }
    return r;
  }

  public static long packssdw(long a, long b) {
    return put16(clamp((int) a, Short.MIN_VALUE, Short.MAX_VALUE), 0)
        | put16(clamp((int) (a >> 32), Short.MIN_VALUE, Short.MAX_VALUE), 1)
        | put16(clamp((int) b, Short.MIN_VALUE, Short.MAX_VALUE), 2)
        | put16(clamp((int) (b >> 32), Short.MIN_VALUE, Short.MAX_VALUE), 3);
  }

  public static long punpcklbw(long a, long b) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put8(unsigned8(a, n), 2 * n) | put8(unsigned8(b, n), 2 * n + 1);
    }
    return r;
  }

  public static long punpckhbw(long a, long b) {
    return punpcklbw(a >>> 32, b >>> 32);
  }

  public static long punpcklwd(long a, long b) {
    return a & LOW16 | (b & LOW16) << 16 | (a & LOW16 << 16) << 16 | (b & LOW16 << 16) << 32;
  }

  public static long punpckhwd(long a, long b) {
    return punpcklwd(a >>> 32, b >>> 32);
  }

  public static long punpckldq(long a, long b) {
    return a & LOW32 | b << 32;
  }

  public static long punpckhdq(long a, long b) {
    return a >>> 32 | b & ~LOW32;
  }

  // ---- Shuffles and masks

  /** The four words of {@code a} that the pairs of bits of {@code order} select. */
  public static long pshufw(long a, int order) {
    long r = 0;
    for (int n = 0; n < 4; n++) {
      r |= put16(unsigned16(a, order >>> 2 * n & 3), n);
    }
    return r;
  }

  /** Word {@code n} of {@code a} replaced. */
  public static long pinsrw(long a, int word, int n) {
    return a & ~(LOW16 << 16 * (n & 3)) | put16(word, n & 3);
  }

  /** Word {@code n} of {@code a}. */
  public static int pextrw(long a, int n) {
    return unsigned16(a, n & 3);
  }

  /** The top bits of the eight bytes. */
  public static int pmovmskb(long a) {
    int r = 0;
    for (int n = 0; n < 8; n++) {
      r |= unsigned8(a, n) >>> 7 << n;
    }
    return r;
  }

  /** Bytes of ones where the top bit of a byte of {@code mask} is set. */
  public static long byteMask(long mask) {
    return (mask >>> 7 & 0x0101_0101_0101_0101L) * 0xFF;
  }
}
