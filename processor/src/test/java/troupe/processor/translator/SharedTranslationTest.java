package troupe.processor.translator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is translated for one processor serves all that run the same code. */
class SharedTranslationTest {
  private static final int PIECES = 40;
  private static final int GUESTS = 8;

  @Test
  void eightGuestsWithTheSameCodeTakeTheTranslationOfOne() {
    long one = regions(1);
    assertTrue(one >= PIECES, "regions for one guest: " + one);
    assertEquals(one, regions(GUESTS));
  }

  /** Regions that are made when some guests load and run the same code in turn. */
  private static long regions(int guests) {
    RegionStore store = new RegionStore(new RegionStore.Limits(100, 300, 1L << 30), Runnable::run);
    List<Endurance> all = new ArrayList<>();
    for (int n = 0; n < guests; n++) {
      all.add(new Endurance(store, 64 << 10));
    }
    for (int piece = 0; piece < PIECES; piece++) {
      all.forEach(Endurance::loadAndRun);
    }
    return store.counters().regions();
  }
}
