package troupe.processor.fpu;

import static troupe.processor.fpu.FpuState.C1;
import static troupe.processor.fpu.FpuState.C2;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** F2XM1, FYL2X, FYL2XP1, FPATAN, FSIN, FCOS, FSINCOS, FPTAN ([SDM] vol. 2). */
public final class X87Transcendental {
  private X87Transcendental() {}

  public static void f2xm1(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    if (!X87.underflow(c, s)) {
      Transcendental.exponential(s.operation, s.signExponent(0), s.significand(0));
      replace(c, s);
    }
  }

  private static void replace(Processor c, FpuState s) {
    if (X87.conclude(c, s)) {
      s.set(0, s.operation.signExponent, s.operation.significand);
    }
  }

  private interface Binary {
    void compute(FloatOperation f, int e0, long s0, int e1, long s1);
  }

  /** ST(1) = f(ST(0), ST(1)), and a pop. */
  private static void binary(Processor c, Insn i, Binary function) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    FloatOperation f = s.operation;
    if (s.isEmpty(0) || s.isEmpty(1)) {
      if (X87.stackFault(c, s, false)) {
        X87.indefinite(s, 1);
        s.pop();
      }
      return;
    }
    function.compute(f, s.signExponent(0), s.significand(0), s.signExponent(1), s.significand(1));
    if (X87.conclude(c, s)) {
      s.set(1, f.signExponent, f.significand);
      s.pop();
    }
  }

  public static void fyl2x(Processor c, Insn i) {
    binary(c, i, Transcendental::logarithm);
  }

  public static void fyl2xp1(Processor c, Insn i) {
    binary(c, i, Transcendental::logarithmPlusOne);
  }

  public static void fpatan(Processor c, Insn i) {
    binary(c, i, Transcendental::arcTangent);
  }

  /** Whether the argument is too large, and the instruction is done with C2 set. */
  private static boolean outOfRange(FpuState s) {
    int e = s.signExponent(0);
    long m = s.significand(0);
    boolean finite = (e & 0x7FFF) != 0x7FFF && !Float80.isUnsupported(e, m);
    if (finite && Trigonometric.outOfRange(e)) {
      s.status = s.status & ~C1 | C2;
      return true;
    }
    return false;
  }

  public static void fsin(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    s.status &= ~C2;
    if (X87.underflow(c, s) || outOfRange(s)) {
      return;
    }
    int e = s.signExponent(0);
    long m = s.significand(0);
    if (!Trigonometric.special(s.operation, e, m)) {
      Trigonometric.sine(s.operation, e, m);
    }
    replace(c, s);
  }

  public static void fcos(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    s.status &= ~C2;
    if (X87.underflow(c, s) || outOfRange(s)) {
      return;
    }
    int e = s.signExponent(0);
    long m = s.significand(0);
    if (!Trigonometric.special(s.operation, e, m)) {
      Trigonometric.cosine(s.operation, e, m);
    }
    replace(c, s);
  }

  /** Whether ST(0) is empty or there is no room to push; then the masked response is done too. */
  private static boolean stackFault(Processor c, FpuState s) {
    if (!s.isEmpty(0) && s.isEmpty(7)) {
      return false;
    }
    if (X87.stackFault(c, s, !s.isEmpty(0))) {
      X87.indefinite(s, 0);
      s.push(Float80.INDEFINITE_SIGN_EXPONENT, Float80.INDEFINITE_SIGNIFICAND);
    }
    return true;
  }

  public static void fsincos(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    s.status &= ~C2;
    if (stackFault(c, s) || outOfRange(s)) {
      return;
    }
    FloatOperation f = s.operation;
    int e = s.signExponent(0);
    long m = s.significand(0);
    if (Trigonometric.special(f, e, m)) {
      if (X87.conclude(c, s)) {
        s.set(0, f.signExponent, f.significand);
        s.push(f.signExponent, f.significand);
      }
      return;
    }
    Trigonometric.sine(f, e, m);
    int sineExponent = f.signExponent;
    long sine = f.significand;
    Trigonometric.cosine(f, e, m);
    X87.conclude(c, s);
    s.set(0, sineExponent, sine);
    s.push(f.signExponent, f.significand);
  }

  public static void fptan(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    s.status &= ~C2;
    if (stackFault(c, s) || outOfRange(s)) {
      return;
    }
    FloatOperation f = s.operation;
    int e = s.signExponent(0);
    long m = s.significand(0);
    boolean special = Trigonometric.special(f, e, m);
    if (!special) {
      Trigonometric.tangent(f, e, m);
    }
    if (!X87.conclude(c, s)) {
      return;
    }
    s.set(0, f.signExponent, f.significand);
    if (special) {
      s.push(f.signExponent, f.significand);
    } else {
      s.push(FloatOperation.BIAS, FloatOperation.INTEGER);
    }
  }
}
