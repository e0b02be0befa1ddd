package troupe.processor.semantics;

import troupe.processor.Processor;

/** Additions, subtractions, logic and sign extension. */
public final class Alu {
  private Alu() {}

  public static int add(int a, int b) {
    return a + b;
  }

  public static int sub(int a, int b) {
    return a - b;
  }

  public static int and(int a, int b) {
    return a & b;
  }

  public static int or(int a, int b) {
    return a | b;
  }

  public static int xor(int a, int b) {
    return a ^ b;
  }

  public static int not(int a) {
    return ~a;
  }

  public static int signExtendByte(int a) {
    return (byte) a;
  }

  public static int signExtendWord(int a) {
    return (short) a;
  }

  public static int adc8(Processor c, int a, int b) {
    int r = a + b + c.carry();
    c.flags(Flags.ADD8, a, b, (byte) r);
    return r;
  }

  public static int adc16(Processor c, int a, int b) {
    int r = a + b + c.carry();
    c.flags(Flags.ADD16, a, b, (short) r);
    return r;
  }

  public static int adc32(Processor c, int a, int b) {
    int r = a + b + c.carry();
    c.flags(Flags.ADD32, a, b, r);
    return r;
  }

  public static int sbb8(Processor c, int a, int b) {
    int r = a - b - c.carry();
    c.flags(Flags.SUB8, a, b, (byte) r);
    return r;
  }

  public static int sbb16(Processor c, int a, int b) {
    int r = a - b - c.carry();
    c.flags(Flags.SUB16, a, b, (short) r);
    return r;
  }

  public static int sbb32(Processor c, int a, int b) {
    int r = a - b - c.carry();
    c.flags(Flags.SUB32, a, b, r);
    return r;
  }

  public static int inc8(Processor c, int a) {
    c.flags(Flags.INC8, 0, c.carry(), (byte) (a + 1));
    return a + 1;
  }

  public static int inc16(Processor c, int a) {
    c.flags(Flags.INC16, 0, c.carry(), (short) (a + 1));
    return a + 1;
  }

  public static int inc32(Processor c, int a) {
    c.flags(Flags.INC32, 0, c.carry(), a + 1);
    return a + 1;
  }

  public static int dec8(Processor c, int a) {
    c.flags(Flags.DEC8, 0, c.carry(), (byte) (a - 1));
    return a - 1;
  }

  public static int dec16(Processor c, int a) {
    c.flags(Flags.DEC16, 0, c.carry(), (short) (a - 1));
    return a - 1;
  }

  public static int dec32(Processor c, int a) {
    c.flags(Flags.DEC32, 0, c.carry(), a - 1);
    return a - 1;
  }

  public static int neg8(Processor c, int a) {
    c.flags(Flags.SUB8, 0, a, (byte) -a);
    return -a;
  }

  public static int neg16(Processor c, int a) {
    c.flags(Flags.SUB16, 0, a, (short) -a);
    return -a;
  }

  public static int neg32(Processor c, int a) {
    c.flags(Flags.SUB32, 0, a, -a);
    return -a;
  }

  /** Undefined by the manual; processors clear the register. */
  public static int bswap16(Processor c, int a) {
    return 0;
  }

  public static int bswap32(Processor c, int a) {
    return Integer.reverseBytes(a);
  }

  /** CBW: AL to AX. */
  public static void cbw16(Processor c) {
    c.set16(Processor.EAX, (byte) c.r[Processor.EAX]);
  }

  /** CWDE: AX to EAX. */
  public static void cbw32(Processor c) {
    c.r[Processor.EAX] = (short) c.r[Processor.EAX];
  }

  /** CWD: the sign of AX to DX. */
  public static void cwd16(Processor c) {
    c.set16(Processor.EDX, (short) c.r[Processor.EAX] >> 15);
  }

  /** CDQ: the sign of EAX to EDX. */
  public static void cwd32(Processor c) {
    c.r[Processor.EDX] = c.r[Processor.EAX] >> 31;
  }
}
