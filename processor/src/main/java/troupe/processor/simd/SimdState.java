package troupe.processor.simd;

import java.util.Arrays;

/** The SSE registers. */
public final class SimdState {
  /** MXCSR after reset: all exceptions masked, round to nearest. */
  public static final int MXCSR_RESET = 0x1F80;

  /** XMM register n: low half at 2n, high half at 2n+1. */
  public final long[] xmm = new long[16];

  public int mxcsr = MXCSR_RESET;

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
    mxcsr = saved.mxcsr() & 0xFFFF;
  }
}
