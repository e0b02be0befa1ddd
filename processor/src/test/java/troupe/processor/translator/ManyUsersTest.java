package troupe.processor.translator;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a store is for many is told by how many processors run, not by how many there are. */
class ManyUsersTest {
  private static final long SLICE = 1_000_000;
  private static final int SLICES = 3_000;

  private final RegionStore store = new RegionStore(RegionStore.Limits.DEFAULT, Runnable::run);
  private final List<String> processors = List.of("a", "b", "c", "d", "e", "f", "g", "h");

  @Test
  void eightThatRunAreMany() {
    for (int slice = 0; slice < SLICES; slice++) {
      store.ran(processors.get(slice % 8), SLICE);
    }
    assertTrue(store.isForMany());
  }

  @Test
  void twoAreNot() {
    for (int slice = 0; slice < SLICES; slice++) {
      store.ran(processors.get(slice % 2), SLICE);
    }
    assertFalse(store.isForMany());
  }

  @Test
  void norIsOneBesideSevenThatIdle() {
    for (int slice = 0; slice < SLICES; slice++) {
      store.ran(processors.get(slice % 8), slice % 8 == 0 ? SLICE : SLICE / 200);
    }
    assertFalse(store.isForMany());
  }

  @Test
  void whatManyWereIsForgotten() {
    eightThatRunAreMany();
    for (int slice = 0; slice < SLICES; slice++) {
      store.ran("a", SLICE);
    }
    assertFalse(store.isForMany());
  }

  @Test
  void whileOneRunsMoreThanTheOthersItStays() {
    oneRunsMore();
    assertFalse(store.isForMany());
    eightThatRunAreMany();
    oneRunsMore();
    assertTrue(store.isForMany());
  }

  /** The processor's count is then what it was when the state was saved. */
  @Test
  void aRestoredStateIsNoHarm() {
    store.ran("a", -SLICE * SLICES);
    eightThatRunAreMany();
  }

  private void oneRunsMore() {
    List<String> turns = List.of("a", "b", "a", "c");
    for (int slice = 0; slice < SLICES; slice++) {
      store.ran(turns.get(slice % 4), SLICE);
    }
  }
}
