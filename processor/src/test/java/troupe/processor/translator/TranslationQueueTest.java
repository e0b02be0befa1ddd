package troupe.processor.translator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.TestBus;
import troupe.processor.TestSurroundings;
import troupe.processor.memory.PhysicalMemory;

/** A guest with much new code does not fill the queue that all guests share. */
class TranslationQueueTest {
  private static final int PLACES = 500;

  /** Too far from each other to be in one region, bytes. */
  private static final int DISTANCE = 1 << 14;

  private static final int MOST_WAITING = 200;

  @Test
  void waitingRegionsOfOneProcessorAreBounded() {
    Queue<Runnable> tasks = new ArrayDeque<>();
    RegionStore store = new RegionStore(new RegionStore.Limits(16, 300, 1L << 30), tasks::add);
    Processor processor = ringOfJumps(store);
    processor.run(100 * PLACES);
    assertEquals(MOST_WAITING, tasks.size());
    for (int round = 0; round < 3; round++) {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
      processor.run(100 * PLACES);
    }
    assertTrue(tasks.isEmpty(), "in the end all is translated");
    assertEquals(PLACES, store.counters().regions());
  }

  /** Each jump is followed by another number, or they would all be the same region. */
  private static Processor ringOfJumps(RegionStore store) {
    PhysicalMemory memory = new PhysicalMemory((long) PLACES * DISTANCE + DISTANCE);
    for (int n = 0; n < PLACES; n++) {
      int at = DISTANCE + n * DISTANCE;
      int target = DISTANCE + (n + 1) % PLACES * DISTANCE;
      memory.write8(at, 0xB8); // mov eax, n; jmp target
      memory.write32(at + 1, n);
      memory.write8(at + 5, 0xE9);
      memory.write32(at + 6, target - at - 10);
    }
    Processor processor =
        new Processor(CpuModel.DEFAULT, memory, new TestBus(), new TestSurroundings(), store);
    processor.cr0 = Processor.CR0_PE | Processor.CR0_ET;
    for (int n = Processor.ES; n <= Processor.GS; n++) {
      int code = n == Processor.CS ? SegmentRegisters.CODE : 0;
      int attributes = SegmentRegisters.REAL_MODE | SegmentRegisters.BIG | code;
      processor.segments.set(n, 8 + 8 * n, 0, -1, attributes);
    }
    processor.eip = DISTANCE;
    return processor;
  }
}
