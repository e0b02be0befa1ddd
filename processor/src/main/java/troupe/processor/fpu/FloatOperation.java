package troupe.processor.fpu;

/**
 * One floating-point operation under way: how to round, what it raised, and its value. The value is
 * first held unrounded, as sign, exponent and a 128-bit significand whose last bit is sticky, then
 * rounded into a format. One instance belongs to the x87 unit and one to the SSE unit; they are
 * reused by each instruction and hold nothing between instructions.
 *
 * <p>Exception bits are those of the x87 status word and of MXCSR ([SDM] vol. 1, 8.1.3, 10.2.3).
 */
public final class FloatOperation {
  // Exceptions, and their masks.
  public static final int INVALID = 1;
  public static final int DENORMAL = 1 << 1;
  public static final int ZERO_DIVIDE = 1 << 2;
  public static final int OVERFLOW = 1 << 3;
  public static final int UNDERFLOW = 1 << 4;
  public static final int INEXACT = 1 << 5;
  public static final int EXCEPTIONS = 0x3F;

  // Rounding control.
  public static final int NEAREST = 0;
  public static final int DOWN = 1;
  public static final int UP = 2;
  public static final int TO_ZERO = 3;

  /** Exponent bias of the 80-bit format; the unrounded exponent has it too. */
  public static final int BIAS = 0x3FFF;

  /** The integer bit of a significand. */
  public static final long INTEGER = 1L << 63;

  /**
   * Added to or subtracted from the exponent of a result out of range whose exception is unmasked.
   */
  private static final int WRAP = 24576;

  public int rounding;

  /** Bit set: the exception is masked. */
  public int masks;

  /** Exceptions so far. */
  public int raised;

  /** Rounding made the magnitude larger. */
  public boolean roundedUp;

  /** A masked underflow gives zero (MXCSR.FZ). */
  public boolean flushToZero;

  /** Denormal operands count as zeros (MXCSR.DAZ). */
  public boolean denormalsAreZeros;

  /** An operand was a denormal of a shorter format. */
  public boolean denormalOperand;

  /** An unmasked exception found before the computation: there is no result. */
  public boolean aborted;

  // The unrounded value: (-1)^negative * 2^(exponent - BIAS) * high:low / 2^127.
  public boolean negative;
  public int exponent;
  public long high;
  public long low;

  /** After {@link #round}: the value overflowed to infinity. */
  public boolean infinite;

  // The result as an 80-bit number.
  public int signExponent;
  public long significand;

  final DoubleDouble x = new DoubleDouble();
  final DoubleDouble y = new DoubleDouble();
  final DoubleDouble z = new DoubleDouble();
  final DoubleDouble w = new DoubleDouble();

  /** Starts an operation. */
  public void begin(int rounding, int masks) {
    this.rounding = rounding;
    this.masks = masks;
    raised = 0;
    roundedUp = false;
    denormalOperand = false;
    aborted = false;
  }

  /** Raises an exception that is found before the computation; true if it ends the operation. */
  public boolean raise(int exception) {
    raised |= exception;
    if ((masks & exception) == 0) {
      aborted = true;
    }
    return aborted;
  }

  /** The result is the 80-bit number given. */
  public void result(int signExponent, long significand) {
    this.signExponent = signExponent;
    this.significand = significand;
  }

  /** Sets the unrounded value, normalizing high; {@code high} is not zero. */
  public void value(boolean negative, int exponent, long high, long low) {
    this.negative = negative;
    this.exponent = exponent;
    this.high = high;
    this.low = low;
    if (high >= 0) {
      normalize();
    }
  }

  private void normalize() {
    if (high == 0) {
      high = low;
      low = 0;
      exponent -= 64;
    }
    int n = Long.numberOfLeadingZeros(high);
    if (n != 0) {
      high = high << n | low >>> (64 - n);
      low <<= n;
      exponent -= n;
    }
  }

  // ---- Unrounded arithmetic on normalized, finite, nonzero operands

