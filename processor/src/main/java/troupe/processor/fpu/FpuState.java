package troupe.processor.fpu;

/**
 * The x87 register file, as the hardware keeps it: eight physical 80-bit registers, addressed
 * relative to TOP. The MMX registers are the mantissas.
 */
public final class FpuState {
  /** 64-bit significands with the explicit integer bit, by physical register. */
  public final long[] significand = new long[8];

  /** Sign (bit 15) and biased exponent (bits 14-0), by physical register. */
  public final int[] signExponent = new int[8];

  /** Control word. */
  public int control;

  /** Status word without TOP (bits 13-11 are kept in {@link #top}). */
  public int status;

  public int top;

  /** Bit n set: physical register n is empty. */
  public int empty;

  /** Last instruction and operand pointers, and opcode (11 bits). */
  public int instructionOffset;

  public int instructionSelector;
  public int operandOffset;
  public int operandSelector;
  public int opcode;

  /** After FNINIT; registers keep their contents. */
  public void reset() {
    control = 0x37F;
    status = 0;
    top = 0;
    empty = 0xFF;
    instructionOffset = 0;
    instructionSelector = 0;
    operandOffset = 0;
    operandSelector = 0;
    opcode = 0;
  }

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
