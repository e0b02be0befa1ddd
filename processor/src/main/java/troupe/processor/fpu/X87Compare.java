package troupe.processor.fpu;

import static troupe.processor.fpu.FpuState.C0;
import static troupe.processor.fpu.FpuState.C1;
import static troupe.processor.fpu.FpuState.C2;
import static troupe.processor.fpu.FpuState.C3;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/**
 * FCOM, FUCOM, FICOM, FCOMI, FUCOMI and their popping forms, FTST, FXAM ([SDM] vol. 2). The outcome
 * is set even if an exception is unmasked; only the pop is left out then.
 */
public final class X87Compare {
  private static final int CONDITIONS = C0 | C2 | C3;

  private X87Compare() {}

  /** C3, C2, C0 for an outcome of {@link Float80#compare}. */
  private static int conditions(int outcome) {
    return switch (outcome) {
      case Float80.LESS -> C0;
      case Float80.EQUAL -> C3;
      case Float80.GREATER -> 0;
      default -> CONDITIONS;
    };
  }

  /** ZF, PF, CF for an outcome; the other flags are cleared. */
  private static int flags(int outcome) {
    return switch (outcome) {
      case Float80.LESS -> Processor.CF;
      case Float80.EQUAL -> Processor.ZF;
      case Float80.GREATER -> 0;
      default -> Processor.ZF | Processor.PF | Processor.CF;
    };
  }

  private static void setConditions(FpuState s, int conditions) {
    s.status = s.status & ~CONDITIONS | conditions;
  }

  private static void pop(FpuState s, int count) {
    for (int n = 0; n < count; n++) {
      s.pop();
    }
  }

  /** ST(0) with the operand that is in the operation's result. */
  private static void withOperand(Processor c, boolean pop) {
    FpuState s = c.fpu;
    FloatOperation f = s.operation;
    if (s.isEmpty(0)) {
      setConditions(s, CONDITIONS);
      if (X87.stackFault(c, s, false)) {
        pop(s, pop ? 1 : 0);
      }
      return;
    }
    int outcome =
        Float80.compare(
            f, false, s.signExponent(0), s.significand(0), f.signExponent, f.significand);
    setConditions(s, conditions(outcome));
    if (X87.conclude(c, s)) {
      pop(s, pop ? 1 : 0);
    }
  }

  /** ST(0) with a binary64. */
  private static void withDouble(Processor c, FpuState s, long v, boolean pop) {
    if (!s.isEmpty(0) && Float80Formats.isNormalOrZero(v)) {
      int outcome =
          Float80Normal.compare(
              s.signExponent(0),
              s.significand(0),
              Float80Formats.signExponent(v),
              Float80Formats.significand(v));
      if (outcome != Float80.UNORDERED) {
        setConditions(s, conditions(outcome));
        s.status &= ~C1;
        pop(s, pop ? 1 : 0);
        return;
      }
    }
    X87.begin(s);
    Float80Formats.fromDouble(s.operation, v);
    withOperand(c, pop);
  }

  private static void single(Processor c, Insn i, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    if (Float80Formats.isNormalOrZero(v)) {
      withDouble(c, s, Double.doubleToRawLongBits(Float.intBitsToFloat(v)), pop);
    } else {
      X87.begin(s);
      Float80Formats.fromSingle(s.operation, v);
      withOperand(c, pop);
    }
  }

  private static void real64(Processor c, Insn i, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    long v = c.read64(i.segment, offset);
    X87.note(c, i, offset);
    withDouble(c, s, v, pop);
  }

  private static void integer16(Processor c, Insn i, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = (short) c.read16(i.segment, offset);
    X87.note(c, i, offset);
    withDouble(c, s, Double.doubleToRawLongBits(v), pop);
  }

