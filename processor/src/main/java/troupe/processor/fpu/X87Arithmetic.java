package troupe.processor.fpu;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** FADD, FMUL, FSUB, FSUBR, FDIV and FDIVR in all their forms ([SDM] vol. 2). */
public final class X87Arithmetic {
  private static final int ADD = 0;
  private static final int MULTIPLY = 1;
  private static final int SUBTRACT = 2;
  private static final int SUBTRACT_REVERSED = 3;
  private static final int DIVIDE = 4;
  private static final int DIVIDE_REVERSED = 5;

  private X87Arithmetic() {}

  private static void compute(
      FloatOperation f, int which, int precision, int ea, long sa, int eb, long sb) {
    switch (which) {
      case ADD -> Float80.add(f, precision, ea, sa, eb, sb);
      case MULTIPLY -> Float80.multiply(f, precision, ea, sa, eb, sb);
      case SUBTRACT -> Float80.subtract(f, precision, ea, sa, eb, sb);
      case SUBTRACT_REVERSED -> Float80.subtract(f, precision, eb, sb, ea, sa);
      case DIVIDE -> Float80.divide(f, precision, ea, sa, eb, sb);
      default -> Float80.divide(f, precision, eb, sb, ea, sa);
    }
  }

  /**
   * The common case, in physical register {@code n}; false if it is not that. The method called is
   * known where this is inlined.
   */
  private static boolean normal(FpuState s, int which, int n, int ea, long sa, int eb, long sb) {
    return switch (which) {
      case ADD -> Float80Normal.sum(s, n, ea, sa, eb, sb);
      case MULTIPLY -> Float80Normal.product(s, n, ea, sa, eb, sb);
      case SUBTRACT -> Float80Normal.sum(s, n, ea, sa, eb ^ Float80.SIGN, sb);
      case SUBTRACT_REVERSED -> Float80Normal.sum(s, n, ea ^ Float80.SIGN, sa, eb, sb);
      case DIVIDE -> Float80Normal.quotient(s, n, ea, sa, eb, sb);
      default -> Float80Normal.quotient(s, n, eb, sb, ea, sa);
    };
  }

  /** ST(0) with the operand that is in the operation's result. */
  private static void withOperand(Processor c, int which) {
    FpuState s = c.fpu;
    if (X87.underflow(c, s)) {
      return;
    }
    FloatOperation f = s.operation;
    compute(
        f,
        which,
        X87.precision(s),
        s.signExponent(0),
        s.significand(0),
        f.signExponent,
        f.significand);
    if (X87.conclude(c, s)) {
      s.set(0, f.signExponent, f.significand);
    }
  }

  /** ST(0) with a binary64. */
  private static void withDouble(Processor c, FpuState s, int which, long v) {
    int n = s.top;
    if (s.plain(n)
        && Float80Formats.isNormalOrZero(v)
        && normal(
            s,
            which,
            n,
            s.signExponent[n],
            s.significand[n],
            Float80Formats.signExponent(v),
            Float80Formats.significand(v))) {
      return;
    }
    X87.begin(s);
    Float80Formats.fromDouble(s.operation, v);
    withOperand(c, which);
  }

