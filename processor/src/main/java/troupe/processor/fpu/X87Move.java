package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.BIAS;
import static troupe.processor.fpu.FpuState.C1;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** FLD, FST, FSTP, FXCH, FCMOVcc, FCHS, FABS and the constants ([SDM] vol. 2). */
public final class X87Move {
  private static final int SINGLE_INDEFINITE = 0xFFC0_0000;
  private static final long DOUBLE_INDEFINITE = 0xFFF8_0000_0000_0000L;

  private X87Move() {}

  // ---- Loads

  /** Pushes the operand that is in the operation's result. */
  private static void push(Processor c) {
    FpuState s = c.fpu;
    FloatOperation f = s.operation;
    if (X87.overflow(c, s)) {
      return;
    }
    // An unmasked denormal operand is loaded nonetheless.
    if (X87.conclude(c, s) || (f.raised & FloatOperation.INVALID) == 0) {
      s.push(f.signExponent, f.significand);
    }
  }

  /** Pushes a binary64. */
  private static void pushDouble(Processor c, FpuState s, long v) {
    if (s.isEmpty(7) && Float80Formats.isNormalOrZero(v)) {
      s.status &= ~C1;
      s.push(Float80Formats.signExponent(v), Float80Formats.significand(v));
      return;
    }
    X87.begin(s);
    Float80Formats.fromDouble(s.operation, v);
    if (!Float80.isNormal(s.operation.signExponent, s.operation.significand)
        || s.operation.denormalOperand) {
      Float80Formats.loaded(s.operation);
    }
    push(c);
  }

  public static void fld32(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    if (Float80Formats.isNormalOrZero(v)) {
      pushDouble(c, s, Double.doubleToRawLongBits(Float.intBitsToFloat(v)));
    } else {
      X87.begin(s);
      Float80Formats.fromSingle(s.operation, v);
      Float80Formats.loaded(s.operation);
      push(c);
    }
  }

  public static void fld64(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    long v = c.read64(i.segment, offset);
    X87.note(c, i, offset);
    pushDouble(c, s, v);
  }

  /** Pushes what needs no conversion. */
  private static void pushSame(Processor c, FpuState s, int e, long m) {
    if (!X87.overflow(c, s)) {
      s.status &= ~C1;
      s.push(e, m);
    }
  }

  public static void fld80(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    long v = c.read64(i.segment, offset);
    int e = c.read16(i.segment, offset + 8);
    X87.note(c, i, offset);
    pushSame(c, s, e, v);
  }

  public static void fld(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    if (s.isEmpty(i.rm)) {
      if (X87.stackFault(c, s, false)) {
        s.push(Float80.INDEFINITE_SIGN_EXPONENT, Float80.INDEFINITE_SIGNIFICAND);
      }
      return;
    }
    pushSame(c, s, s.signExponent(i.rm), s.significand(i.rm));
  }

  // ---- Stores

  /** What keeps a rounding to memory from being stored: an unmasked exception but inexact. */
  private static boolean stops(FloatOperation f) {
    int stopping = f.raised & ~f.masks & (FloatOperation.OVERFLOW | FloatOperation.UNDERFLOW);
    if (stopping != 0) {
      f.raised = stopping;
      f.roundedUp = false;
    }
    return f.aborted || stopping != 0;
  }

  // Stores write memory first: if that faults nothing else has changed.

  private static void store32(Processor c, Insn i, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int n = s.top;
    int e = s.signExponent[n];
    long m = s.significand[n];
    int exponent = (e & 0x7FFF) - BIAS + 127;
    if (m < 0 && exponent > 0 && exponent < 0xFE && s.nearestMasked() && !s.isEmpty(0)) {
      // To the nearest of the numbers with 40 bits less, and to the even one of two as near.
      long up = (m & (1L << 40) - 1) + (1L << 39) - 1 + (m >>> 40 & 1) >>> 40;
      int v = ((e & Float80.SIGN) << 16 | exponent << 23 | (int) (m << 1 >>> 41)) + (int) up;
      c.write32(i.segment, offset, v);
      storedNormal(c, i, offset, m << 24, (int) up, pop);
    } else {
      X87.begin(s);
      store32Exact(c, i, offset, pop);
    }
  }

