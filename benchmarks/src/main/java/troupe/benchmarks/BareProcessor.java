package troupe.benchmarks;

import troupe.processor.CpuModel;
import troupe.processor.IoBus;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.Surroundings;
import troupe.processor.decode.Decoder;
import troupe.processor.decode.Insn;
import troupe.processor.memory.PhysicalMemory;

/**
 * A processor with 16 MiB and nothing else around it, in flat 32-bit protected mode without paging,
 * x87 and SSE enabled.
 */
final class BareProcessor {
  /** Where programs are. */
  static final int CODE = 0x1000;

  /** What ESI points to; EDI points to 1 MiB above it. */
  static final int DATA = 0x20_0000;

  private static final long RAM = 16 << 20;

  final Processor c =
      new Processor(CpuModel.DEFAULT, new PhysicalMemory(RAM), new NoBus(), new Alone());

  BareProcessor() {
    c.cr0 = Processor.CR0_PE | Processor.CR0_MP | Processor.CR0_NE | Processor.CR0_ET;
    c.cr4 = Processor.CR4_OSFXSR | Processor.CR4_OSXMMEXCPT;
    for (int n = Processor.ES; n <= Processor.GS; n++) {
      int code = n == Processor.CS ? SegmentRegisters.CODE : 0;
      c.segments.set(n, 8 + 8 * n, 0, -1, SegmentRegisters.REAL_MODE | SegmentRegisters.BIG | code);
    }
    c.r[Processor.ESI] = DATA;
    c.r[Processor.EDI] = DATA + (1 << 20);
  }

  /** Puts bytes at {@link #CODE}. */
  void program(int... bytes) {
    for (int n = 0; n < bytes.length; n++) {
      c.memory.write8(CODE + n, bytes[n]);
    }
  }

  /** Decodes one instruction. */
  Insn decode(int... bytes) {
    program(bytes);
    c.eip = CODE;
    return new Decoder(c).decode(CODE);
  }

  private static final class Alone implements Surroundings {
    @Override
    public int acknowledgeInterrupt() {
      throw new IllegalStateException("no interrupt was requested");
    }

    @Override
    public long timeStamp() {
      return 0;
    }

    @Override
    public void floatingPointError(boolean asserted) {}

    @Override
    public void tripleFault() {
      throw new IllegalStateException("triple fault");
    }

    @Override
    public boolean firmwareCall(Processor processor, int number) {
      return false;
    }
  }

  private static final class NoBus implements IoBus {
    @Override
    public int read8(int port) {
      return 0xFF;
    }

    @Override
    public int read16(int port) {
      return 0xFFFF;
    }

    @Override
    public int read32(int port) {
      return -1;
    }

    @Override
    public void write8(int port, int value) {}

    @Override
    public void write16(int port, int value) {}

    @Override
    public void write32(int port, int value) {}
  }
}