  private static void single(Processor c, Insn i, int which) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    if (Float80Formats.isNormalOrZero(v)) {
      withDouble(c, s, which, Double.doubleToRawLongBits(Float.intBitsToFloat(v)));
    } else {
      X87.begin(s);
      Float80Formats.fromSingle(s.operation, v);
      withOperand(c, which);
    }
  }

  private static void real64(Processor c, Insn i, int which) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    long v = c.read64(i.segment, offset);
    X87.note(c, i, offset);
    withDouble(c, s, which, v);
  }

  private static void integer16(Processor c, Insn i, int which) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = (short) c.read16(i.segment, offset);
    X87.note(c, i, offset);
    withDouble(c, s, which, Double.doubleToRawLongBits(v));
  }

  private static void integer32(Processor c, Insn i, int which) {
    FpuState s = X87.ready(c);
    int offset = c.effectiveAddress(i);
    int v = c.read32(i.segment, offset);
    X87.note(c, i, offset);
    withDouble(c, s, which, Double.doubleToRawLongBits(v));
  }

  /** ST(target) = ST(target) op ST(source); false if an unmasked error left things as they were. */
  private static boolean registers(Processor c, Insn i, int which, int target, int source) {
    FpuState s = X87.ready(c);
    X87.note(c, i);
    int a = s.physical(target);
    int b = s.physical(source);
    return s.plain(a)
            && !s.isEmpty(source)
            && normal(
                s,
                which,
                a,
                s.signExponent[a],
                s.significand[a],
                s.signExponent[b],
                s.significand[b])
        || registersExact(c, s, which, target, source);
  }

  private static boolean registersExact(
      Processor c, FpuState s, int which, int target, int source) {
    X87.begin(s);
    if (s.isEmpty(target) || s.isEmpty(source)) {
      boolean masked = X87.stackFault(c, s, false);
      if (masked) {
        X87.indefinite(s, target);
      }
      return masked;
    }
    FloatOperation f = s.operation;
    compute(
        f,
        which,
        X87.precision(s),
        s.signExponent(target),
        s.significand(target),
        s.signExponent(source),
        s.significand(source));
    boolean done = X87.conclude(c, s);
    if (done) {
      s.set(target, f.signExponent, f.significand);
    }
    return done;
  }

  private static void pop(Processor c, Insn i, int which) {
    if (registers(c, i, which, i.rm, 0)) {
      c.fpu.pop();
    }
  }

  public static void fadd32(Processor c, Insn i) {
    single(c, i, ADD);
  }

  public static void fadd64(Processor c, Insn i) {
    real64(c, i, ADD);
  }

  public static void fiadd16(Processor c, Insn i) {
    integer16(c, i, ADD);
  }

  public static void fiadd32(Processor c, Insn i) {
    integer32(c, i, ADD);
  }

  public static void fadd(Processor c, Insn i) {
    registers(c, i, ADD, 0, i.rm);
  }

  public static void faddTo(Processor c, Insn i) {
    registers(c, i, ADD, i.rm, 0);
  }

  public static void faddp(Processor c, Insn i) {
    pop(c, i, ADD);
  }

  public static void fmul32(Processor c, Insn i) {
    single(c, i, MULTIPLY);
  }

  public static void fmul64(Processor c, Insn i) {
    real64(c, i, MULTIPLY);
  }

  public static void fimul16(Processor c, Insn i) {
    integer16(c, i, MULTIPLY);
  }

  public static void fimul32(Processor c, Insn i) {
    integer32(c, i, MULTIPLY);
  }

  public static void fmul(Processor c, Insn i) {
    registers(c, i, MULTIPLY, 0, i.rm);
  }

  public static void fmulTo(Processor c, Insn i) {
    registers(c, i, MULTIPLY, i.rm, 0);
  }

  public static void fmulp(Processor c, Insn i) {
    pop(c, i, MULTIPLY);
  }

  public static void fsub32(Processor c, Insn i) {
    single(c, i, SUBTRACT);
  }

  public static void fsub64(Processor c, Insn i) {
    real64(c, i, SUBTRACT);
  }

  public static void fisub16(Processor c, Insn i) {
    integer16(c, i, SUBTRACT);
  }

  public static void fisub32(Processor c, Insn i) {
    integer32(c, i, SUBTRACT);
  }

  public static void fsub(Processor c, Insn i) {
    registers(c, i, SUBTRACT, 0, i.rm);
  }

  public static void fsubTo(Processor c, Insn i) {
    registers(c, i, SUBTRACT, i.rm, 0);
  }

  public static void fsubp(Processor c, Insn i) {
    pop(c, i, SUBTRACT);
  }

  public static void fsubr32(Processor c, Insn i) {
    single(c, i, SUBTRACT_REVERSED);
  }

  public static void fsubr64(Processor c, Insn i) {
    real64(c, i, SUBTRACT_REVERSED);
  }

  public static void fisubr16(Processor c, Insn i) {
    integer16(c, i, SUBTRACT_REVERSED);
  }

  public static void fisubr32(Processor c, Insn i) {
    integer32(c, i, SUBTRACT_REVERSED);
  }

  public static void fsubr(Processor c, Insn i) {
    registers(c, i, SUBTRACT_REVERSED, 0, i.rm);
  }

  public static void fsubrTo(Processor c, Insn i) {
    registers(c, i, SUBTRACT_REVERSED, i.rm, 0);
  }

  public static void fsubrp(Processor c, Insn i) {
    pop(c, i, SUBTRACT_REVERSED);
  }

  public static void fdiv32(Processor c, Insn i) {
    single(c, i, DIVIDE);
  }

  public static void fdiv64(Processor c, Insn i) {
    real64(c, i, DIVIDE);
  }

  public static void fidiv16(Processor c, Insn i) {
    integer16(c, i, DIVIDE);
  }

  public static void fidiv32(Processor c, Insn i) {
    integer32(c, i, DIVIDE);
  }

  public static void fdiv(Processor c, Insn i) {
    registers(c, i, DIVIDE, 0, i.rm);
  }

  public static void fdivTo(Processor c, Insn i) {
    registers(c, i, DIVIDE, i.rm, 0);
  }

  public static void fdivp(Processor c, Insn i) {
    pop(c, i, DIVIDE);
  }

  public static void fdivr32(Processor c, Insn i) {
    single(c, i, DIVIDE_REVERSED);
  }

  public static void fdivr64(Processor c, Insn i) {
    real64(c, i, DIVIDE_REVERSED);
  }

  public static void fidivr16(Processor c, Insn i) {
    integer16(c, i, DIVIDE_REVERSED);
  }

  public static void fidivr32(Processor c, Insn i) {
    integer32(c, i, DIVIDE_REVERSED);
  }

  public static void fdivr(Processor c, Insn i) {
    registers(c, i, DIVIDE_REVERSED, 0, i.rm);
  }

  public static void fdivrTo(Processor c, Insn i) {
    registers(c, i, DIVIDE_REVERSED, i.rm, 0);
  }

  public static void fdivrp(Processor c, Insn i) {
    pop(c, i, DIVIDE_REVERSED);
  }
}
