package troupe.processor.simd;

import static troupe.processor.Processor.CR0_EM;
import static troupe.processor.Processor.CR0_TS;
import static troupe.processor.Processor.CR4_OSFXSR;
import static troupe.processor.Processor.CR4_OSXMMEXCPT;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.fpu.FloatOperation;
import troupe.processor.fpu.FpuState;

/** Availability and operands of MMX and SSE instructions ([SDM] vol. 3, chapters 12 and 13). */
final class SimdAccess {
  /** Exceptions found before the computation: if one is unmasked, no element is computed. */
  private static final int BEFORE =
      FloatOperation.INVALID | FloatOperation.DENORMAL | FloatOperation.ZERO_DIVIDE;

  private SimdAccess() {}

  // ---- Availability

  /** MMX: #UD, #NM, or a pending x87 error. */
  static FpuState mmx(Processor c) {
    if ((c.cr0 & (CR0_EM | CR0_TS)) != 0) {
      throw c.fault((c.cr0 & CR0_EM) != 0 ? Fault.UD : Fault.NM);
    }
    FpuState s = c.fpu;
    if ((s.status & FpuState.ERROR_SUMMARY) != 0) {
      s.deliverError(c);
    }
    return s;
  }

  /** SSE: #UD or #NM. */
  static SimdState sse(Processor c) {
    if (!SimdState.usable(c)) {
      boolean undefined = (c.cr0 & CR0_EM) != 0 || (c.cr4 & CR4_OSFXSR) == 0;
      throw c.fault(undefined ? Fault.UD : Fault.NM);
    }
    return c.simd;
  }

  /** SSE with an MMX operand: the rules of both. */
  static SimdState sseWithMmx(Processor c) {
    SimdState s = sse(c);
    mmx(c);
    return s;
  }

  // ---- Operands

  /** MMX register or 64 bits of memory. */
  static long source64(Processor c, Insn i) {
    return i.rm >= 0 ? c.fpu.mmx(i.rm) : c.read64(i.segment, c.effectiveAddress(i));
  }

  /** MMX register or 32 bits of memory, of which only these are used. */
  static long source64Low(Processor c, Insn i) {
    return i.rm >= 0 ? c.fpu.mmx(i.rm) : c.read32(i.segment, c.effectiveAddress(i));
  }

  /** Low half of an XMM register, or 64 bits of memory. */
  static long low64(Processor c, Insn i) {
    return i.rm >= 0 ? c.simd.xmm[2 * i.rm] : c.read64(i.segment, c.effectiveAddress(i));
  }

  /** Low quarter of an XMM register, or 32 bits of memory. */
  static int low32(Processor c, Insn i) {
    return i.rm >= 0 ? (int) c.simd.xmm[2 * i.rm] : c.read32(i.segment, c.effectiveAddress(i));
  }

  /** General register, or 32 bits of memory. */
  static int general32(Processor c, Insn i) {
    return i.rm >= 0 ? c.r[i.rm] : c.read32(i.segment, c.effectiveAddress(i));
  }

  /** Offset of a 128-bit operand, which must be aligned. */
  static int aligned(Processor c, Insn i) {
    int offset = c.effectiveAddress(i);
    if ((c.segments.base[i.segment] + offset & 15) != 0) {
      throw c.generalProtection();
    }
    return offset;
  }

  /** Low half of the 128-bit operand; memory must be aligned. Read before {@link #high}. */
  static long low(Processor c, Insn i) {
    return i.rm >= 0 ? c.simd.xmm[2 * i.rm] : c.read64(i.segment, aligned(c, i));
  }

  /** High half of the 128-bit operand. */
  static long high(Processor c, Insn i) {
    return i.rm >= 0 ? c.simd.xmm[2 * i.rm + 1] : c.read64(i.segment, c.effectiveAddress(i) + 8);
  }

  /** Stores 128 bits, all or nothing. */
  static void store(Processor c, Insn i, int offset, long low, long high) {
    c.probeWrite(i.segment, offset, 16);
    c.write64(i.segment, offset, low);
    c.write64(i.segment, offset + 8, high);
  }

  // ---- Exceptions

  /** Adds what was raised while not all was masked to MXCSR; an unmasked exception is thrown. */
  static void conclude(Processor c, SimdState s) {
    if (s.raised != 0) {
      int unmasked = ~(s.mxcsr >>> SimdState.MASKS_SHIFT);
      int raised = (s.raised & unmasked & BEFORE) != 0 ? s.raised & BEFORE : s.raised;
      s.raised = 0;
      s.mxcsr |= raised;
      if ((raised & unmasked) != 0) {
        throw c.fault((c.cr4 & CR4_OSXMMEXCPT) != 0 ? Fault.XM : Fault.UD);
      }
    }
  }
}
