package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;

/**
 * The processor state that both boot protocols ask for: protected mode without paging, flat
 * segments, interrupts off.
 */
final class FlatMode {
  /** Where kernels find what they are handed, below the usual place of boot sectors' stacks. */
  static final int AREA = 0x1_0000;

  static final int AREA_END = 0x2_0000;

  static final int CODE_SELECTOR = 0x10;
  static final int DATA_SELECTOR = 0x18;
  private static final int GDT = AREA_END - 0x100;
  private static final long CODE_DESCRIPTOR = 0x00CF_9B00_0000_FFFFL;
  private static final long DATA_DESCRIPTOR = 0x00CF_9300_0000_FFFFL;
  private static final int CODE_TYPE = 0xB;
  private static final int DATA_TYPE = 0x3;
  private static final int FLAT =
      SegmentRegisters.PRESENT
          | SegmentRegisters.CODE_OR_DATA
          | SegmentRegisters.BIG
          | SegmentRegisters.GRANULAR;

  private FlatMode() {}

  /** Enters the mode with all general registers 0, and continues at {@code entry}. */
  static void enter(Processor c, int entry) {
    ByteBuffer gdt = ByteBuffer.allocate(4 * 8).order(ByteOrder.LITTLE_ENDIAN);
    gdt.putLong(0).putLong(0).putLong(CODE_DESCRIPTOR).putLong(DATA_DESCRIPTOR);
    c.memory.write(GDT, gdt.array(), 0, gdt.capacity());
    c.setA20(true);
    c.gdtBase = GDT;
    c.gdtLimit = gdt.capacity() - 1;
    c.setCr0(Processor.CR0_PE);
    c.setCpl(0);
    c.segments.set(Processor.CS, CODE_SELECTOR, 0, -1, FLAT | CODE_TYPE);
    for (int n : new int[] {Processor.DS, Processor.ES, Processor.FS, Processor.GS, Processor.SS}) {
      c.segments.set(n, DATA_SELECTOR, 0, -1, FLAT | DATA_TYPE);
    }
    c.setFlags(Processor.ARITHMETIC | Processor.IF | Processor.DF | Processor.TF, 0);
    for (int n = 0; n < 8; n++) {
      c.r[n] = 0;
    }
    c.r[Processor.ESP] = AREA;
    c.eip = entry;
  }
}