  private static void store32Exact(Processor c, Insn i, int offset, boolean pop) {
    FpuState s = c.fpu;
    boolean empty = s.isEmpty(0);
    int v = SINGLE_INDEFINITE;
    boolean stop = (s.control & FloatOperation.INVALID) == 0;
    if (!empty) {
      v = Float80Formats.toSingle(s.operation, s.signExponent(0), s.significand(0));
      stop = stops(s.operation);
    }
    if (!stop) {
      c.write32(i.segment, offset, v);
    }
    stored(c, i, offset, empty, pop && !stop);
  }

  private static void store64(Processor c, Insn i, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int n = s.top;
    int e = s.signExponent[n];
    long m = s.significand[n];
    int exponent = (e & 0x7FFF) - BIAS + 1023;
    if (m < 0 && exponent > 0 && exponent < 0x7FE && s.nearestMasked() && !s.isEmpty(0)) {
      // To the nearest of the numbers with 11 bits less, and to the even one of two as near.
      long up = (m & (1 << 11) - 1) + (1 << 10) - 1 + (m >>> 11 & 1) >>> 11;
      long sign = (long) (e & Float80.SIGN) << 48;
      c.write64(i.segment, offset, (sign | (long) exponent << 52 | m << 1 >>> 12) + up);
      storedNormal(c, i, offset, m << 53, (int) up, pop);
    } else {
      X87.begin(s);
      store64Exact(c, i, offset, pop);
    }
  }

  private static void store64Exact(Processor c, Insn i, int offset, boolean pop) {
    FpuState s = c.fpu;
    boolean empty = s.isEmpty(0);
    long v = DOUBLE_INDEFINITE;
    boolean stop = (s.control & FloatOperation.INVALID) == 0;
    if (!empty) {
      v = Float80Formats.toDouble(s.operation, s.signExponent(0), s.significand(0));
      stop = stops(s.operation);
    }
    if (!stop) {
      c.write64(i.segment, offset, v);
    }
    stored(c, i, offset, empty, pop && !stop);
  }

  /** After a store that could only be inexact: {@code lost} are the bits cut off. */
  private static void storedNormal(
      Processor c, Insn i, int offset, long lost, int up, boolean pop) {
    FpuState s = c.fpu;
    X87.note(c, i, offset);
    s.status = s.status & ~C1 | (lost != 0 ? FloatOperation.INEXACT : 0) | (up != 0 ? C1 : 0);
    if (pop) {
      s.pop();
    }
  }

  private static void stored(Processor c, Insn i, int offset, boolean empty, boolean pop) {
    FpuState s = c.fpu;
    X87.note(c, i, offset);
    if (empty) {
      X87.stackFault(c, s, false);
    } else {
      X87.conclude(c, s);
    }
    if (pop) {
      s.pop();
    }
  }

  public static void fst32(Processor c, Insn i) {
    store32(c, i, false);
  }

  public static void fstp32(Processor c, Insn i) {
    store32(c, i, true);
  }

  public static void fst64(Processor c, Insn i) {
    store64(c, i, false);
  }

  public static void fstp64(Processor c, Insn i) {
    store64(c, i, true);
  }

  public static void fstp80(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    c.probeWrite(i.segment, offset, 10);
    X87.note(c, i, offset);
    int e = s.signExponent(0);
    long v = s.significand(0);
    if (s.isEmpty(0)) {
      if (!X87.stackFault(c, s, false)) {
        return;
      }
      e = Float80.INDEFINITE_SIGN_EXPONENT;
      v = Float80.INDEFINITE_SIGNIFICAND;
    } else {
      s.status &= ~C1;
    }
    c.write64(i.segment, offset, v);
    c.write16(i.segment, offset + 8, e);
    s.pop();
  }

  private static boolean copy(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    if (s.isEmpty(0)) {
      boolean masked = X87.stackFault(c, s, false);
      if (masked) {
        X87.indefinite(s, i.rm);
      }
      return masked;
    }
    s.status &= ~C1;
    s.set(i.rm, s.signExponent(0), s.significand(0));
    return true;
  }

  public static void fst(Processor c, Insn i) {
    copy(c, i);
  }

  public static void fstp(Processor c, Insn i) {
    if (copy(c, i)) {
      c.fpu.pop();
    }
  }

