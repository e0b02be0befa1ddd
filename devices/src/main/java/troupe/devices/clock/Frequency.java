package troupe.devices.clock;

/**
 * A crystal's frequency as an exact fraction, {@code numerator / denominator} hertz. Conversions
 * round once, from the origin of time, so that no error builds up.
 */
public record Frequency(long numerator, long denominator) {
  /** The 14.31818 MHz crystal of the PC, 315/22 MHz. */
  public static final Frequency CRYSTAL_14_MHZ = new Frequency(315_000_000, 22);

  /** 8254 clock, 14.31818 MHz / 12. */
  public static final Frequency PIT = new Frequency(105_000_000, 88);

  /** ACPI power management timer, 14.31818 MHz / 4. */
  public static final Frequency PM_TIMER = new Frequency(315_000_000, 88);

  /** Watch crystal of the real-time clock. */
  public static final Frequency RTC = new Frequency(32_768, 1);

  /** UART clock. */
  public static final Frequency UART = new Frequency(1_843_200, 1);

  private static final long NANOS = 1_000_000_000L;

  public Frequency {
    if (numerator <= 0 || denominator <= 0) {
      throw new IllegalArgumentException("frequency must be positive");
    }
  }

  /** Whole ticks that have passed after {@code nanos} nanoseconds (not negative): rounded down. */
  public long ticks(long nanos) {
    return divide(nanos, numerator, Math.multiplyExact(denominator, NANOS), false);
  }

  /** The first nanosecond at which {@code ticks} whole ticks have passed: rounded up. */
  public long nanos(long ticks) {
    return divide(ticks, Math.multiplyExact(denominator, NANOS), numerator, true);
  }

  /** a*b/c for a not negative: whole multiples of c first, so that the rest fits 64 bits. */
  private static long divide(long a, long b, long c, boolean up) {
    return Math.multiplyExact(a / c, b) + divideRest(a % c, b, c, up);
  }

  /** a*b/c through 128 bits. */
  private static long divideRest(long a, long b, long c, boolean up) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    if (high == 0 && low >= 0) {
      return up ? Math.ceilDiv(low, c) : low / c;
    }
    java.math.BigInteger product =
        java.math.BigInteger.valueOf(a).multiply(java.math.BigInteger.valueOf(b));
    java.math.BigInteger[] parts = product.divideAndRemainder(java.math.BigInteger.valueOf(c));
    long quotient = parts[0].longValueExact();
    return up && parts[1].signum() != 0 ? quotient + 1 : quotient;
  }
}
