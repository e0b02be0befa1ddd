package troupe.processor.translator;

import java.util.HashMap;
import java.util.Map;
import troupe.processor.Processor;

/**
 * Which arithmetic flags matter where. A way out of the region, also that of an access that misses,
 * hands all flags over.
 */
final class FlagFlow {
  private final Plan plan;
  private final Map<Integer, Integer> liveIn = new HashMap<>();
  private final Map<Integer, Integer> order = new HashMap<>();

  FlagFlow(Plan plan) {
    this.plan = plan;
    for (Plan.BasicBlock block : plan.blocks()) {
      liveIn.put(block.offset(), 0);
      order.put(block.offset(), order.size());
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int n = plan.blocks().size() - 1; n >= 0; n--) {
        Plan.BasicBlock block = plan.blocks().get(n);
        int live = liveAfter(block)[0];
        changed |= liveIn.put(block.offset(), live) != live;
      }
    }
  }

  int liveIn(int offset) {
    return liveIn.getOrDefault(offset, Processor.ARITHMETIC);
  }

  /** On the way back to an earlier block the region may be left, when the budget is used up. */
  private int liveAt(Plan.BasicBlock from, int offset) {
    boolean back = order.containsKey(offset) && order.get(offset) <= order.get(from.offset());
    return back ? Processor.ARITHMETIC : liveIn(offset);
  }

  /** Flags that matter before each instruction of a block, and last after it. */
  int[] liveAfter(Plan.BasicBlock block) {
    int count = block.insns().size();
    int[] live = new int[count + 1];
    live[count] =
        switch (block.end()) {
          case FALL -> liveAt(block, block.after());
          case CONDITIONAL -> liveAt(block, block.after()) | liveAt(block, block.target());
          case JUMP, CALL -> liveAt(block, block.target());
          case INDIRECT, LEAVE -> Processor.ARITHMETIC;
        };
    for (int n = count - 1; n >= 0; n--) {
      Effects effects = Effects.of(block.insns().get(n));
      boolean mayLeave = effects.memory() || !effects.own();
      live[n] = mayLeave ? Processor.ARITHMETIC : live[n + 1] & ~effects.sets() | effects.needs();
    }
    return live;
  }
}
