package troupe.processor.translator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A short run of {@link Endurance}, with a store that is full soon. */
class EnduranceTest {
  private static final long KEPT_BYTES = 1 << 20;
  private static final int PIECES = 300;

  @Test
  void regionsOfCodeThatIsGoneAreGone() {
    RegionStore store =
        new RegionStore(new RegionStore.Limits(100, 300, KEPT_BYTES), Runnable::run);
    Endurance endurance = new Endurance(store, 64 << 10);
    run(endurance);
    Endurance.Held early = Endurance.Held.now();
    for (int n = 0; n < 2; n++) {
      run(endurance);
    }
    Endurance.Held late = Endurance.Held.now();
    long made = endurance.counters().regions();
    assertTrue(made >= 3 * PIECES, "regions made: " + made);
    int grown = late.classes() - early.classes();
    assertTrue(grown < PIECES, () -> "classes kept: " + early + ", then " + late);
  }

  private static void run(Endurance endurance) {
    for (int n = 0; n < PIECES; n++) {
      endurance.loadAndRun();
    }
  }
}
