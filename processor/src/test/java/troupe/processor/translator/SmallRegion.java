package troupe.processor.translator;

import java.util.List;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;

/** Translated code of one byte that does nothing. */
public final class SmallRegion extends Region {
  /**
   * @param bytes of memory that it takes, as it says
   */
  public SmallRegion(int physical, int bytes) {
    setPlan(
        new Plan(
            List.of(
                new Plan.BasicBlock(0, List.of(), new int[] {0}, Plan.End.LEAVE, 0, new int[0])),
            new byte[1],
            new boolean[] {true},
            0,
            1,
            SegmentRegisters.CODE32,
            0,
            -1,
            new int[] {0},
            new int[0],
            false));
    this.physical = physical;
    this.pages = new int[] {physical >>> 12};
    this.bytes = bytes;
  }

  @Override
  public void run(Processor c, int budget, int entry) {}
}
