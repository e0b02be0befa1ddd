package troupe.processor.fpu;

import static troupe.processor.fpu.FpuState.C0;
import static troupe.processor.fpu.FpuState.C1;
import static troupe.processor.fpu.FpuState.C2;
import static troupe.processor.fpu.FpuState.C3;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** FSQRT, FRNDINT, FSCALE, FXTRACT, FPREM, FPREM1 ([SDM] vol. 2). */
public final class X87Functions {
  private X87Functions() {}

  public static void fsqrt(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    int n = s.top;
    if (s.plain(n) && Float80Normal.root(s, n, s.signExponent[n], s.significand[n])) {
      return;
    }
    X87.begin(s);
    if (!X87.underflow(c, s)) {
      Float80.squareRoot(s.operation, X87.precision(s), s.signExponent(0), s.significand(0));
      replace(c, s);
    }
  }

  public static void frndint(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    if (!X87.underflow(c, s)) {
      Float80.roundToIntegral(s.operation, s.signExponent(0), s.significand(0));
      replace(c, s);
    }
  }

  private static void replace(Processor c, FpuState s) {
    if (X87.conclude(c, s)) {
      s.set(0, s.operation.signExponent, s.operation.significand);
    }
  }

  public static void fscale(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    if (underflow(c, s)) {
      return;
    }
    Float80.scale(
        s.operation, s.signExponent(0), s.significand(0), s.signExponent(1), s.significand(1));
    replace(c, s);
  }

  /** Whether ST(0) or ST(1) is empty; then the masked response is done too. */
  private static boolean underflow(Processor c, FpuState s) {
    if (!s.isEmpty(0) && !s.isEmpty(1)) {
      return false;
    }
    if (X87.stackFault(c, s, false)) {
      X87.indefinite(s, 0);
    }
    return true;
  }

  public static void fxtract(Processor c, Insn i) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    if (s.isEmpty(0) || !s.isEmpty(7)) {
      if (X87.stackFault(c, s, !s.isEmpty(0))) {
        X87.indefinite(s, 0);
        s.push(Float80.INDEFINITE_SIGN_EXPONENT, Float80.INDEFINITE_SIGNIFICAND);
      }
      return;
    }
    int e = s.signExponent(0);
    long m = s.significand(0);
    FloatOperation f = s.operation;
    boolean finite = Float80Parts.extract(f, e, m);
    if (!X87.conclude(c, s)) {
      return;
    }
    s.set(0, f.signExponent, f.significand);
    if (finite) {
      s.push(e & Float80.SIGN | FloatOperation.BIAS, Float80.normalized(m));
    } else if (Float80.isNan(f.signExponent, f.significand)) {
      s.push(f.signExponent, f.significand);
    } else {
      s.push(e, m);
    }
  }

  public static void fprem(Processor c, Insn i) {
    remainder(c, i, false);
  }

  public static void fprem1(Processor c, Insn i) {
    remainder(c, i, true);
  }

  private static void remainder(Processor c, Insn i, boolean nearest) {
    FpuState s = X87.enter(c);
    X87.note(c, i);
    s.status &= ~C2;
    if (underflow(c, s)) {
      return;
    }
    FloatOperation f = s.operation;
    int q =
        Float80Parts.remainder(
            f, nearest, s.signExponent(0), s.significand(0), s.signExponent(1), s.significand(1));
    if (X87.conclude(c, s)) {
      s.set(0, f.signExponent, f.significand);
      if (q == Float80Parts.INCOMPLETE) {
        s.status = s.status & ~(C0 | C1 | C3) | C2;
      } else if (q != Float80Parts.NONE) {
        int bits = ((q & 4) != 0 ? C0 : 0) | ((q & 2) != 0 ? C3 : 0) | ((q & 1) != 0 ? C1 : 0);
        s.status = s.status & ~(C0 | C1 | C3) | bits;
      }
    }
  }
}
