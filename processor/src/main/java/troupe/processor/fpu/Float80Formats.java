package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.DENORMAL;
import static troupe.processor.fpu.FloatOperation.INTEGER;
import static troupe.processor.fpu.FloatOperation.INVALID;

/** 80-bit numbers from and to the other formats of the x87 ([SDM] vol. 1, 4.2, 4.7, 8.2). */
public final class Float80Formats {
  /** Largest magnitude of a packed decimal: 18 digits. */
  private static final long MAXIMUM_DECIMAL = 999_999_999_999_999_999L;

  private static final int DIGIT_PAIRS = 9;

  /** Sign and exponent of the packed decimal indefinite, and its low eight bytes. */
  public static final int DECIMAL_INDEFINITE_HIGH = 0xFFFF;

  public static final long DECIMAL_INDEFINITE_LOW = 0xC000_0000_0000_0000L;

  private Float80Formats() {}

  /** Whether a binary64 is neither denormal nor infinite nor a NaN. */
  static boolean isNormalOrZero(long v) {
    int exponent = (int) (v >>> 52) & 0x7FF;
    return exponent != 0 ? exponent != 0x7FF : v << 1 == 0;
  }

  /** Whether a binary32 is neither denormal nor infinite nor a NaN. */
  static boolean isNormalOrZero(int v) {
    int exponent = v >>> 23 & 0xFF;
    return exponent != 0 ? exponent != 0xFF : v << 1 == 0;
  }

  /** Sign and exponent of a binary64 that is normal or zero. */
  static int signExponent(long v) {
    int exponent = (int) (v >>> 52) & 0x7FF;
    return (int) (v >>> 48) & 0x8000 | (exponent != 0 ? exponent - 1023 + BIAS : 0);
  }

  /** Significand of a binary64 that is normal or zero. */
  static long significand(long v) {
    return v << 1 != 0 ? INTEGER | v << 11 : 0;
  }

  /**
   * The binary32 {@code v} as an operand: the result is exact, a signaling NaN stays one, and a
   * denormal is noted in the operation.
   */
  public static void fromSingle(FloatOperation f, int v) {
    int sign = v >>> 16 & 0x8000;
    int exponent = v >>> 23 & 0xFF;
    long fraction = v & 0x7F_FFFFL;
    if (exponent == 0xFF) {
      f.result(sign | 0x7FFF, INTEGER | fraction << 40);
    } else if (exponent != 0) {
      f.result(sign | exponent - 127 + BIAS, INTEGER | fraction << 40);
    } else if (fraction == 0) {
      f.result(sign, 0);
    } else {
      f.denormalOperand = true;
      int n = Long.numberOfLeadingZeros(fraction << 40);
      f.result(sign | -126 + BIAS - n, fraction << 40 << n);
    }
  }

  /** The binary64 {@code v} as an operand, like {@link #fromSingle}. */
  public static void fromDouble(FloatOperation f, long v) {
    int sign = (int) (v >>> 48) & 0x8000;
    int exponent = (int) (v >>> 52) & 0x7FF;
    long fraction = v & (1L << 52) - 1;
    if (exponent == 0x7FF) {
      f.result(sign | 0x7FFF, INTEGER | fraction << 11);
    } else if (exponent != 0) {
      f.result(sign | exponent - 1023 + BIAS, INTEGER | fraction << 11);
    } else if (fraction == 0) {
      f.result(sign, 0);
    } else {
      f.denormalOperand = true;
      int n = Long.numberOfLeadingZeros(fraction << 11);
      f.result(sign | -1022 + BIAS - n, fraction << 11 << n);
    }
  }

  /** What a load of a shorter format raises: quiets signaling NaNs, reports denormals. */
  public static void loaded(FloatOperation f) {
    if (!Float80.special(f, f.signExponent, f.significand) && f.denormalOperand) {
      f.raise(DENORMAL);
    }
  }

