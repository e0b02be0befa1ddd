package troupe.processor.simd;

import java.util.function.LongBinaryOperator;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.fpu.FpuState;

/** Packed integer arithmetic in MMX registers ([SDM] vol. 2); meaning in {@link PackedInteger}. */
public final class Mmx {
  private Mmx() {}

  private static void binary(Processor c, Insn i, LongBinaryOperator kernel) {
    FpuState s = SimdAccess.mmx(c);
    long b = SimdAccess.source64(c, i);
    s.enterMmx();
    s.setMmx(i.reg, kernel.applyAsLong(s.mmx(i.reg), b));
  }

  /** Of memory only 32 bits are read. */
  private static void interleaveLow(Processor c, Insn i, LongBinaryOperator kernel) {
    FpuState s = SimdAccess.mmx(c);
    long b = SimdAccess.source64Low(c, i);
    s.enterMmx();
    s.setMmx(i.reg, kernel.applyAsLong(s.mmx(i.reg), b));
  }

  private static void shift(Processor c, Insn i, LongBinaryOperator kernel) {
    FpuState s = SimdAccess.mmx(c);
    s.enterMmx();
    s.setMmx(i.rm, kernel.applyAsLong(s.mmx(i.rm), i.immediate & 0xFF));
  }

  public static void punpcklbw(Processor c, Insn i) {
    interleaveLow(c, i, PackedInteger::punpcklbw);
  }

  public static void punpcklwd(Processor c, Insn i) {
    interleaveLow(c, i, PackedInteger::punpcklwd);
  }

  public static void punpckldq(Processor c, Insn i) {
    interleaveLow(c, i, PackedInteger::punpckldq);
  }

  public static void packsswb(Processor c, Insn i) {
    binary(c, i, PackedInteger::packsswb);
  }

  public static void pcmpgtb(Processor c, Insn i) {
    binary(c, i, PackedInteger::pcmpgtb);
  }

  public static void pcmpgtw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pcmpgtw);
  }

  public static void pcmpgtd(Processor c, Insn i) {
    binary(c, i, PackedInteger::pcmpgtd);
  }

  public static void packuswb(Processor c, Insn i) {
    binary(c, i, PackedInteger::packuswb);
  }

  public static void punpckhbw(Processor c, Insn i) {
    binary(c, i, PackedInteger::punpckhbw);
  }

  public static void punpckhwd(Processor c, Insn i) {
    binary(c, i, PackedInteger::punpckhwd);
  }

  public static void punpckhdq(Processor c, Insn i) {
    binary(c, i, PackedInteger::punpckhdq);
  }

  public static void packssdw(Processor c, Insn i) {
    binary(c, i, PackedInteger::packssdw);
  }

  public static void pcmpeqb(Processor c, Insn i) {
    binary(c, i, PackedInteger::pcmpeqb);
  }

  public static void pcmpeqw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pcmpeqw);
  }

  public static void pcmpeqd(Processor c, Insn i) {
    binary(c, i, PackedInteger::pcmpeqd);
  }

  public static void psrlw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psrlw);
  }

  public static void psrld(Processor c, Insn i) {
    binary(c, i, PackedInteger::psrld);
  }

  public static void psrlq(Processor c, Insn i) {
    binary(c, i, PackedInteger::psrlq);
  }

  public static void pmullw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmullw);
  }

  public static void psubusb(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubusb);
  }

  public static void psubusw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubusw);
  }

  public static void pand(Processor c, Insn i) {
    binary(c, i, PackedInteger::pand);
  }

  public static void paddusb(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddusb);
  }

  public static void paddusw(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddusw);
  }

  public static void pandn(Processor c, Insn i) {
    binary(c, i, PackedInteger::pandn);
  }

  public static void psraw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psraw);
  }

  public static void psrad(Processor c, Insn i) {
    binary(c, i, PackedInteger::psrad);
  }

  public static void pmulhw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmulhw);
  }

  public static void psubsb(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubsb);
  }

  public static void psubsw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubsw);
  }

  public static void por(Processor c, Insn i) {
    binary(c, i, PackedInteger::por);
  }

  public static void paddsb(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddsb);
  }

  public static void paddsw(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddsw);
  }

  public static void pxor(Processor c, Insn i) {
    binary(c, i, PackedInteger::pxor);
  }

  public static void psllw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psllw);
  }

  public static void pslld(Processor c, Insn i) {
    binary(c, i, PackedInteger::pslld);
  }

  public static void psllq(Processor c, Insn i) {
    binary(c, i, PackedInteger::psllq);
  }

  public static void pmaddwd(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmaddwd);
  }

  public static void psubb(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubb);
  }

  public static void psubw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubw);
  }

  public static void psubd(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubd);
  }

  public static void paddb(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddb);
  }

  public static void paddw(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddw);
  }

  public static void paddd(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddd);
  }

  public static void pminub(Processor c, Insn i) {
    binary(c, i, PackedInteger::pminub);
  }

  public static void pmaxub(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmaxub);
  }

  public static void pavgb(Processor c, Insn i) {
    binary(c, i, PackedInteger::pavgb);
  }

  public static void pavgw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pavgw);
  }

  public static void pmulhuw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmulhuw);
  }

  public static void pminsw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pminsw);
  }

  public static void pmaxsw(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmaxsw);
  }

  public static void psadbw(Processor c, Insn i) {
    binary(c, i, PackedInteger::psadbw);
  }

  public static void paddq(Processor c, Insn i) {
    binary(c, i, PackedInteger::paddq);
  }

  public static void pmuludq(Processor c, Insn i) {
    binary(c, i, PackedInteger::pmuludq);
  }

  public static void psubq(Processor c, Insn i) {
    binary(c, i, PackedInteger::psubq);
  }

  public static void psllwi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psllw);
  }

  public static void pslldi(Processor c, Insn i) {
    shift(c, i, PackedInteger::pslld);
  }

  public static void psllqi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psllq);
  }

  public static void psrlwi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrlw);
  }

  public static void psrldi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrld);
  }

  public static void psrlqi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrlq);
  }

  public static void psrawi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psraw);
  }

  public static void psradi(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrad);
  }
}
