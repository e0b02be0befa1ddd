package troupe.processor.semantics;

import static troupe.processor.Processor.CF;
import static troupe.processor.Processor.OF;

import troupe.processor.Processor;

/**
 * Shifts and rotates. Counts are taken modulo 32, and a count of zero changes no flag. Overflow is
 * defined for a count of one only; other counts follow what processors do with the last step.
 */
public final class Shift {
  private Shift() {}

  private static void rotated(Processor c, int carry, int overflow) {
    c.setArithmetic(CF | OF, (carry & 1) | ((overflow & 1) != 0 ? OF : 0));
  }

  public static int rol8(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int k = n & 7;
    int r = (a << k | a >>> 8 - k) & 0xFF;
    rotated(c, r, r ^ r >>> 7);
    return r;
  }

  public static int ror8(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int k = n & 7;
    int r = (a >>> k | a << 8 - k) & 0xFF;
    rotated(c, r >>> 7, r >>> 7 ^ r >>> 6);
    return r;
  }

  public static int rcl8(Processor c, int a, int count) {
    int n = (count & 31) % 9;
    if (n == 0) {
      return a;
    }
    long wide = a & 0xFFL | (long) c.carry() << 8;
    long turned = wide << n | wide >>> 9 - n;
    int carry = (int) (turned >>> 8) & 1;
    rotated(c, carry, carry ^ (int) (turned >>> 7));
    return (int) turned;
  }

  public static int rcr8(Processor c, int a, int count) {
    int n = (count & 31) % 9;
    if (n == 0) {
      return a;
    }
    long wide = a & 0xFFL | (long) c.carry() << 8;
    long turned = wide >>> n | wide << 9 - n;
    int r = (int) turned;
    rotated(c, (int) (turned >>> 8), r >>> 7 ^ r >>> 6);
    return r;
  }

  public static int shl8(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a << n;
    c.flags(Flags.SHL8, a, n, (byte) r);
    return r;
  }

  public static int shr8(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a >>> n;
    c.flags(Flags.SHR8, a, n, (byte) r);
    return r;
  }

  public static int sar8(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = (byte) a >> n;
    c.flags(Flags.SAR8, a, n, (byte) r);
    return r;
  }

  public static int rol16(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int k = n & 15;
    int r = (a << k | a >>> 16 - k) & 0xFFFF;
    rotated(c, r, r ^ r >>> 15);
    return r;
  }

  public static int ror16(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int k = n & 15;
    int r = (a >>> k | a << 16 - k) & 0xFFFF;
    rotated(c, r >>> 15, r >>> 15 ^ r >>> 14);
    return r;
  }

  public static int rcl16(Processor c, int a, int count) {
    int n = (count & 31) % 17;
    if (n == 0) {
      return a;
    }
    long wide = a & 0xFFFFL | (long) c.carry() << 16;
    long turned = wide << n | wide >>> 17 - n;
    int carry = (int) (turned >>> 16) & 1;
    rotated(c, carry, carry ^ (int) (turned >>> 15));
    return (int) turned;
  }

  public static int rcr16(Processor c, int a, int count) {
    int n = (count & 31) % 17;
    if (n == 0) {
      return a;
    }
    long wide = a & 0xFFFFL | (long) c.carry() << 16;
    long turned = wide >>> n | wide << 17 - n;
    int r = (int) turned;
    rotated(c, (int) (turned >>> 16), r >>> 15 ^ r >>> 14);
    return r;
  }

  public static int shl16(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a << n;
    c.flags(Flags.SHL16, a, n, (short) r);
    return r;
  }

  public static int shr16(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a >>> n;
    c.flags(Flags.SHR16, a, n, (short) r);
    return r;
  }

  public static int sar16(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = (short) a >> n;
    c.flags(Flags.SAR16, a, n, (short) r);
    return r;
  }

  public static int rol32(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = Integer.rotateLeft(a, n);
    rotated(c, r, r ^ r >>> 31);
    return r;
  }

  public static int ror32(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = Integer.rotateRight(a, n);
    rotated(c, r >>> 31, r >>> 31 ^ r >>> 30);
    return r;
  }

  public static int rcl32(Processor c, int a, int count) {
    int n = (count & 31) % 33;
    if (n == 0) {
      return a;
    }
    long wide = a & 0xFFFFFFFFL | (long) c.carry() << 32;
    long turned = wide << n | wide >>> 33 - n;
    int carry = (int) (turned >>> 32) & 1;
    rotated(c, carry, carry ^ (int) (turned >>> 31));
    return (int) turned;
  }

  public static int rcr32(Processor c, int a, int count) {
    int n = (count & 31) % 33;
    if (n == 0) {
      return a;
    }
    long wide = a & 0xFFFFFFFFL | (long) c.carry() << 32;
    long turned = wide >>> n | wide << 33 - n;
    int r = (int) turned;
    rotated(c, (int) (turned >>> 32), r >>> 31 ^ r >>> 30);
    return r;
  }

  public static int shl32(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a << n;
    c.flags(Flags.SHL32, a, n, r);
    return r;
  }

  public static int shr32(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a >>> n;
    c.flags(Flags.SHR32, a, n, r);
    return r;
  }

  public static int sar32(Processor c, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a >> n;
    c.flags(Flags.SAR32, a, n, r);
    return r;
  }

  /** Counts above 16 are undefined; the operands then act as one 32-bit pattern repeated. */
  public static int shld16(Processor c, int a, int b, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    long wide = (long) a << 32 | (long) b << 16 | a;
    int r = (int) (wide >>> 32 - n) & 0xFFFF;
    int carry = (int) (wide >>> 48 - n) & 1;
    c.flags(Flags.GIVEN, carry, (a ^ r) >>> 15 & 1, (short) r);
    return r;
  }

  public static int shld32(Processor c, int a, int b, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a << n | b >>> 32 - n;
    c.flags(Flags.GIVEN, a >>> 32 - n & 1, (a ^ r) >>> 31, r);
    return r;
  }

  public static int shrd16(Processor c, int a, int b, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    long wide = (long) a << 32 | (long) b << 16 | a;
    int r = (int) (wide >>> n) & 0xFFFF;
    int carry = (int) (wide >>> n - 1) & 1;
    c.flags(Flags.GIVEN, carry, (a ^ r) >>> 15 & 1, (short) r);
    return r;
  }

  public static int shrd32(Processor c, int a, int b, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int r = a >>> n | b << 32 - n;
    c.flags(Flags.GIVEN, a >>> n - 1 & 1, (a ^ r) >>> 31, r);
    return r;
  }
}
