package troupe.processor.silicon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import troupe.processor.Fault;
import troupe.processor.OneByOne;
import troupe.processor.Processor;

/** Troupe's processor, run one instruction at a time on the samples. */
final class OurProcessor {
  private static final int SIGILL = 4;
  private static final int SIGFPE = 8;
  private static final int SIGSEGV = 11;

  private final OneByOne machine = new OneByOne();
  private final Processor c = machine.c;

  /** Runs a sample and gives the result in the layout of silicon.c. */
  ByteBuffer run(Sample sample) {
    ByteBuffer in = sample.data;
    int[] code = new int[16];
    for (int n = 0; n < 16; n++) {
      code[n] = in.get(n) & 0xFF;
    }
    for (int n = 0; n < 128; n++) {
      c.memory.write8(OneByOne.MEMORY + n, in.get(Sample.MEMORY + n));
    }
    for (int n = 0; n < 4; n++) {
      c.r[n] = in.getInt(Sample.REGISTERS + 4 * n);
    }
    c.setArithmetic(Processor.ARITHMETIC, in.getInt(Sample.EFLAGS));
    load(in);
    int signal =
        switch (machine.run(code)) {
          case OneByOne.DONE -> 0;
          case Fault.UD -> SIGILL;
          case Fault.MF, Fault.XM -> SIGFPE;
          default -> SIGSEGV;
        };
    ByteBuffer out = ByteBuffer.allocate(Sample.OUTPUT).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0, signal);
    for (int n = 0; n < 4; n++) {
      out.putInt(Sample.OUT_REGISTERS + 4 * n, c.r[n]);
    }
    out.putInt(Sample.OUT_EFLAGS, c.eflags() & Processor.ARITHMETIC);
    store(out);
    for (int n = 0; n < 128; n++) {
      out.put(Sample.OUT_MEMORY + n, (byte) c.memory.read8(OneByOne.MEMORY + n));
    }
    return out;
  }

  private void load(ByteBuffer in) {
    int fx = Sample.FX;
    c.fpu.setControl(in.getShort(fx) & 0xFFFF);
    c.fpu.setStatusWord(in.getShort(fx + Sample.FX_STATUS) & 0xFFFF);
    c.fpu.empty = ~in.get(fx + Sample.FX_TAG) & 0xFF;
    for (int n = 0; n < 8; n++) {
      int p = c.fpu.top + n & 7;
      c.fpu.significand[p] = in.getLong(fx + Sample.FX_ST + 16 * n);
      c.fpu.signExponent[p] = in.getShort(fx + Sample.FX_ST + 16 * n + 8) & 0xFFFF;
    }
    c.simd.mxcsr = in.getInt(fx + Sample.FX_MXCSR);
    for (int n = 0; n < 16; n++) {
      c.simd.xmm[n] = in.getLong(fx + Sample.FX_XMM + 8 * n);
    }
  }

  private void store(ByteBuffer out) {
    int fx = Sample.OUT_FX;
    out.putShort(fx, (short) c.fpu.control);
    out.putShort(fx + Sample.FX_STATUS, (short) c.fpu.statusWord());
    out.put(fx + Sample.FX_TAG, (byte) ~c.fpu.empty);
    for (int n = 0; n < 8; n++) {
      int p = c.fpu.top + n & 7;
      out.putLong(fx + Sample.FX_ST + 16 * n, c.fpu.significand[p]);
      out.putShort(fx + Sample.FX_ST + 16 * n + 8, (short) c.fpu.signExponent[p]);
    }
    out.putInt(fx + Sample.FX_MXCSR, c.simd.mxcsr);
    for (int n = 0; n < 16; n++) {
      out.putLong(fx + Sample.FX_XMM + 8 * n, c.simd.xmm[n]);
    }
  }
}
