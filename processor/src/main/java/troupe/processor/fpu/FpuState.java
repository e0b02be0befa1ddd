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
}