  /** a + b for operands of one sign, |a| - |b| otherwise; false if the result is zero. */
  public boolean add(boolean na, int ea, long sa, boolean nb, int eb, long sb) {
    if (ea < eb || ea == eb && Long.compareUnsigned(sa, sb) < 0) {
      boolean n = na;
      na = nb;
      nb = n;
      int e = ea;
      ea = eb;
      eb = e;
      long s = sa;
      sa = sb;
      sb = s;
    }
    int d = ea - eb;
    long bh;
    long bl;
    if (d == 0) {
      bh = sb;
      bl = 0;
    } else if (d < 64) {
      bh = sb >>> d;
      bl = sb << (64 - d);
    } else if (d == 64) {
      bh = 0;
      bl = sb;
    } else if (d < 128) {
      bh = 0;
      bl = sb >>> (d - 64) | (sb << (128 - d) != 0 ? 1 : 0);
    } else {
      bh = 0;
      bl = 1;
    }
    negative = na;
    exponent = ea;
    if (na == nb) {
      long h = sa + bh;
      low = bl;
      if (Long.compareUnsigned(h, sa) < 0) {
        low = bl >>> 1 | bl & 1 | h << 63;
        h = h >>> 1 | INTEGER;
        exponent++;
      }
      high = h;
      return true;
    }
    low = -bl;
    high = sa - bh - (bl != 0 ? 1 : 0);
    if ((high | low) == 0) {
      return false;
    }
    if (high >= 0) {
      normalize();
    }
    return true;
  }

  /** a * b. */
  public void multiply(boolean n, int ea, long sa, int eb, long sb) {
    long h = Math.unsignedMultiplyHigh(sa, sb);
    long l = sa * sb;
    int e = ea + eb - BIAS;
    if (h < 0) {
      e++;
    } else {
      h = h << 1 | l >>> 63;
      l <<= 1;
    }
    negative = n;
    exponent = e;
    high = h;
    low = l;
  }

  /** a / b. */
  public void divide(boolean n, int ea, long sa, int eb, long sb) {
    negative = n;
    long h;
    long l;
    if (Long.compareUnsigned(sa, sb) >= 0) {
      exponent = ea - eb + BIAS;
      h = sa >>> 1;
      l = sa << 63;
    } else {
      exponent = ea - eb + BIAS - 1;
      h = sa;
      l = 0;
    }
    long q = Wide.divide(h, l, sb);
    long r = l - q * sb;
    high = q;
    low = Wide.belowQuotient(r, sb);
  }

  /** Square root of a positive number. */
  public void squareRoot(int e, long s) {
    negative = false;
    int unbiased = e - BIAS;
    long h;
    long l;
    if ((unbiased & 1) == 0) {
      h = s >>> 1;
      l = s << 63;
    } else {
      h = s;
      l = 0;
      unbiased--;
    }
    exponent = (unbiased >> 1) + BIAS;
    long q = Wide.squareRoot(h, l);
    high = q;
    low = Wide.belowRoot(h, l, q);
  }

  // ---- Rounding

  /** Shifts high:low right by {@code n}, collecting lost bits in the last one. */
  private void shiftRightSticky(int n) {
    if (n < 64) {
      if (n > 0) {
        long lost = low << (64 - n);
        low = low >>> n | high << (64 - n) | (lost != 0 ? 1 : 0);
        high >>>= n;
      }
    } else if (n < 128) {
      int m = n - 64;
      boolean lost = low != 0 || m > 0 && high << (64 - m) != 0;
      low = high >>> m | (lost ? 1 : 0);
      high = 0;
    } else {
      low = 1;
      high = 0;
    }
  }

  /** Whether rounding to the bits of high outside {@code mask} goes away from zero. */
  private boolean away(long mask) {
    switch (rounding) {
      case DOWN:
        return negative;
      case UP:
        return !negative;
      case TO_ZERO:
        return false;
      default:
        if (mask == 0) {
          return low < 0 && (low << 1 | high & 1) != 0;
        }
        long tail = high & mask;
        long half = (mask >>> 1) + 1;
        return tail > half || tail == half && (low | high & (mask + 1)) != 0;
    }
  }

  /** Rounds high at {@code mask}; true if inexact. Carries into the exponent. */
  private boolean roundSignificand(long mask) {
    if ((high & mask | low) == 0) {
      roundedUp = false;
      return false;
    }
    roundedUp = away(mask);
    high &= ~mask;
    if (roundedUp) {
      long before = high;
      high += mask + 1;
      if (before < 0 && high >= 0) {
        high = INTEGER;
        exponent++;
      }
    }
    return true;
  }

