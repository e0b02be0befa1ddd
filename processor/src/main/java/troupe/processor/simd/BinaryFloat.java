package troupe.processor.simd;

import static troupe.processor.fpu.FloatOperation.DENORMAL;
import static troupe.processor.fpu.FloatOperation.DOWN;
import static troupe.processor.fpu.FloatOperation.INVALID;
import static troupe.processor.fpu.FloatOperation.ZERO_DIVIDE;

import troupe.processor.fpu.Float80Formats;
import troupe.processor.fpu.FloatOperation;

/**
 * Exact arithmetic on binary32 and binary64 with the exceptions and rounding of SSE ([SDM] vol. 1,
 * 11.5; vol. 2): what {@link Float32} and {@link Float64} fall back to. A number is its encoding,
 * zero-extended; {@code bits} is 32 or 64. An operation that ends in an unmasked exception returns
 * anything.
 */
final class BinaryFloat {
  static final int LESS = 1;
  static final int EQUAL = 2;
  static final int GREATER = 4;
  static final int UNORDERED = 8;

  private BinaryFloat() {}

  // ---- Encodings

  private static long sign(int bits) {
    return 1L << (bits - 1);
  }

  static long infinity(int bits) {
    return bits == 32 ? 0x7F80_0000L : 0x7FF0_0000_0000_0000L;
  }

  private static long quiet(int bits) {
    return bits == 32 ? 1L << 22 : 1L << 51;
  }

  private static long magnitude(int bits, long a) {
    return a & (sign(bits) - 1);
  }

  static boolean isNan(int bits, long a) {
    return magnitude(bits, a) > infinity(bits);
  }

  private static boolean isSignaling(int bits, long a) {
    return isNan(bits, a) && (a & quiet(bits)) == 0;
  }

  private static boolean isDenormal(int bits, long a) {
    long m = magnitude(bits, a);
    return m != 0 && m < (bits == 32 ? 1L << 23 : 1L << 52);
  }

  private static long defaultNan(int bits) {
    return sign(bits) | infinity(bits) | quiet(bits);
  }

  // ---- What operations share

  private static long invalid(FloatOperation f, int bits) {
    f.raise(INVALID);
    return defaultNan(bits);
  }

  /** The NaN that results from operands of which one is a NaN: the first one that is. */
  private static long nan(FloatOperation f, int bits, long a, long b) {
    if (isSignaling(bits, a) || isSignaling(bits, b)) {
      f.raise(INVALID);
    }
    return (isNan(bits, a) ? a : b) | quiet(bits);
  }

  /** With denormals-are-zeros, zero for a denormal. */
  private static long operand(FloatOperation f, int bits, long a) {
    return f.denormalsAreZeros && isDenormal(bits, a) ? a & sign(bits) : a;
  }

  /** Raises the denormal exception; true if that ends the operation. */
  private static boolean denormals(FloatOperation f, int bits, long a, long b) {
    return (isDenormal(bits, a) || isDenormal(bits, b)) && f.raise(DENORMAL);
  }

  private static void unpack(FloatOperation f, int bits, long a) {
    if (bits == 32) {
      Float80Formats.fromSingle(f, (int) a);
    } else {
      Float80Formats.fromDouble(f, a);
    }
  }

  private static long round(FloatOperation f, int bits) {
    return bits == 32 ? f.roundTo32() & 0xFFFF_FFFFL : f.roundTo64();
  }

  private static boolean negative(int signExponent) {
    return (signExponent & 0x8000) != 0;
  }

  // ---- Arithmetic

  static long add(FloatOperation f, int bits, long x, long y) {
    long a = operand(f, bits, x);
    long b = operand(f, bits, y);
    if (isNan(bits, a) || isNan(bits, b)) {
      return nan(f, bits, a, b);
    }
    boolean infinityA = magnitude(bits, a) == infinity(bits);
    boolean infinityB = magnitude(bits, b) == infinity(bits);
    if (infinityA && infinityB && a != b) {
      return invalid(f, bits);
    }
    if (denormals(f, bits, a, b)) {
      return 0;
    }
    if (infinityA || infinityB) {
      return infinityA ? a : b;
    }
    unpack(f, bits, a);
    int ea = f.signExponent;
    long sa = f.significand;
    unpack(f, bits, b);
    int eb = f.signExponent;
    long sb = f.significand;
    if (sa == 0 && sb == 0) {
      return a == b ? a : f.rounding == DOWN ? sign(bits) : 0;
    }
    if (sb == 0) {
      f.value(negative(ea), ea & 0x7FFF, sa, 0);
    } else if (sa == 0) {
      f.value(negative(eb), eb & 0x7FFF, sb, 0);
    } else if (!f.add(negative(ea), ea & 0x7FFF, sa, negative(eb), eb & 0x7FFF, sb)) {
      return f.rounding == DOWN ? sign(bits) : 0;
    }
    return round(f, bits);
  }

  static long subtract(FloatOperation f, int bits, long a, long b) {
    return isNan(bits, b) ? add(f, bits, a, b) : add(f, bits, a, b ^ sign(bits));
  }

