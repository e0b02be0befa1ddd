package troupe.processor.translator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Processor;
import troupe.processor.TestBus;
import troupe.processor.TestSurroundings;
import troupe.processor.memory.PhysicalMemory;

/** A guest with much new code does not fill the queue that all guests share. */
class TranslationQueueTest {
  private static final int PLACES = 500;

  /** Too far from each other to be in one region, bytes. */
  private static final int DISTANCE = 1 << 14;

  private static final int MOST_WAITING = 200;
  private static final int MOST_AT_WORK = 32;
  private static final int LOOP = DISTANCE / 2;
  private static final int COUNT = LOOP + 0x100;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final RegionStore store =
      new RegionStore(new RegionStore.Limits(16, 300, 1L << 30), tasks::add);

  private void work() {
    for (int n = tasks.size(); n > 0; n--) {
      tasks.remove().run();
    }
  }

  @Test
  void waitingRegionsOfOneProcessorAreBounded() {
    Processor processor = ringOfJumps(store);
    processor.run(100 * PLACES);
    assertEquals(MOST_AT_WORK, tasks.size());
    assertEquals(MOST_WAITING, processor.translation().waiting());
    for (int round = 0; round < PLACES && !tasks.isEmpty(); round++) {
      work();
      processor.run(10 * PLACES);
    }
    assertTrue(tasks.isEmpty(), "in the end all is translated");
    assertEquals(PLACES, store.counters().regions());
  }

  @Test
  void ofThoseThatWaitTheHottestIsNext() {
    Processor processor = ringOfJumps(store);
    processor.run(100 * PLACES);
    work();
    processor.run(1);
    processor.memory.write(LOOP, new byte[] {0x40, (byte) 0xEB, (byte) 0xFD}, 0, 3); // inc eax; jmp
    processor.eip = LOOP;
    processor.run(10_000);
    work();
    processor.run(10_000);
    work();
    processor.run(10_000);
    assertNotNull(processor.jumps.find(processor), "the loop did not wait for the ring");
  }

  @Test
  void aLoopThatWasThereBeforeItsRegionBecomesAWayIntoIt() {
    Processor processor = ringOfJumps(store);
    shortLoops(processor);
    assertEquals(1, tasks.size());
    becomeOneLoop(processor);
    work();
    processor.run(100);
    assertNull(processor.jumps.find(processor));
    assertEquals(0, tasks.size());
    becomesAWayIn(processor);
  }

  @Test
  void aWayIntoARegionIsMadeOnceForAllProcessors() {
    Processor first = ringOfJumps(store);
    Processor second = ringOfJumps(store);
    for (Processor processor : List.of(first, second)) {
      shortLoops(processor);
      work();
      processor.run(7 * 20);
    }
    for (Processor processor : List.of(first, second)) {
      becomeOneLoop(processor);
      becomesAWayIn(processor);
    }
    assertEquals(2, store.counters().regions(), "one without and one with that way");
  }

  /** Runs a loop of two turns again and again until it is hot. */
  private static void shortLoops(Processor processor) {
    byte[] code = {
      (byte) 0x8B,
      0x0D,
      0,
      (byte) (COUNT >> 8),
      0,
      0, // mov ecx, [count]
      0x49, // loop: dec ecx
      0x75,
      (byte) 0xFD, // jnz loop
      (byte) 0xEB,
      (byte) 0xF5 // jmp to the first
    };
    processor.memory.write(LOOP, code, 0, code.length);
    processor.memory.write32(COUNT, 2);
    processor.eip = LOOP;
    processor.run(7 * 20);
  }

  /** From now on the loop does not end. */
  private static void becomeOneLoop(Processor processor) {
    processor.memory.write32(COUNT, Integer.MAX_VALUE);
    processor.run(1_000);
  }

  /** The loop has been hot for long, and what is made of it is attached. */
  private void becomesAWayIn(Processor processor) {
    processor.run(100_000);
    work();
    processor.run(100);
    assertNotNull(processor.jumps.find(processor), "EIP is in the loop");
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
    FlatSegments.enter(processor);
    processor.eip = DISTANCE;
    return processor;
  }
}