  /** An integer, exactly. */
  public static void fromInteger(FloatOperation f, long v) {
    if (v == 0) {
      f.result(0, 0);
      return;
    }
    int sign = v < 0 ? 0x8000 : 0;
    long magnitude = Math.abs(v);
    int n = Long.numberOfLeadingZeros(magnitude);
    f.result(sign | BIAS + 63 - n, magnitude << n);
  }

  /** To binary32. */
  public static int toSingle(FloatOperation f, int e, long s) {
    if (Float80.isNormal(e, s)) {
      f.value(e >= 0x8000, e & 0x7FFF, s, 0);
      return f.roundTo32();
    }
    int sign = (e & 0x8000) << 16;
    if (Float80.special(f, e, s)) {
      return (f.signExponent & 0x8000) << 16 | 0xFF << 23 | (int) (f.significand << 1 >>> 41);
    }
    if (Float80.isInfinite(e, s)) {
      return sign | 0xFF << 23;
    }
    if (s == 0) {
      return sign;
    }
    f.value(sign != 0, Float80.exponent(e, s), Float80.normalized(s), 0);
    return f.roundTo32();
  }

  /** To binary64. */
  public static long toDouble(FloatOperation f, int e, long s) {
    if (Float80.isNormal(e, s)) {
      f.value(e >= 0x8000, e & 0x7FFF, s, 0);
      return f.roundTo64();
    }
    long sign = (e & 0x8000L) << 48;
    if (Float80.special(f, e, s)) {
      return (f.signExponent & 0x8000L) << 48 | 0x7FFL << 52 | f.significand << 1 >>> 12;
    }
    if (Float80.isInfinite(e, s)) {
      return sign | 0x7FFL << 52;
    }
    if (s == 0) {
      return sign;
    }
    f.value(sign != 0, Float80.exponent(e, s), Float80.normalized(s), 0);
    return f.roundTo64();
  }

  /** To an integer of 16, 32 or 64 bits; the integer indefinite if it does not fit. */
  public static long toInteger(FloatOperation f, int bits, int e, long s) {
    if ((e & 0x7FFF) == 0x7FFF || Float80.isUnsupported(e, s)) {
      f.raise(INVALID);
      return -1L << (bits - 1);
    }
    if (s == 0) {
      return 0;
    }
    f.value((e & 0x8000) != 0, Float80.exponent(e, s), Float80.normalized(s), 0);
    return f.roundToInteger(bits);
  }

  /** A packed decimal of 18 digits; digits above 9 count as what their bits say. */
  public static void fromDecimal(FloatOperation f, int high, long low) {
    long v = 0;
    for (int n = DIGIT_PAIRS - 1; n >= 0; n--) {
      int pair = n == DIGIT_PAIRS - 1 ? high & 0xFF : (int) (low >>> 8 * n) & 0xFF;
      v = v * 100 + (pair >>> 4) * 10 + (pair & 0xF);
    }
    fromInteger(f, v);
    f.signExponent |= high & 0x8000;
  }

  /**
   * To packed decimal: the low eight bytes, the high two in {@link FloatOperation#signExponent}.
   */
  public static long toDecimal(FloatOperation f, int e, long s) {
    long v = toInteger(f, 64, e, s);
    boolean invalid = (f.raised & INVALID) != 0;
    if (!invalid && (v > MAXIMUM_DECIMAL || v < -MAXIMUM_DECIMAL)) {
      f.raised = 0;
      f.roundedUp = false;
      f.raise(INVALID);
      invalid = true;
    }
    if (invalid) {
      f.signExponent = DECIMAL_INDEFINITE_HIGH;
      return DECIMAL_INDEFINITE_LOW;
    }
    long magnitude = Math.abs(v);
    long low = 0;
    int pair = 0;
    for (int n = 0; n < DIGIT_PAIRS; n++) {
      int two = (int) (magnitude % 100);
      magnitude /= 100;
      pair = two / 10 << 4 | two % 10;
      if (n < 8) {
        low |= (long) pair << 8 * n;
      }
    }
    f.signExponent = e & 0x8000 | pair;
    return low;
  }
}