  static long multiply(FloatOperation f, int bits, long x, long y) {
    long a = operand(f, bits, x);
    long b = operand(f, bits, y);
    if (isNan(bits, a) || isNan(bits, b)) {
      return nan(f, bits, a, b);
    }
    long sign = (a ^ b) & sign(bits);
    boolean infinite = magnitude(bits, a) == infinity(bits) || magnitude(bits, b) == infinity(bits);
    boolean zero = magnitude(bits, a) == 0 || magnitude(bits, b) == 0;
    if (infinite && zero) {
      return invalid(f, bits);
    }
    if (denormals(f, bits, a, b)) {
      return 0;
    }
    if (infinite || zero) {
      return sign | (infinite ? infinity(bits) : 0);
    }
    unpack(f, bits, a);
    int ea = f.signExponent;
    long sa = f.significand;
    unpack(f, bits, b);
    f.multiply(sign != 0, ea & 0x7FFF, sa, f.signExponent & 0x7FFF, f.significand);
    return round(f, bits);
  }

  static long divide(FloatOperation f, int bits, long x, long y) {
    long a = operand(f, bits, x);
    long b = operand(f, bits, y);
    if (isNan(bits, a) || isNan(bits, b)) {
      return nan(f, bits, a, b);
    }
    long sign = (a ^ b) & sign(bits);
    boolean infinityA = magnitude(bits, a) == infinity(bits);
    boolean infinityB = magnitude(bits, b) == infinity(bits);
    boolean zeroA = magnitude(bits, a) == 0;
    boolean zeroB = magnitude(bits, b) == 0;
    if (infinityA && infinityB || zeroA && zeroB) {
      return invalid(f, bits);
    }
    if (zeroB && !infinityA) {
      f.raise(ZERO_DIVIDE);
      return sign | infinity(bits);
    }
    if (denormals(f, bits, a, b)) {
      return 0;
    }
    if (infinityA) {
      return sign | infinity(bits);
    }
    if (infinityB || zeroA) {
      return sign;
    }
    unpack(f, bits, a);
    int ea = f.signExponent;
    long sa = f.significand;
    unpack(f, bits, b);
    f.divide(sign != 0, ea & 0x7FFF, sa, f.signExponent & 0x7FFF, f.significand);
    return round(f, bits);
  }

  static long squareRoot(FloatOperation f, int bits, long x) {
    long a = operand(f, bits, x);
    if (isNan(bits, a)) {
      return nan(f, bits, a, a);
    }
    if (magnitude(bits, a) == 0) {
      return a;
    }
    if ((a & sign(bits)) != 0) {
      return invalid(f, bits);
    }
    if (a == infinity(bits)) {
      return a;
    }
    if (isDenormal(bits, a) && f.raise(DENORMAL)) {
      return 0;
    }
    unpack(f, bits, a);
    f.squareRoot(f.signExponent, f.significand);
    return round(f, bits);
  }

  // ---- Comparison

  /** One of the four outcomes; quiet NaNs are invalid too if {@code signaling}. */
  static int compare(FloatOperation f, int bits, boolean signaling, long x, long y) {
    long a = operand(f, bits, x);
    long b = operand(f, bits, y);
    if (isNan(bits, a) || isNan(bits, b)) {
      if (signaling || isSignaling(bits, a) || isSignaling(bits, b)) {
        f.raise(INVALID);
      }
      return UNORDERED;
    }
    denormals(f, bits, a, b);
    long oa = order(bits, a);
    long ob = order(bits, b);
    return oa < ob ? LESS : oa > ob ? GREATER : EQUAL;
  }

  /** A number whose order is that of the encoded one. */
  private static long order(int bits, long a) {
    long m = magnitude(bits, a);
    return (a & sign(bits)) != 0 ? -m : m;
  }

  /** The lesser, or the second if they are equal or unordered. */
  static long minimum(FloatOperation f, int bits, long a, long b) {
    int outcome = compare(f, bits, true, a, b);
    return operand(f, bits, outcome == LESS ? a : b);
  }

  /** The greater, or the second if they are equal or unordered. */
  static long maximum(FloatOperation f, int bits, long a, long b) {
    int outcome = compare(f, bits, true, a, b);
    return operand(f, bits, outcome == GREATER ? a : b);
  }

  // ---- Conversion

  /** From one format to the other. */
  static long convert(FloatOperation f, int from, int to, long x) {
    long a = operand(f, from, x);
    boolean negative = (a & sign(from)) != 0;
    long sign = negative ? sign(to) : 0;
    if (isNan(from, a)) {
      if (isSignaling(from, a)) {
        f.raise(INVALID);
      }
      long payload = from == 32 ? a << 41 >>> 12 : (a & (1L << 51) - 1) >>> 29;
      return sign | infinity(to) | quiet(to) | payload;
    }
    if (magnitude(from, a) == infinity(from)) {
      return sign | infinity(to);
    }
    if (magnitude(from, a) == 0) {
      return sign;
    }
    if (isDenormal(from, a) && f.raise(DENORMAL)) {
      return 0;
    }
    unpack(f, from, a);
    f.value(negative, f.signExponent & 0x7FFF, f.significand, 0);
    return round(f, to);
  }

  /** To a 32-bit integer; the integer indefinite if it does not fit. */
  static int toInteger(FloatOperation f, int bits, long x) {
    long a = operand(f, bits, x);
    if (magnitude(bits, a) >= infinity(bits)) {
      f.raise(INVALID);
      return 1 << 31;
    }
    if (magnitude(bits, a) == 0) {
      return 0;
    }
    unpack(f, bits, a);
    f.value(negative(f.signExponent), f.signExponent & 0x7FFF, f.significand, 0);
    return (int) f.roundToInteger(32);
  }

  /** From a 32-bit integer. */
  static long fromInteger(FloatOperation f, int bits, int v) {
    if (v == 0) {
      return 0;
    }
    long m = Math.abs((long) v);
    f.value(v < 0, FloatOperation.BIAS + 63, m, 0);
    return round(f, bits);
  }
}
