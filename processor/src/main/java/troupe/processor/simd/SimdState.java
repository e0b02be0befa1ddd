package troupe.processor.simd;

import java.util.Arrays;
import troupe.processor.Processor;
import troupe.processor.fpu.FloatOperation;

/** The SSE registers. */
public final class SimdState {
  /** MXCSR after reset: all exceptions masked, round to nearest. */
  public static final int MXCSR_RESET = 0x1F80;

  /** The bits of MXCSR that exist, denormals-are-zeros among them. */
  public static final int MXCSR_MASK = 0xFFFF;

  // MXCSR ([SDM] vol. 1, 10.2.3); bits 5-0 are the exceptions of FloatOperation.
  public static final int DENORMALS_ARE_ZEROS = 1 << 6;
  public static final int MASKS_SHIFT = 7;
  public static final int ROUNDING_SHIFT = 13;
  public static final int FLUSH_TO_ZERO = 1 << 15;

  /** XMM register n: low half at 2n, high half at 2n+1. */
  public final long[] xmm = new long[16];

  public int mxcsr = MXCSR_RESET;

  /** Scratch of the instruction that runs; not part of the state. */
  public final FloatOperation operation = new FloatOperation();

  /** Raised by the running instruction while an exception is unmasked; see {@link #end}. */
  int raised;

  private static final int MASKS = FloatOperation.EXCEPTIONS << MASKS_SHIFT;
  private static final int ROUNDING = 3 << ROUNDING_SHIFT;

  /** Whether SSE instructions can be executed: they are enabled, and the registers are loaded. */
  public static boolean usable(Processor c) {
    return (c.cr0 & (Processor.CR0_EM | Processor.CR0_TS)) == 0
        && (c.cr4 & Processor.CR4_OSFXSR) != 0;
  }

  /** All exceptions are masked, so that arithmetic cannot fault. */
  public boolean masked() {
    return (mxcsr & MASKS) == MASKS;
  }

  /** Besides, rounding is to nearest. */
  boolean nearestMasked() {
    return (mxcsr & (MASKS | ROUNDING)) == MASKS;
  }

  /** Besides, an inexact result has been raised already. */
  boolean settled() {
    return (mxcsr & (MASKS | ROUNDING | FloatOperation.INEXACT))
        == (MASKS | FloatOperation.INEXACT);
  }

  /** Starts an operation that is computed exactly. */
  FloatOperation begin() {
    operation.begin(
        mxcsr >>> ROUNDING_SHIFT & 3, mxcsr >>> MASKS_SHIFT & FloatOperation.EXCEPTIONS);
    operation.flushToZero = (mxcsr & FLUSH_TO_ZERO) != 0;
    operation.denormalsAreZeros = (mxcsr & DENORMALS_ARE_ZEROS) != 0;
    return operation;
  }

  /**
   * Ends it: what was raised is in MXCSR, or, while an exception is unmasked, kept until {@link
   * SimdAccess#conclude}.
   */
  void end() {
    if (masked()) {
      mxcsr |= operation.raised;
    } else {
      raised |= operation.raised;
    }
  }

  public void reset() {
    Arrays.fill(xmm, 0);
    mxcsr = MXCSR_RESET;
  }

  /** Saved form. */
  public record Saved(long[] xmm, int mxcsr) {
    public Saved {
      if (xmm == null || xmm.length != 16) {
        throw new IllegalArgumentException("SSE state of the wrong size");
      }
    }
  }

  public Saved save() {
    return new Saved(xmm.clone(), mxcsr);
  }

  public void restore(Saved saved) {
    System.arraycopy(saved.xmm(), 0, xmm, 0, 16);
    mxcsr = saved.mxcsr() & MXCSR_MASK;
  }
}
