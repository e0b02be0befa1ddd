package troupe.processor.simd;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** LDMXCSR, STMXCSR, fences, MOVNTI, CLFLUSH ([SDM] vol. 2). */
public final class SseControl {
  private SseControl() {}

  public static void ldmxcsr(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int v = c.read32(i.segment, c.effectiveAddress(i));
    if ((v & ~SimdState.MXCSR_MASK) != 0) {
      throw c.generalProtection();
    }
    s.mxcsr = v;
  }

  public static void stmxcsr(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    c.write32(i.segment, c.effectiveAddress(i), s.mxcsr);
  }

  /** SFENCE, LFENCE, MFENCE: memory is always in order here. */
  public static void fence(Processor c, Insn i) {}

  /** CLFLUSH: there is no cache, but the line must be readable. */
  public static void clflush(Processor c, Insn i) {
    c.probeRead(i.segment, c.effectiveAddress(i), 1);
  }

  public static void movnti(Processor c, Insn i) {
    c.write32(i.segment, c.effectiveAddress(i), c.r[i.reg]);
  }
}
