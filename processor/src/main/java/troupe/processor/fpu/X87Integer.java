package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FloatOperation.EXCEPTIONS;
import static troupe.processor.fpu.FloatOperation.INEXACT;
import static troupe.processor.fpu.FloatOperation.NEAREST;
import static troupe.processor.fpu.FloatOperation.TO_ZERO;
import static troupe.processor.fpu.FpuState.C1;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** FILD, FIST, FISTP, FBLD, FBSTP ([SDM] vol. 2). */
public final class X87Integer {
  private X87Integer() {}

  /** Pushes an integer, which is always exact. */
  private static void push(Processor c, FpuState s, long v) {
    if (X87.overflow(c, s)) {
      return;
    }
    s.status &= ~C1;
    if (v == 0) {
      s.push(0, 0);
      return;
    }
    long magnitude = Math.abs(v);
    int n = Long.numberOfLeadingZeros(magnitude);
    s.push((int) (v >>> 48) & Float80.SIGN | BIAS + 63 - n, magnitude << n);
  }

  public static void fild16(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = (short) c.read16(i.segment, offset);
    X87.note(c, i, offset);
    push(c, s, v);
  }

  public static void fild32(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    push(c, s, v);
  }

  public static void fild64(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    long v = c.read64(i.segment, offset);
    X87.note(c, i, offset);
    push(c, s, v);
  }

  private static void write(Processor c, Insn i, int offset, int bits, long v) {
    switch (bits) {
      case 16 -> c.write16(i.segment, offset, (int) v);
      case 32 -> c.write32(i.segment, offset, (int) v);
      default -> c.write64(i.segment, offset, v);
    }
  }

  /** Normal numbers below the limit, as C programs round them: to nearest or to zero. */
  private static void store(Processor c, Insn i, int bits, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int n = s.top;
    int e = s.signExponent[n];
    long m = s.significand[n];
    int places = (e & 0x7FFF) - BIAS;
    int rounding = X87.rounding(s);
    if (m >= 0
        || places < 0
        || places > bits - 3
        || (s.control & EXCEPTIONS) != EXCEPTIONS
        || rounding != NEAREST && rounding != TO_ZERO
        || s.isEmpty(0)) {
      X87.begin(s);
      storeExact(c, i, offset, bits, pop);
      return;
    }
    long magnitude = m >>> (63 - places);
    long lost = m << places << 1;
    long rest = lost << 1 | magnitude & 1;
    long up = rounding == NEAREST ? (lost & (rest | -rest)) >>> 63 : 0;
    magnitude += up;
    write(c, i, offset, bits, e >= Float80.SIGN ? -magnitude : magnitude);
    X87.note(c, i, offset);
    s.status = s.status & ~C1 | (lost != 0 ? INEXACT : 0) | (up != 0 ? C1 : 0);
    if (pop) {
      s.pop();
    }
  }

  private static void storeExact(Processor c, Insn i, int offset, int bits, boolean pop) {
    FpuState s = c.fpu;
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
    write(c, i, offset, bits, v);
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
    FpuState s = c.fpu;
    Float80Formats.fromDecimal(s.operation, high, low);
    if (!X87.overflow(c, s)) {
      X87.conclude(c, s);
      s.push(s.operation.signExponent, s.operation.significand);
    }
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