  /** FSTP by the opcode D9 /3: an empty ST(0) is no fault, it is only popped. */
  public static void fstpUnchecked(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    if (s.isEmpty(0)) {
      X87.note(c, i);
      s.status &= ~C1;
      s.pop();
    } else {
      fstp(c, i);
    }
  }

  public static void fxch(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    boolean first = s.isEmpty(0);
    boolean second = s.isEmpty(i.rm);
    if (first || second) {
      if (!X87.stackFault(c, s, false)) {
        return;
      }
      if (first) {
        X87.indefinite(s, 0);
      }
      if (second) {
        X87.indefinite(s, i.rm);
      }
    } else {
      s.status &= ~C1;
    }
    int e = s.signExponent(0);
    long v = s.significand(0);
    s.set(0, s.signExponent(i.rm), s.significand(i.rm));
    s.set(i.rm, e, v);
  }

  // ---- Conditional moves

  private static void moveIf(Processor c, Insn i, boolean condition) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    if (s.isEmpty(0) || s.isEmpty(i.rm)) {
      if (X87.stackFault(c, s, false)) {
        X87.indefinite(s, 0);
      }
    } else if (condition) {
      s.set(0, s.signExponent(i.rm), s.significand(i.rm));
    }
  }

  public static void fcmovb(Processor c, Insn i) {
    moveIf(c, i, c.carry() != 0);
  }

  public static void fcmove(Processor c, Insn i) {
    moveIf(c, i, c.zero());
  }

  public static void fcmovbe(Processor c, Insn i) {
    moveIf(c, i, c.carry() != 0 || c.zero());
  }

  public static void fcmovu(Processor c, Insn i) {
    moveIf(c, i, c.parity());
  }

  public static void fcmovnb(Processor c, Insn i) {
    moveIf(c, i, c.carry() == 0);
  }

  public static void fcmovne(Processor c, Insn i) {
    moveIf(c, i, !c.zero());
  }

  public static void fcmovnbe(Processor c, Insn i) {
    moveIf(c, i, c.carry() == 0 && !c.zero());
  }

  public static void fcmovnu(Processor c, Insn i) {
    moveIf(c, i, !c.parity());
  }

  // ---- Sign

  public static void fchs(Processor c, Insn i) {
    sign(c, i, 0xFFFF, 0x8000);
  }

  public static void fabs(Processor c, Insn i) {
    sign(c, i, 0x7FFF, 0);
  }

  private static void sign(Processor c, Insn i, int and, int xor) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    if (!X87.underflow(c, s)) {
      s.status &= ~C1;
      s.set(0, s.signExponent(0) & and ^ xor, s.significand(0));
    }
  }

  // ---- Constants

  /**
   * Pushes a constant whose significand is {@code s} followed by {@code below}: the sign of what is
   * cut off decides the rounding, which is done as rounding control says but raises nothing.
   */
  private static void constant(Processor c, Insn i, int e, long s, int below) {
    FpuState f = X87.ready(c);
    X87.note(c, i);
    long significand = s;
    if (below != 0) {
      int rounding = X87.rounding(f);
      if (below < 0 && (rounding == FloatOperation.DOWN || rounding == FloatOperation.TO_ZERO)) {
        significand--;
      } else if (below > 0 && rounding == FloatOperation.UP) {
        significand++;
      }
    }
    pushSame(c, f, e, significand);
  }

  public static void fld1(Processor c, Insn i) {
    constant(c, i, 0x3FFF, 0x8000_0000_0000_0000L, 0);
  }

  public static void fldl2t(Processor c, Insn i) {
    constant(c, i, 0x4000, 0xD49A_784B_CD1B_8AFEL, 1);
  }

  public static void fldl2e(Processor c, Insn i) {
    constant(c, i, 0x3FFF, 0xB8AA_3B29_5C17_F0BCL, -1);
  }

  public static void fldpi(Processor c, Insn i) {
    constant(c, i, 0x4000, 0xC90F_DAA2_2168_C235L, -1);
  }

  public static void fldlg2(Processor c, Insn i) {
    constant(c, i, 0x3FFD, 0x9A20_9A84_FBCF_F799L, -1);
  }

  public static void fldln2(Processor c, Insn i) {
    constant(c, i, 0x3FFE, 0xB172_17F7_D1CF_79ACL, -1);
  }

  public static void fldz(Processor c, Insn i) {
    constant(c, i, 0, 0, 0);
  }
}
