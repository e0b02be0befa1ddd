package troupe.processor.simd;

import java.util.Arrays;
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
