package troupe.processor.simd;

/** The SSE registers. */
public final class SimdState {
  /** MXCSR after reset: all exceptions masked, round to nearest. */
  public static final int MXCSR_RESET = 0x1F80;

  /** XMM register n: low half at 2n, high half at 2n+1. */
  public final long[] xmm = new long[16];

  public int mxcsr = MXCSR_RESET;
}
