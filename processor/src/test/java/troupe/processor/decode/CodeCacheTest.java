package troupe.processor.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.TestBus;
import troupe.processor.TestSurroundings;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.SmallRegion;

class CodeCacheTest {
  private static final int MOST = 100_000;

  private final PhysicalMemory memory = new PhysicalMemory(1 << 20);
  private final Processor processor =
      new Processor(CpuModel.DEFAULT, memory, new TestBus(), new TestSurroundings(), null);
  private final CodeCache cache = new CodeCache(processor, MOST, MOST);

  @BeforeEach
  void atTheBeginOfMemory() {
    processor.segments.base[Processor.CS] = 0;
  }

  /** Fills the memory with one byte, and decodes at every one of some places. */
  private void decode(int code, int count, int distance) {
    byte[] bytes = new byte[1 << 16];
    Arrays.fill(bytes, (byte) code);
    memory.write(0, bytes, 0, bytes.length);
    for (int n = 0; n < count; n++) {
      processor.eip = n * distance;
      assertEquals(n * distance, cache.lookup().physical);
      assertTrue(cache.bytes() > 0 && cache.bytes() <= MOST, "bytes taken: " + cache.bytes());
    }
  }

  @Test
  void whatManyShortBlocksTakeIsBounded() {
    decode(0xEB, 3000, 1); // jmp: each byte begins a block
    assertNull(cache.find(0, false), "of the first, all are gone");
    assertNotNull(cache.find(2999, false));
  }

  @Test
  void whatLongBlocksTakeIsBounded() {
    decode(0x90, 300, 1); // nop: blocks are as long as they may be
    assertNull(cache.find(0, false), "of the first, all are gone");
    assertNotNull(cache.find(299, false));
  }

  @Test
  void whatRunsOftenStays() {
    decode(0xEB, 3, 1);
    for (int n = 0; n < 3; n++) {
      cache.find(n, false).heat = 100;
    }
    for (int n = 3; n < 3000; n++) {
      processor.eip = n;
      cache.lookup();
      assertTrue(cache.bytes() <= MOST, "bytes taken: " + cache.bytes());
    }
    assertNotNull(cache.find(0, false), "it has run more often than those after it");
    assertNull(cache.find(3, false));
  }

  @Test
  void whatPagesTakeIsBounded() {
    processor.segments.limit[Processor.CS] = 0xFFFFF;
    byte[] jump = {(byte) 0xEB, 0};
    for (int page = 0; page < 200; page++) {
      memory.write(page << 12, jump, 0, jump.length);
      processor.eip = page << 12;
      cache.lookup();
      assertTrue(cache.bytes() <= MOST, "bytes taken: " + cache.bytes());
    }
    assertNull(cache.find(0, false), "of the first, all are gone");
  }

  @Test
  void whatTranslatedCodeTakesIsBounded() {
    decode(0x90, 1, 1);
    List<SmallRegion> regions = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      SmallRegion region = new SmallRegion(n, MOST / 4);
      regions.add(region);
      assertTrue(cache.attach(region));
      assertTrue(cache.regionBytes() <= MOST, "bytes taken: " + cache.regionBytes());
    }
    assertEquals(
        List.of(6, 7, 8, 9),
        regions.stream().filter(region -> region.valid).map(SmallRegion::physical).toList(),
        "the last are there still");
    cache.drop(regions.getLast());
    assertEquals(3 * (MOST / 4), cache.regionBytes());
    cache.clear();
    assertEquals(0, cache.regionBytes());
  }

  @Test
  void whatIsTranslatedAndUsedStaysLongerThanWhatIsNot() {
    decode(0x90, 1, 1);
    List<SmallRegion> regions = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      SmallRegion region = new SmallRegion(n, MOST / 4);
      regions.add(region);
      assertTrue(cache.attach(region));
      regions.getFirst().used = n < 5;
    }
    assertTrue(regions.getFirst().valid, "it was used before the fifth came");
    assertEquals(List.of(false, false), regions.subList(1, 3).stream().map(r -> r.valid).toList());
    for (int n = 6; n < 10; n++) {
      assertTrue(cache.attach(new SmallRegion(n, MOST / 4)));
    }
    assertFalse(regions.getFirst().valid, "it was not used again");
  }

  @Test
  void aBlockThatGoesOnInTheNextPageIsNotRunPastALimitAtTheEndOfItsFirst() {
    processor.segments.limit[Processor.CS] = 0xFFFFF;
    byte[] jump = {(byte) 0xEB, 0};
    memory.write(4095, jump, 0, jump.length);
    processor.eip = 4095;
    assertSame(cache.lookup(), cache.lookup());
    processor.segments.limit[Processor.CS] = 4095;
    assertEquals(Fault.GP, assertThrows(Fault.class, cache::lookup).vector);
  }

  @Test
  void whatIsOverwrittenTakesNothing() {
    decode(0xEB, 50, 1);
    assertTrue(cache.bytes() > 0);
    cache.written(0, 0, 4096);
    assertEquals(0, cache.bytes());
  }
}
