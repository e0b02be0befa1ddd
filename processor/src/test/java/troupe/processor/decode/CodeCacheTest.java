package troupe.processor.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Processor;
import troupe.processor.TestBus;
import troupe.processor.TestSurroundings;
import troupe.processor.memory.PhysicalMemory;

class CodeCacheTest {
  private static final int MOST = 500;

  @Test
  void blocksAreBounded() {
    PhysicalMemory memory = new PhysicalMemory(1 << 20);
    byte[] jumps = new byte[1 << 16];
    Arrays.fill(jumps, (byte) 0xEB); // jmp: each byte begins a block
    memory.write(0, jumps, 0, jumps.length);
    Processor processor =
        new Processor(CpuModel.DEFAULT, memory, new TestBus(), new TestSurroundings(), null);
    processor.segments.base[Processor.CS] = 0;
    CodeCache cache = new CodeCache(processor, MOST, MOST);
    for (int eip = 0; eip < 3 * MOST; eip++) {
      processor.eip = eip;
      assertEquals(eip, cache.lookup().physical);
      assertTrue(cache.blocks() <= MOST, "blocks kept: " + cache.blocks());
    }
    assertNull(cache.find(0, false), "of the first, all are gone");
    assertNotNull(cache.find(3 * MOST - 1, false));
  }
}
