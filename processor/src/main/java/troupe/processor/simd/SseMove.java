package troupe.processor.simd;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Moves and shuffles of XMM registers ([SDM] vol. 2). */
public final class SseMove {
  private static final long LOW32 = 0xFFFF_FFFFL;

  private SseMove() {}

  private static void set(SimdState s, int n, long low, long high) {
    s.xmm[2 * n] = low;
    s.xmm[2 * n + 1] = high;
  }

  // ---- 128 bits

  public static void loadAligned(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    set(s, i.reg, low, high);
  }

  public static void loadUnaligned(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low64(c, i);
    long high = SimdAccess.high(c, i);
    set(s, i.reg, low, high);
  }

  public static void storeAligned(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    store(c, i, s, i.rm >= 0 ? 0 : SimdAccess.aligned(c, i));
  }

  public static void storeUnaligned(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    store(c, i, s, c.effectiveAddress(i));
  }

  private static void store(Processor c, Insn i, SimdState s, int offset) {
    long low = s.xmm[2 * i.reg];
    long high = s.xmm[2 * i.reg + 1];
    if (i.rm >= 0) {
      set(s, i.rm, low, high);
    } else {
      SimdAccess.store(c, i, offset, low, high);
    }
  }

  public static void maskmovdqu(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int offset = c.r[Processor.EDI];
    long maskLow = s.xmm[2 * i.rm];
    long maskHigh = s.xmm[2 * i.rm + 1];
    if (PackedInteger.pmovmskb(maskLow) != 0 || PackedInteger.pmovmskb(maskHigh) != 0) {
      c.probeWrite(i.segment, i.address16 ? offset & 0xFFFF : offset, 16);
    }
    MmxMove.storeMasked(c, i, s.xmm[2 * i.reg], maskLow, offset, false);
    MmxMove.storeMasked(c, i, s.xmm[2 * i.reg + 1], maskHigh, offset + 8, false);
  }

  // ---- 32 bits

  public static void movssLoad(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low32(c, i) & LOW32;
    if (i.rm >= 0) {
      s.xmm[2 * i.reg] = s.xmm[2 * i.reg] & ~LOW32 | v;
    } else {
      set(s, i.reg, v, 0);
    }
  }

  public static void movssStore(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = s.xmm[2 * i.reg];
    if (i.rm >= 0) {
      s.xmm[2 * i.rm] = s.xmm[2 * i.rm] & ~LOW32 | v & LOW32;
    } else {
      c.write32(i.segment, c.effectiveAddress(i), (int) v);
    }
  }

  public static void movdLoad(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    set(s, i.reg, SimdAccess.general32(c, i) & LOW32, 0);
  }

  public static void movdStore(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int v = (int) s.xmm[2 * i.reg];
    if (i.rm >= 0) {
      c.r[i.rm] = v;
    } else {
      c.write32(i.segment, c.effectiveAddress(i), v);
    }
  }

  // ---- 64 bits

  public static void movsdLoad(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long v = SimdAccess.low64(c, i);
    if (i.rm >= 0) {
      s.xmm[2 * i.reg] = v;
    } else {
      set(s, i.reg, v, 0);
    }
  }

  public static void movsdStore(Processor c, Insn i) {
    storeHalf(c, i, 0, false);
  }

  public static void movqLoad(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    set(s, i.reg, SimdAccess.low64(c, i), 0);
  }

  public static void movqStore(Processor c, Insn i) {
    storeHalf(c, i, 0, true);
  }

  public static void loadLow(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    s.xmm[2 * i.reg] = SimdAccess.low64(c, i);
  }

  public static void loadHigh(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    s.xmm[2 * i.reg + 1] = SimdAccess.low64(c, i);
  }

  public static void storeLow(Processor c, Insn i) {
    storeHalf(c, i, 0, false);
  }

  public static void storeHigh(Processor c, Insn i) {
    storeHalf(c, i, 1, false);
  }

  private static void storeHalf(Processor c, Insn i, int half, boolean clearHigh) {
    SimdState s = SimdAccess.sse(c);
    long v = s.xmm[2 * i.reg + half];
    if (i.rm < 0) {
      c.write64(i.segment, c.effectiveAddress(i), v);
      return;
    }
    s.xmm[2 * i.rm] = v;
    if (clearHigh) {
      s.xmm[2 * i.rm + 1] = 0;
    }
  }

  public static void movhlps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    s.xmm[2 * i.reg] = s.xmm[2 * i.rm + 1];
  }

  public static void movlhps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    s.xmm[2 * i.reg + 1] = s.xmm[2 * i.rm];
  }

  // ---- Shuffles

  public static void unpcklps(Processor c, Insn i) {
    SseInteger.punpckldq(c, i);
  }

  public static void unpckhps(Processor c, Insn i) {
    SseInteger.punpckhdq(c, i);
  }

  public static void unpcklpd(Processor c, Insn i) {
    SseInteger.punpcklqdq(c, i);
  }

  public static void unpckhpd(Processor c, Insn i) {
    SseInteger.punpckhqdq(c, i);
  }

  public static void shufps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    long a = s.xmm[2 * i.reg];
    long b = s.xmm[2 * i.reg + 1];
    set(
        s,
        i.reg,
        SseInteger.select(a, b, i.immediate),
        SseInteger.select(low, high, i.immediate >>> 4));
  }

  public static void shufpd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    long first = s.xmm[2 * i.reg + (i.immediate & 1)];
    set(s, i.reg, first, (i.immediate & 2) == 0 ? low : high);
  }

  public static void movmskps(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    c.r[i.reg] = signs(s.xmm[2 * i.rm]) | signs(s.xmm[2 * i.rm + 1]) << 2;
  }

  /** The sign bits of two binary32 numbers. */
  public static int signs(long v) {
    return (int) (v >>> 31 & 1 | v >>> 62 & 2);
  }

  public static void movmskpd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    c.r[i.reg] = (int) (s.xmm[2 * i.rm] >>> 63 | s.xmm[2 * i.rm + 1] >>> 62 & 2);
  }
}
