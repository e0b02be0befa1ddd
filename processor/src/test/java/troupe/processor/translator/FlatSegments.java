package troupe.processor.translator;

import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;

/** Protected mode of 32 bits at privilege 0, where all segments are the whole address space. */
final class FlatSegments {
  private FlatSegments() {}

  static void enter(Processor processor) {
    processor.cr0 = Processor.CR0_PE | Processor.CR0_ET;
    for (int n = Processor.ES; n <= Processor.GS; n++) {
      int code = n == Processor.CS ? SegmentRegisters.CODE : 0;
      int attributes = SegmentRegisters.REAL_MODE | SegmentRegisters.BIG | code;
      processor.segments.set(n, 8 + 8 * n, 0, -1, attributes);
    }
  }
}
