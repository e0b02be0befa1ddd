package troupe.processor.simd;

import java.util.function.LongBinaryOperator;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Packed integer arithmetic in XMM registers ([SDM] vol. 2); meaning in {@link PackedInteger}. */
public final class SseInteger {
  private SseInteger() {}

  /** The same in both halves. */
  private static void halves(Processor c, Insn i, LongBinaryOperator kernel) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    int d = 2 * i.reg;
    s.xmm[d] = kernel.applyAsLong(s.xmm[d], low);
    s.xmm[d + 1] = kernel.applyAsLong(s.xmm[d + 1], high);
  }

  /** A shift of both halves by the low half of the operand. */
  private static void shift(Processor c, Insn i, LongBinaryOperator kernel) {
    SimdState s = SimdAccess.sse(c);
    long count = SimdAccess.low(c, i);
    SimdAccess.high(c, i);
    int d = 2 * i.reg;
    s.xmm[d] = kernel.applyAsLong(s.xmm[d], count);
    s.xmm[d + 1] = kernel.applyAsLong(s.xmm[d + 1], count);
  }

  private static void shiftImmediate(Processor c, Insn i, LongBinaryOperator kernel) {
    SimdState s = SimdAccess.sse(c);
    int d = 2 * i.rm;
    s.xmm[d] = kernel.applyAsLong(s.xmm[d], i.immediate & 0xFF);
    s.xmm[d + 1] = kernel.applyAsLong(s.xmm[d + 1], i.immediate & 0xFF);
  }

  /** Narrowing: the destination's elements, then the source's. */
  private static void pack(Processor c, Insn i, LongBinaryOperator kernel) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    int d = 2 * i.reg;
    s.xmm[d] = kernel.applyAsLong(s.xmm[d], s.xmm[d + 1]);
    s.xmm[d + 1] = kernel.applyAsLong(low, high);
  }

  /** Interleaving of the low or high halves of both operands. */
  private static void interleave(
      Processor c, Insn i, int half, LongBinaryOperator first, LongBinaryOperator second) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    int d = 2 * i.reg;
    long a = s.xmm[d + half];
    long b = half == 0 ? low : high;
    s.xmm[d] = first.applyAsLong(a, b);
    s.xmm[d + 1] = second.applyAsLong(a, b);
  }

  public static void packssdw(Processor c, Insn i) {
    pack(c, i, PackedInteger::packssdw);
  }

  public static void packsswb(Processor c, Insn i) {
    pack(c, i, PackedInteger::packsswb);
  }

  public static void packuswb(Processor c, Insn i) {
    pack(c, i, PackedInteger::packuswb);
  }

  public static void paddb(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddb);
  }

  public static void paddd(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddd);
  }

  public static void paddq(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddq);
  }

  public static void paddsb(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddsb);
  }

  public static void paddsw(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddsw);
  }

  public static void paddusb(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddusb);
  }

  public static void paddusw(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddusw);
  }

  public static void paddw(Processor c, Insn i) {
    halves(c, i, PackedInteger::paddw);
  }

  public static void pand(Processor c, Insn i) {
    halves(c, i, PackedInteger::pand);
  }

  public static void pandn(Processor c, Insn i) {
    halves(c, i, PackedInteger::pandn);
  }

  public static void pavgb(Processor c, Insn i) {
    halves(c, i, PackedInteger::pavgb);
  }

  public static void pavgw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pavgw);
  }

  public static void pcmpeqb(Processor c, Insn i) {
    halves(c, i, PackedInteger::pcmpeqb);
  }

  public static void pcmpeqd(Processor c, Insn i) {
    halves(c, i, PackedInteger::pcmpeqd);
  }

  public static void pcmpeqw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pcmpeqw);
  }

  public static void pcmpgtb(Processor c, Insn i) {
    halves(c, i, PackedInteger::pcmpgtb);
  }

  public static void pcmpgtd(Processor c, Insn i) {
    halves(c, i, PackedInteger::pcmpgtd);
  }

  public static void pcmpgtw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pcmpgtw);
  }

  public static void pmaddwd(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmaddwd);
  }

  public static void pmaxsw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmaxsw);
  }

  public static void pmaxub(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmaxub);
  }

  public static void pminsw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pminsw);
  }

  public static void pminub(Processor c, Insn i) {
    halves(c, i, PackedInteger::pminub);
  }

  public static void pmulhuw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmulhuw);
  }

  public static void pmulhw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmulhw);
  }

  public static void pmullw(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmullw);
  }

  public static void pmuludq(Processor c, Insn i) {
    halves(c, i, PackedInteger::pmuludq);
  }

  public static void por(Processor c, Insn i) {
    halves(c, i, PackedInteger::por);
  }

  public static void psadbw(Processor c, Insn i) {
    halves(c, i, PackedInteger::psadbw);
  }

  public static void pslld(Processor c, Insn i) {
    shift(c, i, PackedInteger::pslld);
  }

  public static void psllq(Processor c, Insn i) {
    shift(c, i, PackedInteger::psllq);
  }

  public static void psllw(Processor c, Insn i) {
    shift(c, i, PackedInteger::psllw);
  }

  public static void psrad(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrad);
  }

  public static void psraw(Processor c, Insn i) {
    shift(c, i, PackedInteger::psraw);
  }

  public static void psrld(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrld);
  }

  public static void psrlq(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrlq);
  }

  public static void psrlw(Processor c, Insn i) {
    shift(c, i, PackedInteger::psrlw);
  }

  public static void psubb(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubb);
  }

  public static void psubd(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubd);
  }

  public static void psubq(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubq);
  }

  public static void psubsb(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubsb);
  }

  public static void psubsw(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubsw);
  }

  public static void psubusb(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubusb);
  }

  public static void psubusw(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubusw);
  }

  public static void psubw(Processor c, Insn i) {
    halves(c, i, PackedInteger::psubw);
  }

  public static void punpckhbw(Processor c, Insn i) {
    interleave(c, i, 1, PackedInteger::punpcklbw, PackedInteger::punpckhbw);
  }

  public static void punpckhdq(Processor c, Insn i) {
    interleave(c, i, 1, PackedInteger::punpckldq, PackedInteger::punpckhdq);
  }

  public static void punpckhwd(Processor c, Insn i) {
    interleave(c, i, 1, PackedInteger::punpcklwd, PackedInteger::punpckhwd);
  }

  public static void punpcklbw(Processor c, Insn i) {
    interleave(c, i, 0, PackedInteger::punpcklbw, PackedInteger::punpckhbw);
  }

  public static void punpckldq(Processor c, Insn i) {
    interleave(c, i, 0, PackedInteger::punpckldq, PackedInteger::punpckhdq);
  }

  public static void punpcklwd(Processor c, Insn i) {
    interleave(c, i, 0, PackedInteger::punpcklwd, PackedInteger::punpckhwd);
  }

  public static void pxor(Processor c, Insn i) {
    halves(c, i, PackedInteger::pxor);
  }

  public static void punpcklqdq(Processor c, Insn i) {
    interleave(c, i, 0, (a, b) -> a, (a, b) -> b);
  }

  public static void punpckhqdq(Processor c, Insn i) {
    interleave(c, i, 1, (a, b) -> a, (a, b) -> b);
  }

  public static void psllwi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psllw);
  }

  public static void pslldi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::pslld);
  }

  public static void psllqi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psllq);
  }

  public static void psrlwi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psrlw);
  }

  public static void psrldi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psrld);
  }

  public static void psrlqi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psrlq);
  }

  public static void psrawi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psraw);
  }

  public static void psradi(Processor c, Insn i) {
    shiftImmediate(c, i, PackedInteger::psrad);
  }

  // ---- Across the halves

  /** Low half of a 128-bit value shifted right by up to 16 bytes. */
  public static long rightLow(long low, long high, int bytes) {
    return bytes >= 8
        ? PackedInteger.psrlq(high, 8 * bytes - 64)
        : bytes == 0 ? low : low >>> 8 * bytes | high << 64 - 8 * bytes;
  }

  /** High half of a 128-bit value shifted left by up to 16 bytes. */
  public static long leftHigh(long low, long high, int bytes) {
    return bytes >= 8
        ? PackedInteger.psllq(low, 8 * bytes - 64)
        : bytes == 0 ? high : high << 8 * bytes | low >>> 64 - 8 * bytes;
  }

  public static void psrldq(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int d = 2 * i.rm;
    int bytes = Math.min(i.immediate & 0xFF, 16);
    long high = s.xmm[d + 1];
    s.xmm[d] = rightLow(s.xmm[d], high, bytes);
    s.xmm[d + 1] = PackedInteger.psrlq(high, 8 * bytes);
  }

  public static void pslldq(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int d = 2 * i.rm;
    int bytes = Math.min(i.immediate & 0xFF, 16);
    long low = s.xmm[d];
    s.xmm[d + 1] = leftHigh(low, s.xmm[d + 1], bytes);
    s.xmm[d] = PackedInteger.psllq(low, 8 * bytes);
  }

  private static long element(long low, long high, int n) {
    return (n < 2 ? low : high) >>> 32 * (n & 1) & 0xFFFF_FFFFL;
  }

  /** Of the four elements of a 128-bit value the two that the pairs of bits of order select. */
  public static long select(long low, long high, int order) {
    return element(low, high, order & 3) | element(low, high, order >>> 2 & 3) << 32;
  }

  public static void pshufd(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    s.xmm[2 * i.reg] = select(low, high, i.immediate);
    s.xmm[2 * i.reg + 1] = select(low, high, i.immediate >>> 4);
  }

  public static void pshuflw(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    s.xmm[2 * i.reg] = PackedInteger.pshufw(low, i.immediate);
    s.xmm[2 * i.reg + 1] = high;
  }

  public static void pshufhw(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    long low = SimdAccess.low(c, i);
    long high = SimdAccess.high(c, i);
    s.xmm[2 * i.reg] = low;
    s.xmm[2 * i.reg + 1] = PackedInteger.pshufw(high, i.immediate);
  }

  public static void pinsrw(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    int word = i.rm >= 0 ? c.r[i.rm] : c.read16(i.segment, c.effectiveAddress(i));
    int at = 2 * i.reg + (i.immediate >>> 2 & 1);
    s.xmm[at] = PackedInteger.pinsrw(s.xmm[at], word, i.immediate);
  }

  public static void pextrw(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    c.r[i.reg] = PackedInteger.pextrw(s.xmm[2 * i.rm + (i.immediate >>> 2 & 1)], i.immediate);
  }

  public static void pmovmskb(Processor c, Insn i) {
    SimdState s = SimdAccess.sse(c);
    c.r[i.reg] =
        PackedInteger.pmovmskb(s.xmm[2 * i.rm]) | PackedInteger.pmovmskb(s.xmm[2 * i.rm + 1]) << 8;
  }
}
