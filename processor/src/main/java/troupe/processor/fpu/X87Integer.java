package troupe.processor.fpu;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** FILD, FIST, FISTP, FBLD, FBSTP ([SDM] vol. 2). */
public final class X87Integer {
  private X87Integer() {}

  private static void push(Processor c) {
    FpuState s = c.fpu;
    if (!X87.overflow(c, s)) {
      X87.conclude(c, s);
      s.push(s.operation.signExponent, s.operation.significand);
    }
  }

  public static void fild16(Processor c, Insn i) {
    X87.enter(c);
    int offset = c.effectiveAddress(i);
    int v = (short) c.read16(i.segment, offset);
    X87.note(c, i, offset);
    Float80Formats.fromInteger(c.fpu.operation, v);
    push(c);
  }

  public static void fild32(Processor c, Insn i) {
    X87.enter(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    Float80Formats.fromInteger(c.fpu.operation, v);
    push(c);
  }

  public static void fild64(Processor c, Insn i) {
    X87.enter(c);
    int offset = c.effectiveAddress(i);
    long v = c.read64(i.segment, offset);
    X87.note(c, i, offset);
    Float80Formats.fromInteger(c.fpu.operation, v);
    push(c);
  }

  private static void store(Processor c, Insn i, int bits, boolean pop) {
    FpuState s = X87.enter(c);
    int offset = c.effectiveAddress(i);
    c.probeWrite(i.segment, offset, bits / 8);
    X87.note(c, i, offset);
    FloatOperation f = s.operation;
    long v;
    if (s.isEmpty(0)) {
      if (!X87.stackFault(c, s, false)) {
        return;
      }
      v = -1L << (bits - 1);
    } else {
      v = Float80Formats.toInteger(f, bits, s.signExponent(0), s.significand(0));
      if (!X87.conclude(c, s)) {
        return;
      }
    }
    switch (bits) {
      case 16 -> c.write16(i.segment, offset, (int) v);
      case 32 -> c.write32(i.segment, offset, (int) v);
      default -> c.write64(i.segment, offset, v);
    }
    if (pop) {
      s.pop();
    }
  }

  public static void fist16(Processor c, Insn i) {
    store(c, i, 16, false);
  }

  public static void fistp16(Processor c, Insn i) {
    store(c, i, 16, true);
  }

  public static void fist32(Processor c, Insn i) {
    store(c, i, 32, false);
  }

  public static void fistp32(Processor c, Insn i) {
    store(c, i, 32, true);
  }

  public static void fistp64(Processor c, Insn i) {
    store(c, i, 64, true);
  }

  public static void fbld(Processor c, Insn i) {
    X87.enter(c);
    int offset = c.effectiveAddress(i);
    long low = c.read64(i.segment, offset);
    int high = c.read16(i.segment, offset + 8);
    X87.note(c, i, offset);
    Float80Formats.fromDecimal(c.fpu.operation, high, low);
    push(c);
  }

  public static void fbstp(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    int offset = c.effectiveAddress(i);
    c.probeWrite(i.segment, offset, 10);
    X87.note(c, i, offset);
    FloatOperation f = s.operation;
    long low = Float80Formats.DECIMAL_INDEFINITE_LOW;
    int high = Float80Formats.DECIMAL_INDEFINITE_HIGH;
    if (s.isEmpty(0)) {
      if (!X87.stackFault(c, s, false)) {
        return;
      }
    } else {
      low = Float80Formats.toDecimal(f, s.signExponent(0), s.significand(0));
      high = f.signExponent;
      if (!X87.conclude(c, s)) {
        return;
      }
    }
    c.write64(i.segment, offset, low);
    c.write16(i.segment, offset + 8, high);
    s.pop();
  }
}
