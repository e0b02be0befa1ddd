package troupe.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HostTimeTest {
  private static final long MILLISECOND = 1_000_000;

  private long host = 5_000;
  private long instructions;
  private boolean interruptWaiting;
  private final HostTime time =
      new HostTime(() -> host, () -> instructions, () -> interruptWaiting);

  /** Runs for {@code nanos} of host time, at 50 million instructions a second. */
  private void run(long nanos) {
    time.begin();
    for (long done = 0; done < nanos; done += 10_000) {
      host += 10_000;
      instructions += 500;
      time.nanos();
      time.quantum(Long.MAX_VALUE);
    }
  }

  @Test
  void standsUntilResumedAndWhileHeld() {
    host += 1_000_000;
    assertEquals(0, time.nanos());
    time.resume();
    run(10 * MILLISECOND);
    long now = time.nanos();
    time.hold();
    host += 1_000_000_000;
    assertEquals(now, time.nanos());
    time.resume();
    assertEquals(now, time.nanos(), MILLISECOND);
  }

  @Test
  void keepsThePaceOfTheHost() {
    time.resume();
    run(500 * MILLISECOND);
    assertEquals(500 * MILLISECOND, time.nanos(), 5 * MILLISECOND);
  }

  @Test
  void aStallDoesNotShowAsAJumpAndIsMadeUpFor() {
    time.resume();
    run(100 * MILLISECOND);
    long before = time.nanos();
    host += 100 * MILLISECOND;
    assertTrue(time.nanos() - before < MILLISECOND);
    run(500 * MILLISECOND);
    assertEquals(700 * MILLISECOND, time.nanos(), 10 * MILLISECOND);
  }

  @Test
  void aLongStallIsLostForTheMostPart() {
    time.resume();
    host += 3_600_000L * MILLISECOND;
    run(10_000 * MILLISECOND);
    assertEquals(12_000 * MILLISECOND, time.nanos(), 100 * MILLISECOND);
  }

  @Test
  void aShareOfTheHostIsEnough() {
    time.resume();
    for (int i = 0; i < 200; i++) {
      run(10 * MILLISECOND);
      host += 90 * MILLISECOND;
    }
    assertEquals(20_000 * MILLISECOND, time.nanos(), 1_000 * MILLISECOND);
  }

  @Test
  void aStarvedGuestHasTimeLeftBetweenTicks() {
    long tick = 4 * MILLISECOND;
    time.resume();
    run(10 * MILLISECOND);
    for (int i = 0; i < 2_000; i++) {
      host += 99 * MILLISECOND;
      long before = instructions;
      long from = time.nanos();
      run(MILLISECOND);
      double ticks = (double) (time.nanos() - from) / tick;
      double each = (instructions - before) / ticks;
      assertTrue(each > 15_000, "instructions between two ticks: " + each);
    }
    assertTrue(time.nanos() > 20_000 * MILLISECOND, "the clock stands: " + time.nanos());
  }

  @Test
  void timeIsSlowWhileAnInterruptWaitsButNotForever() {
    time.resume();
    run(100 * MILLISECOND);
    interruptWaiting = true;
    run(10 * MILLISECOND);
    assertEquals(103 * MILLISECOND, time.nanos(), MILLISECOND);
    interruptWaiting = false;
    run(100 * MILLISECOND);
    assertEquals(210 * MILLISECOND, time.nanos(), 2 * MILLISECOND);
    interruptWaiting = true;
    run(1_000 * MILLISECOND);
    assertEquals(1_210 * MILLISECOND, time.nanos(), 10 * MILLISECOND);
  }

  @Test
  void idlingGoesToTheAlarmAndNotPastIt() {
    time.resume();
    run(MILLISECOND);
    long alarm = time.nanos() + 10 * MILLISECOND;
    assertFalse(time.idle(alarm));
    long wait = time.hostNanosTo(alarm);
    assertTrue(wait <= 10 * MILLISECOND && wait > 9 * MILLISECOND, "wait " + wait);
    host += 2 * wait;
    assertTrue(time.idle(alarm));
    assertEquals(alarm, time.nanos(), 1_000);
    assertEquals(Long.MAX_VALUE, time.hostNanosTo(Long.MAX_VALUE));
  }
}
