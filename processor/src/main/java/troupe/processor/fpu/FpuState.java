package troupe.processor.fpu;

import troupe.processor.Processor;

/**
 * The x87 register file, as the hardware keeps it: eight physical 80-bit registers, addressed
 * relative to TOP. The MMX registers are the mantissas.
 */
public final class FpuState {
  // Status word ([SDM] vol. 1, 8.1.3); the exceptions are those of FloatOperation.
  public static final int STACK_FAULT = 1 << 6;
  public static final int ERROR_SUMMARY = 1 << 7;
  public static final int C0 = 1 << 8;
  public static final int C1 = 1 << 9;
  public static final int C2 = 1 << 10;
  public static final int C3 = 1 << 14;
  public static final int BUSY = 1 << 15;
  private static final int TOP_SHIFT = 11;

  /** Control word after FNINIT: all masked, 64 bits, to nearest. */
  public static final int CONTROL_INIT = 0x037F;

  /** Control word bits that can be written; bit 6 reads as one. */
  private static final int CONTROL_MASK = 0x1F3F;

  // Control words under which the fast paths hold.
  private static final int ROUNDING_AND_MASKS = 3 << 10 | FloatOperation.EXCEPTIONS;
  private static final int PRECISION = 3 << 8;

  private static final int CONTROL_ONE = 1 << 6;
  private static final int ALL_EMPTY = 0xFF;

  // Tags ([SDM] vol. 1, 8.1.7).
  private static final int TAG_VALID = 0;
  private static final int TAG_ZERO = 1;
  private static final int TAG_SPECIAL = 2;
  private static final int TAG_EMPTY = 3;

  /** 64-bit significands with the explicit integer bit, by physical register. */
  public final long[] significand = new long[8];

  /** Sign (bit 15) and biased exponent (bits 14-0), by physical register. */
  public final int[] signExponent = new int[8];

  /** Control word. */
  public int control = CONTROL_INIT;

  /** Status word without TOP (bits 13-11 are kept in {@link #top}). */
  public int status;

  public int top;

  /** Bit n set: physical register n is empty. */
  public int empty = ALL_EMPTY;

  /** Last instruction and operand pointers, and opcode (11 bits). */
  public int instructionOffset;

  public int instructionSelector;
  public int operandOffset;
  public int operandSelector;
  public int opcode;

  /** Scratch of the instruction that runs; not part of the state. */
  public final FloatOperation operation = new FloatOperation();

  /** FNINIT: everything but the contents of the registers. */
  public void reset() {
    control = CONTROL_INIT;
    status = 0;
    top = 0;
    empty = ALL_EMPTY;
    instructionOffset = 0;
    instructionSelector = 0;
    operandOffset = 0;
    operandSelector = 0;
    opcode = 0;
  }

  /** Loads the control word; the error summary follows it. */
  public void setControl(int value) {
    control = value & CONTROL_MASK | CONTROL_ONE;
    summarize();
  }

  /** The status word with TOP. */
  public int statusWord() {
    return status | top << TOP_SHIFT;
  }

  /** Loads the status word; the error summary is computed. */
  public void setStatusWord(int value) {
    top = value >>> TOP_SHIFT & 7;
    status = value & 0xFFFF & ~(7 << TOP_SHIFT);
    summarize();
  }

  /** Recomputes the error summary and busy bits. */
  public void summarize() {
    if ((status & ~control & FloatOperation.EXCEPTIONS) != 0) {
      status |= ERROR_SUMMARY | BUSY;
    } else {
      status &= ~(ERROR_SUMMARY | BUSY);
    }
  }

  /** The full tag word, computed from the registers. */
  public int tagWord() {
    int word = 0;
    for (int n = 0; n < 8; n++) {
      word |= tag(n) << 2 * n;
    }
    return word;
  }

  private int tag(int n) {
    if ((empty >>> n & 1) != 0) {
      return TAG_EMPTY;
    }
    if (Float80.isNormal(signExponent[n], significand[n])) {
      return TAG_VALID;
    }
    return Float80.isZero(signExponent[n], significand[n]) ? TAG_ZERO : TAG_SPECIAL;
  }

