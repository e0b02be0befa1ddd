package troupe.processor;

import java.util.ArrayList;
import java.util.List;
import troupe.processor.decode.Decoder;
import troupe.processor.decode.Insn;
import troupe.processor.memory.PhysicalMemory;

/**
 * A processor in flat 32-bit protected mode without paging that runs single instructions, all of
 * x87 and SSE enabled.
 */
public final class OneByOne {
  public static final int CODE = 0x1000;

  /** What ESI and EDI point to. */
  public static final int MEMORY = 0x2000;

  /** {@link #run}: no exception. */
  public static final int DONE = 256;

  public final Processor c;

  /** What FERR# was driven to, in order. */
  public final List<Boolean> errors = new ArrayList<>();

  private final Decoder decoder;

  public OneByOne() {
    this(CpuModel.DEFAULT);
  }

  public OneByOne(CpuModel model) {
    TestSurroundings surroundings =
        new TestSurroundings() {
          @Override
          public void floatingPointError(boolean asserted) {
            errors.add(asserted);
          }
        };
    PhysicalMemory memory = new PhysicalMemory(1 << 20);
    c = new Processor(model, memory, new TestBus(), surroundings);
    c.cr0 = Processor.CR0_PE | Processor.CR0_MP | Processor.CR0_NE | Processor.CR0_ET;
    c.cr4 = Processor.CR4_OSFXSR | Processor.CR4_OSXMMEXCPT;
    for (int n = Processor.ES; n <= Processor.GS; n++) {
      limit(n, -1);
    }
    c.r[Processor.ESI] = MEMORY;
    c.r[Processor.EDI] = MEMORY;
    decoder = new Decoder(c);
  }

  /** Sets a segment's limit; its base is 0. */
  public void limit(int segment, int limit) {
    int code = segment == Processor.CS ? SegmentRegisters.CODE : 0;
    int attributes = SegmentRegisters.REAL_MODE | SegmentRegisters.BIG | code;
    c.segments.set(segment, 8 + 8 * segment, 0, limit, attributes);
  }

  /** Runs one instruction and gives the vector of the exception it caused, or {@link #DONE}. */
  public int run(int... code) {
    for (int n = 0; n < code.length; n++) {
      c.memory.write8(CODE + n, code[n]);
    }
    c.eip = CODE;
    c.start = CODE;
    try {
      Insn i = decoder.decode(CODE);
      c.eip = CODE + i.length;
      i.handler.run(c, i);
      return DONE;
    } catch (Fault f) {
      return f.vector;
    }
  }
}
