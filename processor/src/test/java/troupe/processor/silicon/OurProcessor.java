package troupe.processor.silicon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import troupe.processor.CpuModel;
import troupe.processor.Fault;
import troupe.processor.IoBus;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.Surroundings;
import troupe.processor.decode.Decoder;
import troupe.processor.decode.Insn;
import troupe.processor.memory.PhysicalMemory;

/** Troupe's processor, run one instruction at a time on the samples. */
final class OurProcessor {
  private static final int CODE = 0x1000;
  private static final int MEMORY = 0x2000;
  private static final int SIGILL = 4;
  private static final int SIGFPE = 8;
  private static final int SIGSEGV = 11;

  final Processor c;
  private final Decoder decoder;

  OurProcessor() {
    PhysicalMemory memory = new PhysicalMemory(1 << 20);
    c = new Processor(CpuModel.named("default").orElseThrow(), memory, new NoPorts(), new Alone());
    c.cr0 = Processor.CR0_PE | Processor.CR0_MP | Processor.CR0_NE | Processor.CR0_ET;
    c.cr4 = Processor.CR4_OSFXSR | Processor.CR4_OSXMMEXCPT;
    for (int n = Processor.ES; n <= Processor.GS; n++) {
      int code = n == Processor.CS ? SegmentRegisters.CODE : 0;
      int attributes = SegmentRegisters.REAL_MODE | SegmentRegisters.BIG | code;
      c.segments.set(n, 8, 0, -1, attributes);
    }
    decoder = new Decoder(c);
  }

  /** Runs a sample and gives the result in the layout of silicon.c. */
  ByteBuffer run(Sample sample) {
    ByteBuffer in = sample.data;
    for (int n = 0; n < 16; n++) {
      c.memory.write8(CODE + n, in.get(n));
    }
    for (int n = 0; n < 128; n++) {
      c.memory.write8(MEMORY + n, in.get(Sample.MEMORY + n));
    }
    for (int n = 0; n < 4; n++) {
      c.r[n] = in.getInt(Sample.REGISTERS + 4 * n);
    }
    c.r[Processor.ESI] = MEMORY;
    c.r[Processor.EDI] = MEMORY;
    c.setArithmetic(Processor.ARITHMETIC, in.getInt(Sample.EFLAGS));
    load(in);
    int signal = 0;
    try {
      Insn i = decoder.decode(CODE);
      c.eip = CODE + i.length;
      i.handler.run(c, i);
    } catch (Fault f) {
      signal =
          switch (f.vector) {
            case Fault.UD -> SIGILL;
            case Fault.MF, Fault.XM -> SIGFPE;
            default -> SIGSEGV;
          };
    }
    ByteBuffer out = ByteBuffer.allocate(Sample.OUTPUT).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0, signal);
    for (int n = 0; n < 4; n++) {
      out.putInt(Sample.OUT_REGISTERS + 4 * n, c.r[n]);
    }
    out.putInt(Sample.OUT_EFLAGS, c.eflags() & Processor.ARITHMETIC);
    store(out);
    for (int n = 0; n < 128; n++) {
      out.put(Sample.OUT_MEMORY + n, (byte) c.memory.read8(MEMORY + n));
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

  private static final class Alone implements Surroundings {
    @Override
    public int acknowledgeInterrupt() {
      throw new AssertionError();
    }

    @Override
    public long timeStamp() {
      return 0;
    }

    @Override
    public void floatingPointError(boolean asserted) {}

    @Override
    public void tripleFault() {
      throw new AssertionError();
    }

    @Override
    public boolean firmwareCall(Processor processor, int number) {
      return false;
    }
  }

  private static final class NoPorts implements IoBus {
    @Override
    public int read8(int port) {
      throw new AssertionError();
    }

    @Override
    public int read16(int port) {
      throw new AssertionError();
    }

    @Override
    public int read32(int port) {
      throw new AssertionError();
    }

    @Override
    public void write8(int port, int value) {
      throw new AssertionError();
    }

    @Override
    public void write16(int port, int value) {
      throw new AssertionError();
    }

    @Override
    public void write32(int port, int value) {
      throw new AssertionError();
    }
  }
}
