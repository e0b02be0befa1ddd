package troupe.processor.translator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Processor;
import troupe.processor.TestBus;
import troupe.processor.TestSurroundings;
import troupe.processor.memory.PhysicalMemory;

/** Accesses near each other, within a page and across one. */
class WindowsTest {
  private static final int CODE = 0x8000;
  private static final int ROUNDS = 20_000;

  /**
   * Adds eax to two fields of a structure, counts in a third, and pushes and pops two registers.
   */
  private static final byte[] LOOP = {
    0x01,
    0x03, // add [ebx], eax
    (byte) 0xFF,
    0x43,
    0x08, // inc dword [ebx+8]
    0x52, // push edx
    0x56, // push esi
    0x5A, // pop edx
    0x5E, // pop esi
    (byte) 0x8D,
    0x7B,
    0x04, // lea edi, [ebx+4]
    0x01,
    0x07, // add [edi], eax
    0x49, // dec ecx
    0x75,
    (byte) 0xEF, // jnz to the first
    (byte) 0xF4 // hlt
  };

  private final RegionStore store =
      new RegionStore(new RegionStore.Limits(16, 300, 1L << 30), Runnable::run);
  private final PhysicalMemory memory = new PhysicalMemory(1 << 20);
  private final Processor processor =
      new Processor(CpuModel.DEFAULT, memory, new TestBus(), new TestSurroundings(), store);

  @Test
  void accessesNearEachOtherShareOneLookUp() {
    run(0x3004, 0x4800);
    assertEquals(1, processor.translation().translated());
    assertTrue(region().plan.windows());
  }

  @Test
  void aStructureThatCrossesPagesIsNotLeftToTheInterpreterForLong() {
    run(0x3FF8, 0x4800);
    assertFalse(region().plan.windows());
  }

  @Test
  void aStackThatCrossesPagesIsNotLeftToTheInterpreterForLong() {
    run(0x3004, 0x5004);
    assertFalse(region().plan.windows());
  }

  private Region region() {
    processor.eip = CODE;
    Region region = processor.jumps.find(processor);
    assertNotNull(region);
    return region;
  }

  private void run(int structure, int stack) {
    memory.write(CODE, LOOP, 0, LOOP.length);
    FlatSegments.enter(processor);
    processor.eip = CODE;
    processor.r[Processor.EAX] = 3;
    processor.r[Processor.EBX] = structure;
    processor.r[Processor.ECX] = ROUNDS;
    processor.r[Processor.ESP] = stack;
    processor.r[Processor.EDX] = 1;
    processor.r[Processor.ESI] = 2;
    processor.run(12L * ROUNDS);
    assertTrue(processor.halted());
    assertEquals(3 * ROUNDS, memory.read32(structure));
    assertEquals(3 * ROUNDS, memory.read32(structure + 4));
    assertEquals(ROUNDS, memory.read32(structure + 8));
    assertEquals(stack, processor.r[Processor.ESP]);
    assertEquals(1, processor.r[Processor.EDX]);
    assertEquals(2, processor.r[Processor.ESI]);
  }
}