  /** Loads a tag word: only whether a register is empty counts. */
  public void setTagWord(int word) {
    empty = 0;
    for (int n = 0; n < 8; n++) {
      if ((word >>> 2 * n & 3) == TAG_EMPTY) {
        empty |= 1 << n;
      }
    }
  }

  // ---- What the fast paths ask

  /** Rounding is to nearest and all exceptions are masked. */
  boolean nearestMasked() {
    return (control & ROUNDING_AND_MASKS) == FloatOperation.EXCEPTIONS;
  }

  /** Besides, results have 64 bits, and physical register {@code n} is not empty. */
  boolean plain(int n) {
    return (control & (ROUNDING_AND_MASKS | PRECISION)) == (FloatOperation.EXCEPTIONS | PRECISION)
        && (empty >>> n & 1) == 0;
  }

  // ---- The register stack

  /** Physical number of ST(i). */
  int physical(int i) {
    return top + i & 7;
  }

  boolean isEmpty(int i) {
    return (empty >>> (top + i & 7) & 1) != 0;
  }

  /** Sign and exponent of ST(i). */
  int signExponent(int i) {
    return signExponent[top + i & 7];
  }

  /** Significand of ST(i). */
  long significand(int i) {
    return significand[top + i & 7];
  }

  /** Sets ST(i), which becomes valid. */
  void set(int i, int e, long s) {
    int n = top + i & 7;
    signExponent[n] = e;
    significand[n] = s;
    empty &= ~(1 << n);
  }

  /** Pushes a number; the caller has seen to it that ST(7) is empty or may be overwritten. */
  void push(int e, long s) {
    top = top - 1 & 7;
    set(0, e, s);
  }

  void pop() {
    empty |= 1 << top;
    top = top + 1 & 7;
  }

  /** For MMX instructions: delivers the unmasked error that is pending. */
  public void deliverError(Processor c) {
    X87.pending(c);
  }

  // ---- MMX

  /** MMX register n. */
  public long mmx(int n) {
    return significand[n];
  }

  /** Sets MMX register n, and its exponent to ones. */
  public void setMmx(int n, long value) {
    significand[n] = value;
    signExponent[n] = 0xFFFF;
  }

  /** What every MMX instruction does to the stack: TOP is 0, all registers are valid. */
  public void enterMmx() {
    top = 0;
    empty = 0;
  }

  /** EMMS. */
  public void leaveMmx() {
    top = 0;
    empty = ALL_EMPTY;
  }

  // ---- Saved state

  /** Saved form: significands, sign and exponents, then the rest in the order of the fields. */
  public record Saved(long[] significand, int[] signExponent, int[] rest) {
    public Saved {
      if (significand == null
          || significand.length != 8
          || signExponent == null
          || signExponent.length != 8
          || rest == null
          || rest.length != 9) {
        throw new IllegalArgumentException("x87 state of the wrong size");
      }
    }
  }

  public Saved save() {
    int[] rest = {
      control,
      status,
      top,
      empty,
      instructionOffset,
      instructionSelector,
      operandOffset,
      operandSelector,
      opcode
    };
    return new Saved(significand.clone(), signExponent.clone(), rest);
  }

  public void restore(Saved saved) {
    System.arraycopy(saved.significand(), 0, significand, 0, 8);
    for (int n = 0; n < 8; n++) {
      signExponent[n] = saved.signExponent()[n] & 0xFFFF;
    }
    int[] rest = saved.rest();
    control = rest[0] & 0xFFFF;
    status = rest[1] & 0xFFFF;
    top = rest[2] & 7;
    empty = rest[3] & 0xFF;
    instructionOffset = rest[4];
    instructionSelector = rest[5] & 0xFFFF;
    operandOffset = rest[6];
    operandSelector = rest[7] & 0xFFFF;
    opcode = rest[8] & 0x7FF;
  }
}
