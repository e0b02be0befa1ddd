package troupe.processor.fpu;

import static troupe.processor.fpu.FloatOperation.EXCEPTIONS;
import static troupe.processor.fpu.FloatOperation.INVALID;
import static troupe.processor.fpu.FpuState.C1;
import static troupe.processor.fpu.FpuState.ERROR_SUMMARY;
import static troupe.processor.fpu.FpuState.STACK_FAULT;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/**
 * What all x87 instructions share: availability and pending errors before, last pointers and
 * exceptions after ([SDM] vol. 1, 8.1.8, 8.4 to 8.7).
 *
 * <p>With CR0.NE clear an unmasked error asserts FERR# at once, at the end of the instruction that
 * made it; a waiting instruction lets the interrupt that this becomes come first. If none comes (it
 * is being handled, or is masked) the instruction goes on, as if IGNNE# were asserted.
 */
final class X87 {
  private static final int PRECISION_SHIFT = 8;
  private static final int ROUNDING_SHIFT = 10;
  private static final int OPCODE_MASK = 0x7FF;
  private static final int LONGEST_PREFIX = 14;

  private X87() {}

  /** For an instruction that does not wait: #NM unless the x87 is available. */
  static FpuState available(Processor c) {
    if ((c.cr0 & (Processor.CR0_EM | Processor.CR0_TS)) != 0) {
      throw c.fault(Fault.NM);
    }
    return c.fpu;
  }

  /** For a waiting instruction: #NM, or the pending error. */
  static FpuState ready(Processor c) {
    FpuState s = available(c);
    if ((s.status & ERROR_SUMMARY) != 0) {
      pending(c);
    }
    return s;
  }

  /** Begins an operation. */
  static void begin(FpuState s) {
    s.operation.begin(rounding(s), s.control & EXCEPTIONS);
  }

  /** Rounding control. */
  static int rounding(FpuState s) {
    return s.control >>> ROUNDING_SHIFT & 3;
  }

  /** As {@link #ready}, and an operation begins. */
  static FpuState enter(Processor c) {
    FpuState s = ready(c);
    begin(s);
    return s;
  }

  /** Delivers a pending unmasked error. */
  static void pending(Processor c) {
    if ((c.cr0 & Processor.CR0_NE) != 0) {
      throw c.fault(Fault.MF);
    }
    c.yieldToInterrupt();
  }

  /** Records the last instruction pointer. */
  static void note(Processor c, Insn i) {
    FpuState s = c.fpu;
    s.instructionOffset = c.eip - i.length;
    s.instructionSelector = c.segments.selector[Processor.CS];
  }

  /** Records the last instruction and operand pointers. */
  static void note(Processor c, Insn i, int offset) {
    note(c, i);
    c.fpu.operandOffset = offset;
    c.fpu.operandSelector = c.segments.selector[i.segment];
  }

  /** Precision of results in bits. */
  static int precision(FpuState s) {
    return switch (s.control >>> PRECISION_SHIFT & 3) {
      case 0 -> 24;
      case 2 -> 53;
      default -> 64;
    };
  }

  /** Moves what the operation raised into the status word; false if it has no result. */
  static boolean conclude(Processor c, FpuState s) {
    FloatOperation f = s.operation;
    s.status &= ~C1;
    if (f.raised != 0) {
      s.status |= f.raised;
      if (f.roundedUp && !f.aborted) {
        s.status |= C1;
      }
      unmasked(c, s);
    }
    return !f.aborted;
  }

  private static void unmasked(Processor c, FpuState s) {
    if ((s.status & ~s.control & EXCEPTIONS) != 0) {
      boolean before = (s.status & ERROR_SUMMARY) != 0;
      s.summarize();
      if (!before) {
        s.opcode = opcode(c, s);
        if ((c.cr0 & Processor.CR0_NE) == 0) {
          c.surroundings.floatingPointError(true);
        }
      }
    }
  }

  /**
   * Lets FERR# follow the error summary, after an instruction that loaded or cleared it; {@code
   * before} is the status before that.
   */
  static void follow(Processor c, int before) {
    int now = c.fpu.status;
    if (((before ^ now) & ERROR_SUMMARY) != 0) {
      c.surroundings.floatingPointError(
          (now & ERROR_SUMMARY) != 0 && (c.cr0 & Processor.CR0_NE) == 0);
    }
  }

  /** The last instruction's opcode, kept for unmasked errors only ([SDM] vol. 1, 8.1.9.1). */
  private static int opcode(Processor c, FpuState s) {
    int linear = c.segments.base[Processor.CS] + s.instructionOffset;
    for (int n = 0; n < LONGEST_PREFIX; n++) {
      int b = c.readLinear8(linear + n);
      if ((b & 0xF8) == 0xD8) {
        return (b << 8 | c.readLinear8(linear + n + 1)) & OPCODE_MASK;
      }
    }
    return 0;
  }

  /**
   * A stack underflow, or with {@code overflow} an overflow; true if it is masked and the default
   * NaN takes the result's place.
   */
  static boolean stackFault(Processor c, FpuState s, boolean overflow) {
    s.status = s.status & ~C1 | INVALID | STACK_FAULT | (overflow ? C1 : 0);
    unmasked(c, s);
    return (s.control & INVALID) != 0;
  }

  /** Whether ST(0) is empty; then the masked response is done too, in ST(0). */
  static boolean underflow(Processor c, FpuState s) {
    if (!s.isEmpty(0)) {
      return false;
    }
    if (stackFault(c, s, false)) {
      indefinite(s, 0);
    }
    return true;
  }

  /** Sets ST(i) to the default NaN. */
  static void indefinite(FpuState s, int i) {
    s.set(i, Float80.INDEFINITE_SIGN_EXPONENT, Float80.INDEFINITE_SIGNIFICAND);
  }

  /** Whether there is no room to push; then the masked response is done too. */
  static boolean overflow(Processor c, FpuState s) {
    if (s.isEmpty(7)) {
      return false;
    }
    if (stackFault(c, s, true)) {
      s.push(Float80.INDEFINITE_SIGN_EXPONENT, Float80.INDEFINITE_SIGNIFICAND);
    }
    return true;
  }
}