  private static void integer32(Processor c, Insn i, boolean pop) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    withDouble(c, s, Double.doubleToRawLongBits(v), pop);
  }

  private static void registers(Processor c, Insn i, boolean quiet, int other, int pops) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    if (!s.isEmpty(0) && !s.isEmpty(other)) {
      int outcome =
          Float80Normal.compare(
              s.signExponent(0), s.significand(0), s.signExponent(other), s.significand(other));
      if (outcome != Float80.UNORDERED) {
        setConditions(s, conditions(outcome));
        s.status &= ~C1;
        pop(s, pops);
        return;
      }
    }
    registersExact(c, s, quiet, other, pops);
  }

  private static void registersExact(Processor c, FpuState s, boolean quiet, int other, int pops) {
    X87.begin(s);
    if (s.isEmpty(0) || s.isEmpty(other)) {
      setConditions(s, CONDITIONS);
      if (X87.stackFault(c, s, false)) {
        pop(s, pops);
      }
      return;
    }
    int outcome =
        Float80.compare(
            s.operation,
            quiet,
            s.signExponent(0),
            s.significand(0),
            s.signExponent(other),
            s.significand(other));
    setConditions(s, conditions(outcome));
    if (X87.conclude(c, s)) {
      pop(s, pops);
    }
  }

  private static void toFlags(Processor c, Insn i, boolean quiet, boolean pop) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    if (!s.isEmpty(0) && !s.isEmpty(i.rm)) {
      int outcome =
          Float80Normal.compare(
              s.signExponent(0), s.significand(0), s.signExponent(i.rm), s.significand(i.rm));
      if (outcome != Float80.UNORDERED) {
        c.setArithmetic(Processor.ARITHMETIC, flags(outcome));
        pop(s, pop ? 1 : 0);
        return;
      }
    }
    toFlagsExact(c, i, s, quiet, pop);
  }

  private static void toFlagsExact(Processor c, Insn i, FpuState s, boolean quiet, boolean pop) {
    X87.begin(s);
    int before = s.status & C1;
    int outcome = Float80.UNORDERED;
    boolean done;
    if (s.isEmpty(0) || s.isEmpty(i.rm)) {
      done = X87.stackFault(c, s, false);
    } else {
      outcome =
          Float80.compare(
              s.operation,
              quiet,
              s.signExponent(0),
              s.significand(0),
              s.signExponent(i.rm),
              s.significand(i.rm));
      done = X87.conclude(c, s);
      s.status |= before;
    }
    c.setArithmetic(Processor.ARITHMETIC, flags(outcome));
    if (done) {
      pop(s, pop ? 1 : 0);
    }
  }

  public static void fcom32(Processor c, Insn i) {
    single(c, i, false);
  }

  public static void fcom64(Processor c, Insn i) {
    real64(c, i, false);
  }

  public static void ficom16(Processor c, Insn i) {
    integer16(c, i, false);
  }

  public static void ficom32(Processor c, Insn i) {
    integer32(c, i, false);
  }

  public static void fcomp32(Processor c, Insn i) {
    single(c, i, true);
  }

  public static void fcomp64(Processor c, Insn i) {
    real64(c, i, true);
  }

  public static void ficomp16(Processor c, Insn i) {
    integer16(c, i, true);
  }

  public static void ficomp32(Processor c, Insn i) {
    integer32(c, i, true);
  }

  public static void fcom(Processor c, Insn i) {
    registers(c, i, false, i.rm, 0);
  }

  public static void fcomp(Processor c, Insn i) {
    registers(c, i, false, i.rm, 1);
  }

  public static void fcompp(Processor c, Insn i) {
    registers(c, i, false, 1, 2);
  }

  public static void fucom(Processor c, Insn i) {
    registers(c, i, true, i.rm, 0);
  }

  public static void fucomp(Processor c, Insn i) {
    registers(c, i, true, i.rm, 1);
  }

  public static void fucompp(Processor c, Insn i) {
    registers(c, i, true, 1, 2);
  }

  public static void fcomi(Processor c, Insn i) {
    toFlags(c, i, false, false);
  }

  public static void fcomip(Processor c, Insn i) {
    toFlags(c, i, false, true);
  }

  public static void fucomi(Processor c, Insn i) {
    toFlags(c, i, true, false);
  }

  public static void fucomip(Processor c, Insn i) {
    toFlags(c, i, true, true);
  }

  public static void ftst(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    withDouble(c, s, 0, false);
  }

  public static void fxam(Processor c, Insn i) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    int e = s.signExponent(0);
    long m = s.significand(0);
    int what;
    if (s.isEmpty(0)) {
      what = C3 | C0;
    } else if (Float80.isUnsupported(e, m)) {
      what = 0;
    } else if (Float80.isNan(e, m)) {
      what = C0;
    } else if (Float80.isInfinite(e, m)) {
      what = C2 | C0;
    } else if (Float80.isZero(e, m)) {
      what = C3;
    } else if (Float80.isDenormal(e, m)) {
      what = C3 | C2;
    } else {
      what = C2;
    }
    s.status = s.status & ~(CONDITIONS | C1) | what | ((e & Float80.SIGN) != 0 ? C1 : 0);
  }
}