  /**
   * Rounds to {@code bits} significant bits and exponents from {@code minimum} to {@code maximum}.
   * Afterwards high has the significand, without its integer bit if it is a denormal or zero.
   */
  public void round(int bits, int minimum, int maximum) {
    long mask = bits == 64 ? 0 : (1L << (64 - bits)) - 1;
    infinite = false;
    if (exponent < minimum && !(exponent == minimum - 1 && (high | mask) == -1L && away(mask))) {
      if ((masks & UNDERFLOW) == 0) {
        raised |= UNDERFLOW;
        exponent += WRAP;
        if (roundSignificand(mask)) {
          raised |= INEXACT;
        }
        return;
      }
      if (flushToZero) {
        raised |= UNDERFLOW | INEXACT;
        high = 0;
        return;
      }
      shiftRightSticky(minimum - exponent);
      exponent = minimum;
      if (roundSignificand(mask)) {
        raised |= UNDERFLOW | INEXACT;
      }
      return;
    }
    boolean inexact = roundSignificand(mask);
    if (inexact) {
      raised |= INEXACT;
    }
    if (exponent > maximum) {
      raised |= OVERFLOW;
      if ((masks & OVERFLOW) == 0) {
        exponent -= WRAP;
        return;
      }
      raised |= INEXACT;
      infinite = rounding == NEAREST || rounding == (negative ? DOWN : UP);
      roundedUp = infinite;
      exponent = maximum;
      high = ~mask;
    }
  }

  /** Rounds to an 80-bit result of 24, 53 or 64 significant bits. */
  public void roundTo80(int bits) {
    int sign = negative ? 0x8000 : 0;
    if (exponent >= 1 && exponent < 0x7FFE) {
      if (roundSignificand(bits == 64 ? 0 : (1L << (64 - bits)) - 1)) {
        raised |= INEXACT;
      }
      result(sign | exponent, high);
      return;
    }
    round(bits, 1, 0x7FFE);
    if (infinite) {
      result(sign | 0x7FFF, INTEGER);
    } else {
      result(high < 0 ? sign | exponent & 0x7FFF : sign, high);
    }
  }

  /** Rounds to a binary64. */
  public long roundTo64() {
    long sign = negative ? INTEGER : 0;
    if (exponent >= BIAS - 1022 && exponent < BIAS + 1023) {
      if (roundSignificand((1L << 11) - 1)) {
        raised |= INEXACT;
      }
      return sign | (long) (exponent - BIAS + 1023) << 52 | high << 1 >>> 12;
    }
    round(53, BIAS - 1022, BIAS + 1023);
    if (infinite) {
      return sign | 0x7FFL << 52;
    }
    return sign | (high < 0 ? (long) (exponent - BIAS + 1023) << 52 : 0) | high << 1 >>> 12;
  }

  /** Rounds to a binary32. */
  public int roundTo32() {
    int sign = negative ? 1 << 31 : 0;
    if (exponent >= BIAS - 126 && exponent < BIAS + 127) {
      if (roundSignificand((1L << 40) - 1)) {
        raised |= INEXACT;
      }
      return sign | exponent - BIAS + 127 << 23 | (int) (high << 1 >>> 41);
    }
    round(24, BIAS - 126, BIAS + 127);
    if (infinite) {
      return sign | 0xFF << 23;
    }
    return sign | (high < 0 ? exponent - BIAS + 127 << 23 : 0) | (int) (high << 1 >>> 41);
  }

  /**
   * Rounds to an integer of {@code bits} bits; the most negative one, with the invalid exception,
   * if it does not fit.
   */
  public long roundToInteger(int bits) {
    long indefinite = -1L << (bits - 1);
    int shift = BIAS + 63 - exponent;
    if (shift < 0) {
      raise(INVALID);
      return indefinite;
    }
    shiftRightSticky(shift);
    boolean inexact = low != 0;
    roundedUp = inexact && away(0);
    long magnitude = roundedUp ? high + 1 : high;
    long limit = negative ? -indefinite : -(indefinite + 1);
    if (roundedUp && magnitude == 0 || Long.compareUnsigned(magnitude, limit) > 0) {
      raise(INVALID);
      roundedUp = false;
      return indefinite;
    }
    if (inexact) {
      raised |= INEXACT;
    }
    return negative ? -magnitude : magnitude;
  }

  /** Rounds a value below 2^63 to an integer and gives its magnitude. */
  public long roundToMagnitude() {
    shiftRightSticky(BIAS + 63 - exponent);
    roundedUp = low != 0 && away(0);
    if (low != 0) {
      raised |= INEXACT;
    }
    return roundedUp ? high + 1 : high;
  }
}
