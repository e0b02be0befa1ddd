package troupe.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SchedulingPolicyTest {
  private static final long SECOND = 1_000_000_000;

  /** Runs busy VMs on one or more simulated CPUs; every slice is used whole. */
  private static Map<String, Long> simulate(
      SchedulingPolicy<String> policy, int cpus, long duration) {
    Map<String, Long> used = new HashMap<>();
    List<SchedulingPolicy.Slice<String>> out = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    long now = 0;
    while (now < duration) {
      for (Optional<SchedulingPolicy.Slice<String>> slice = policy.next(now);
          slice.isPresent();
          slice = policy.next(now)) {
        out.add(slice.get());
        ends.add(now + slice.get().nanos());
        assertTrue(out.size() <= cpus);
      }
      int first = 0;
      for (int i = 1; i < ends.size(); i++) {
        if (ends.get(i) < ends.get(first)) {
          first = i;
        }
      }
      OptionalLong refill = policy.nextRefill(now);
      if (out.isEmpty() || refill.isPresent() && refill.getAsLong() < ends.get(first)) {
        now = refill.orElseThrow();
        if (out.size() < cpus) {
          continue;
        }
      }
      SchedulingPolicy.Slice<String> slice = out.remove(first);
      now = Math.max(now, ends.remove(first));
      used.merge(slice.vm(), slice.nanos(), Long::sum);
      policy.charge(slice.vm(), slice.nanos(), true, now);
    }
    return used;
  }

  private static void busy(SchedulingPolicy<String> policy, String vm, Entitlement entitlement) {
    policy.add(vm, entitlement, 0);
    policy.wake(vm, 0);
  }

  @Test
  void aLoneVmGetsTheWholeCpu() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    busy(policy, "a", Entitlement.DEFAULT);
    assertEquals(SECOND, simulate(policy, 1, SECOND).get("a"), 0.01 * SECOND);
  }

  @Test
  void contendedTimeIsSharedByWeight() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    busy(policy, "a", new Entitlement(100, 0, 100));
    busy(policy, "b", new Entitlement(200, 0, 100));
    busy(policy, "c", new Entitlement(400, 0, 100));
    Map<String, Long> used = simulate(policy, 1, 10 * SECOND);
    double total = used.values().stream().mapToLong(Long::longValue).sum();
    assertEquals(1 / 7.0, used.get("a") / total, 0.01);
    assertEquals(2 / 7.0, used.get("b") / total, 0.01);
    assertEquals(4 / 7.0, used.get("c") / total, 0.01);
  }

  @Test
  void noVmRunsOnTwoCpus() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(2);
    busy(policy, "a", new Entitlement(10_000, 0, 100));
    busy(policy, "b", Entitlement.DEFAULT);
    Map<String, Long> used = simulate(policy, 2, SECOND);
    assertEquals(used.get("a"), used.get("b"), 0.02 * SECOND);
  }

  @Test
  void theMaximumHoldsOnAnIdleHost() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(2);
    busy(policy, "a", new Entitlement(100, 0, 25));
    assertEquals(0.25 * SECOND, simulate(policy, 2, SECOND).get("a"), 0.01 * SECOND);
    assertTrue(policy.usage("a", SECOND).capped() > SECOND / 2);
  }

  @Test
  void theReserveIsServedFirst() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    busy(policy, "reserved", new Entitlement(1, 30, 100));
    for (int i = 0; i < 10; i++) {
      busy(policy, "other" + i, new Entitlement(10_000, 0, 100));
    }
    assertTrue(simulate(policy, 1, 2 * SECOND).get("reserved") >= 0.3 * 2 * SECOND * 0.98);
  }

  @Test
  void aSleeperNeitherSavesUpNorStarvesOthers() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    policy.add("sleeper", Entitlement.DEFAULT, 0);
    busy(policy, "busy", Entitlement.DEFAULT);
    simulate(policy, 1, 5 * SECOND);
    policy.wake("sleeper", 5 * SECOND);
    Map<String, Long> used = simulate(policy, 1, SECOND);
    assertEquals(used.get("busy"), used.get("sleeper"), 0.02 * SECOND);
  }

  @Test
  void aVmThatYieldsJustBeforeItsSliceEndsIsCharged() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    busy(policy, "thief", Entitlement.DEFAULT);
    busy(policy, "honest", Entitlement.DEFAULT);
    long now = 0;
    Map<String, Long> used = new HashMap<>();
    while (now < SECOND) {
      SchedulingPolicy.Slice<String> slice = policy.next(now).orElseThrow();
      boolean yields = slice.vm().equals("thief");
      long ran = yields ? slice.nanos() * 95 / 100 : slice.nanos();
      now += ran;
      used.merge(slice.vm(), ran, Long::sum);
      policy.charge(slice.vm(), ran, !yields, now);
      policy.wake(slice.vm(), now);
    }
    assertTrue(used.get("thief") <= 0.52 * SECOND, used.toString());
  }

  @Test
  void weightsChangeWhileRunning() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    busy(policy, "a", Entitlement.DEFAULT);
    busy(policy, "b", Entitlement.DEFAULT);
    policy.setEntitlement("a", new Entitlement(300, 0, 100), 0);
    Map<String, Long> used = simulate(policy, 1, SECOND);
    assertEquals(3.0, (double) used.get("a") / used.get("b"), 0.1);
  }

  @Test
  void removingARunningVmFreesItsCpu() {
    SchedulingPolicy<String> policy = new SchedulingPolicy<>(1);
    busy(policy, "a", Entitlement.DEFAULT);
    assertEquals("a", policy.next(0).orElseThrow().vm());
    busy(policy, "b", Entitlement.DEFAULT);
    assertTrue(policy.next(0).isEmpty());
    policy.remove("a");
    assertEquals("b", policy.next(0).orElseThrow().vm());
  }

  @Test
  void entitlementsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Entitlement(0, 0, 100));
    assertThrows(IllegalArgumentException.class, () -> new Entitlement(10_001, 0, 100));
    assertThrows(IllegalArgumentException.class, () -> new Entitlement(100, 60, 50));
    assertThrows(IllegalArgumentException.class, () -> new Entitlement(100, 0, 101));
  }
}
