package troupe.processor.simd;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.fpu.FpuState;

/** Moves and shuffles of MMX registers, EMMS ([SDM] vol. 2). */
public final class MmxMove {
  private MmxMove() {}

  private static void set(FpuState s, int n, long value) {
    s.enterMmx();
    s.setMmx(n, value);
  }

  public static void movdLoad(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    set(s, i.reg, SimdAccess.general32(c, i) & 0xFFFF_FFFFL);
  }

  public static void movdStore(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    int v = (int) s.mmx(i.reg);
    if (i.rm >= 0) {
      c.r[i.rm] = v;
    } else {
      c.write32(i.segment, c.effectiveAddress(i), v);
    }
    s.enterMmx();
  }

  public static void movqLoad(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    set(s, i.reg, SimdAccess.source64(c, i));
  }

  public static void movqStore(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    if (i.rm >= 0) {
      s.setMmx(i.rm, s.mmx(i.reg));
    } else {
      c.write64(i.segment, c.effectiveAddress(i), s.mmx(i.reg));
    }
    s.enterMmx();
  }

  public static void movntq(Processor c, Insn i) {
    movqStore(c, i);
  }

  public static void emms(Processor c, Insn i) {
    SimdAccess.mmx(c).leaveMmx();
  }

  public static void pshufw(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    set(s, i.reg, PackedInteger.pshufw(SimdAccess.source64(c, i), i.immediate));
  }

  public static void pinsrw(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    int word = i.rm >= 0 ? c.r[i.rm] : c.read16(i.segment, c.effectiveAddress(i));
    set(s, i.reg, PackedInteger.pinsrw(s.mmx(i.reg), word, i.immediate));
  }

  public static void pextrw(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    s.enterMmx();
    c.r[i.reg] = PackedInteger.pextrw(s.mmx(i.rm), i.immediate);
  }

  public static void pmovmskb(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    s.enterMmx();
    c.r[i.reg] = PackedInteger.pmovmskb(s.mmx(i.rm));
  }

  public static void maskmovq(Processor c, Insn i) {
    FpuState s = SimdAccess.mmx(c);
    storeMasked(c, i, s.mmx(i.reg), s.mmx(i.rm), c.r[Processor.EDI], true);
    s.enterMmx();
  }

  /**
   * Stores the bytes of {@code value} whose mask byte has its top bit set, at DS (or an override):
   * the offset given. With an empty mask no memory is touched, which the manual allows.
   */
  static void storeMasked(Processor c, Insn i, long value, long mask, int offset, boolean probe) {
    int bytes = PackedInteger.pmovmskb(mask);
    int at = i.address16 ? offset & 0xFFFF : offset;
    if (bytes == 0) {
      return;
    }
    if (probe) {
      c.probeWrite(i.segment, at, 8);
    }
    for (int n = 0; n < 8; n++) {
      if ((bytes >>> n & 1) != 0) {
        c.write8(i.segment, at + n, (int) (value >>> 8 * n));
      }
    }
  }

  public static void movdq2q(Processor c, Insn i) {
    SimdState x = SimdAccess.sseWithMmx(c);
    set(c.fpu, i.reg, x.xmm[2 * i.rm]);
  }

  public static void movq2dq(Processor c, Insn i) {
    SimdState x = SimdAccess.sseWithMmx(c);
    c.fpu.enterMmx();
    x.xmm[2 * i.reg] = c.fpu.mmx(i.rm);
    x.xmm[2 * i.reg + 1] = 0;
  }
}
