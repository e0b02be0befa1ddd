package troupe.engine.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EventRateTest {
  private final EventRate rate = new EventRate();

  private int let(long from, long to, long every) {
    int count = 0;
    for (long now = from; now < to; now += every) {
      count += rate.next(now) ? 1 : 0;
    }
    return count;
  }

  @Test
  void aBurstAndThenOneAnInterval() {
    long start = -7;
    long intervals = 100;
    long end = start + intervals * EventRate.INTERVAL;
    long every = EventRate.INTERVAL / 50;
    int count = let(start, end, every);
    assertEquals(EventRate.MOST_AT_ONCE + intervals - 1, count, 1);
    assertEquals(50 * intervals - count, rate.takeLeftOut());
    assertEquals(0, rate.takeLeftOut());
  }

  @Test
  void whoWaitsHasTheWholeBurstAgain() {
    assertEquals(EventRate.MOST_AT_ONCE, let(0, 1000, 1));
    assertFalse(rate.next(1000));
    long later = 1000 * EventRate.INTERVAL;
    assertEquals(EventRate.MOST_AT_ONCE, let(later, later + 1000, 1));
  }

  @Test
  void nothingIsLeftOutOfWhatIsRare() {
    for (int i = 0; i < 1000; i++) {
      assertTrue(rate.next(i * EventRate.INTERVAL));
    }
    assertEquals(0, rate.takeLeftOut());
  }
}
