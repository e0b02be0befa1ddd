package troupe.processor.fpu;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.simd.SimdState;

/** FXSAVE and FXRSTOR ([SDM] vol. 1, 10.5). The XMM registers are always part of the image. */
public final class FxState {
  private static final int SIZE = 512;
  private static final int MXCSR = 24;
  private static final int REGISTERS = 32;
  private static final int XMM = 160;
  private static final int SLOT = 16;

  private FxState() {}

  private static int address(Processor c, Insn i, boolean write) {
    if ((c.cr0 & (Processor.CR0_EM | Processor.CR0_TS)) != 0) {
      throw c.fault(Fault.NM);
    }
    int at = c.effectiveAddress(i);
    if ((c.segments.base[i.segment] + at & 15) != 0) {
      throw c.generalProtection();
    }
    if (write) {
      c.probeWrite(i.segment, at, SIZE);
    } else {
      c.probeRead(i.segment, at, SIZE);
    }
    return at;
  }

  public static void fxsave(Processor c, Insn i) {
    int at = address(c, i, true);
    int seg = i.segment;
    FpuState s = c.fpu;
    c.write16(seg, at, s.control);
    c.write16(seg, at + 2, s.statusWord());
    c.write16(seg, at + 4, ~s.empty & 0xFF);
    c.write16(seg, at + 6, s.opcode);
    c.write32(seg, at + 8, s.instructionOffset);
    c.write32(seg, at + 12, s.instructionSelector);
    c.write32(seg, at + 16, s.operandOffset);
    c.write32(seg, at + 20, s.operandSelector);
    c.write32(seg, at + MXCSR, c.simd.mxcsr);
    c.write32(seg, at + MXCSR + 4, SimdState.MXCSR_MASK);
    for (int n = 0; n < 8; n++) {
      int slot = at + REGISTERS + n * SLOT;
      c.write64(seg, slot, s.significand(n));
      c.write64(seg, slot + 8, s.signExponent(n));
    }
    for (int n = 0; n < 16; n++) {
      c.write64(seg, at + XMM + n * 8, c.simd.xmm[n]);
    }
  }

  public static void fxrstor(Processor c, Insn i) {
    int at = address(c, i, false);
    int seg = i.segment;
    int mxcsr = c.read32(seg, at + MXCSR);
    if ((mxcsr & ~SimdState.MXCSR_MASK) != 0) {
      throw c.generalProtection();
    }
    FpuState s = c.fpu;
    int before = s.status;
    s.setControl(c.read16(seg, at));
    s.setStatusWord(c.read16(seg, at + 2));
    s.empty = ~c.read16(seg, at + 4) & 0xFF;
    s.opcode = c.read16(seg, at + 6) & 0x7FF;
    s.instructionOffset = c.read32(seg, at + 8);
    s.instructionSelector = c.read16(seg, at + 12);
    s.operandOffset = c.read32(seg, at + 16);
    s.operandSelector = c.read16(seg, at + 20);
    c.simd.mxcsr = mxcsr;
    for (int n = 0; n < 8; n++) {
      int slot = at + REGISTERS + n * SLOT;
      int p = s.physical(n);
      s.significand[p] = c.read64(seg, slot);
      s.signExponent[p] = c.read16(seg, slot + 8);
    }
    for (int n = 0; n < 16; n++) {
      c.simd.xmm[n] = c.read64(seg, at + XMM + n * 8);
    }
    X87.follow(c, before);
  }
}
