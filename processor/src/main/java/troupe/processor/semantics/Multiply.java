package troupe.processor.semantics;

import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.EDX;

import troupe.processor.Fault;
import troupe.processor.Processor;

/** Multiplication and division through the accumulator. */
public final class Multiply {
  private Multiply() {}

  private static void overflowFlags(Processor c, boolean overflow, int result) {
    int bit = overflow ? 1 : 0;
    c.flags(Flags.GIVEN, bit, bit, result);
  }

  public static void mul8(Processor c, int v) {
    int product = (c.r[EAX] & 0xFF) * v;
    c.set16(EAX, product);
    overflowFlags(c, product > 0xFF, (byte) product);
  }

  public static void mul16(Processor c, int v) {
    int product = (c.r[EAX] & 0xFFFF) * v;
    c.set16(EAX, product);
    c.set16(EDX, product >>> 16);
    overflowFlags(c, product >>> 16 != 0, (short) product);
  }

  public static void mul32(Processor c, int v) {
    long product = (c.r[EAX] & 0xFFFFFFFFL) * (v & 0xFFFFFFFFL);
    c.r[EAX] = (int) product;
    c.r[EDX] = (int) (product >>> 32);
    c.flags(Flags.MUL32, (int) (product >>> 32), 0, (int) product);
  }

  public static void imul8(Processor c, int v) {
    int product = (byte) c.r[EAX] * (byte) v;
    c.set16(EAX, product);
    overflowFlags(c, product != (byte) product, (byte) product);
  }

  public static void imul16(Processor c, int v) {
    int product = (short) c.r[EAX] * (short) v;
    c.set16(EAX, product);
    c.set16(EDX, product >>> 16);
    overflowFlags(c, product != (short) product, (short) product);
  }

  public static void imul32(Processor c, int v) {
    long product = (long) c.r[EAX] * v;
    c.r[EAX] = (int) product;
    c.r[EDX] = (int) (product >>> 32);
    c.flags(Flags.IMUL32, (int) (product >>> 32), 0, (int) product);
  }

  public static int imulTruncated16(Processor c, int a, int b) {
    int product = (short) a * (short) b;
    overflowFlags(c, product != (short) product, (short) product);
    return product;
  }

  public static int imulTruncated32(Processor c, int a, int b) {
    long product = (long) a * b;
    c.flags(Flags.IMUL32, (int) (product >>> 32), 0, (int) product);
    return (int) product;
  }

  public static void div8(Processor c, int v) {
    int dividend = c.r[EAX] & 0xFFFF;
    if (v == 0 || dividend / v > 0xFF) {
      throw c.fault(Fault.DE);
    }
    c.set16(EAX, dividend / v | dividend % v << 8);
  }

  public static void div16(Processor c, int v) {
    long dividend = (long) (c.r[EDX] & 0xFFFF) << 16 | c.r[EAX] & 0xFFFF;
    if (v == 0 || dividend / v > 0xFFFF) {
      throw c.fault(Fault.DE);
    }
    c.set16(EAX, (int) (dividend / v));
    c.set16(EDX, (int) (dividend % v));
  }

  public static void div32(Processor c, int v) {
    long divisor = v & 0xFFFFFFFFL;
    long high = c.r[EDX] & 0xFFFFFFFFL;
    if (divisor == 0 || high >= divisor) {
      throw c.fault(Fault.DE);
    }
    long dividend = high << 32 | c.r[EAX] & 0xFFFFFFFFL;
    c.r[EAX] = (int) Long.divideUnsigned(dividend, divisor);
    c.r[EDX] = (int) Long.remainderUnsigned(dividend, divisor);
  }

  public static void idiv8(Processor c, int v) {
    int dividend = (short) c.r[EAX];
    int divisor = (byte) v;
    if (divisor == 0 || dividend / divisor != (byte) (dividend / divisor)) {
      throw c.fault(Fault.DE);
    }
    c.set16(EAX, dividend / divisor & 0xFF | dividend % divisor << 8);
  }

  public static void idiv16(Processor c, int v) {
    int dividend = c.r[EDX] << 16 | c.r[EAX] & 0xFFFF;
    int divisor = (short) v;
    if (divisor == 0
        || dividend == Integer.MIN_VALUE && divisor == -1
        || dividend / divisor != (short) (dividend / divisor)) {
      throw c.fault(Fault.DE);
    }
    c.set16(EAX, dividend / divisor);
    c.set16(EDX, dividend % divisor);
  }

  public static void idiv32(Processor c, int divisor) {
    long dividend = (long) c.r[EDX] << 32 | c.r[EAX] & 0xFFFFFFFFL;
    if (divisor == 0
        || dividend == Long.MIN_VALUE && divisor == -1
        || dividend / divisor != (int) (dividend / divisor)) {
      throw c.fault(Fault.DE);
    }
    c.r[EAX] = (int) (dividend / divisor);
    c.r[EDX] = (int) (dividend % divisor);
  }
}
