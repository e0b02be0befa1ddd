package troupe.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final ActorTestKit kit = ActorTestKit.create();
  private static final AlarmClock alarms = new AlarmClock();

  @AfterAll
  static void shutDown() {
    kit.shutdownTestKit();
    alarms.close();
  }

  private static final Scheduler.Watch NOTHING = watch(() -> 0, () -> {});

  private static Scheduler.Watch watch(LongSupplier cpu, Runnable overdue) {
    return new Scheduler.Watch() {
      @Override
      public long cpuNanos() {
        return cpu.getAsLong();
      }

      @Override
      public void overdue() {
        overdue.run();
      }
    };
  }

  @Test
  void aSliceThatDoesNotEndIsTakenBack() {
    ActorRef<Scheduler.Command> scheduler =
        kit.spawn(Scheduler.create(1, System::nanoTime, alarms));
    TestProbe<Scheduler.Order> a = kit.createTestProbe();
    TestProbe<Scheduler.Order> b = kit.createTestProbe();
    TestProbe<String> overdue = kit.createTestProbe();
    long begin = System.nanoTime();
    Scheduler.Watch busy =
        watch(() -> System.nanoTime() - begin, () -> overdue.ref().tell("overdue"));
    scheduler.tell(new Scheduler.Register("a", Entitlement.DEFAULT, a.ref(), busy));
    scheduler.tell(new Scheduler.Wake("a"));
    a.expectMessageClass(Scheduler.Slice.class);
    scheduler.tell(new Scheduler.Register("b", Entitlement.DEFAULT, b.ref(), NOTHING));
    scheduler.tell(new Scheduler.Wake("b"));
    overdue.expectMessage(Duration.ofSeconds(10), "overdue");
    b.expectMessageClass(Scheduler.Slice.class);
    scheduler.tell(new Scheduler.Used("b", 1_000_000, false));
    scheduler.tell(new Scheduler.Used("a", System.nanoTime() - begin, true));
    a.fishForMessage(
        Duration.ofSeconds(10),
        order ->
            order instanceof Scheduler.Slice
                ? org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                : org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes.continueAndIgnore());
  }

  @Test
  void oneCpuIsGrantedToOneVmAtATime() {
    ActorRef<Scheduler.Command> scheduler =
        kit.spawn(Scheduler.create(1, System::nanoTime, alarms));
    TestProbe<Scheduler.Order> a = kit.createTestProbe();
    TestProbe<Scheduler.Order> b = kit.createTestProbe();
    scheduler.tell(new Scheduler.Register("a", Entitlement.DEFAULT, a.ref(), NOTHING));
    scheduler.tell(new Scheduler.Register("b", Entitlement.DEFAULT, b.ref(), NOTHING));
    scheduler.tell(new Scheduler.Wake("a"));
    assertGranted(a);
    scheduler.tell(new Scheduler.Wake("b"));
    assertEquals(Scheduler.GiveWay.NOW, a.receiveMessage());
    b.expectNoMessage(Duration.ofMillis(50));
    scheduler.tell(new Scheduler.Used("a", 2_000_000, false));
    assertGranted(b);
    a.expectNoMessage(Duration.ofMillis(50));
    TestProbe<Usage> usage = kit.createTestProbe();
    scheduler.tell(new Scheduler.ReadUsage("a", usage.ref()));
    assertEquals(2_000_000, usage.receiveMessage().used());
  }

  private static void assertGranted(TestProbe<Scheduler.Order> vm) {
    assertTrue(vm.expectMessageClass(Scheduler.Slice.class).nanos() > 0);
  }

  @Test
  void aVmAtItsMaximumIsGrantedAgainAfterTheRefill() {
    ActorRef<Scheduler.Command> scheduler =
        kit.spawn(Scheduler.create(1, System::nanoTime, alarms));
    TestProbe<Scheduler.Order> vm = kit.createTestProbe();
    scheduler.tell(new Scheduler.Register("vm", new Entitlement(100, 0, 10), vm.ref(), NOTHING));
    scheduler.tell(new Scheduler.Wake("vm"));
    vm.receiveMessage();
    scheduler.tell(new Scheduler.Used("vm", 3_000_000, true));
    vm.receiveMessage();
  }

  @Test
  void aVmThatGoesAwayGivesItsCpuBack() {
    ActorRef<Scheduler.Command> scheduler =
        kit.spawn(Scheduler.create(1, System::nanoTime, alarms));
    TestProbe<Scheduler.Order> a = kit.createTestProbe();
    TestProbe<Scheduler.Order> b = kit.createTestProbe();
    scheduler.tell(new Scheduler.Register("a", Entitlement.DEFAULT, a.ref(), NOTHING));
    scheduler.tell(new Scheduler.Register("b", Entitlement.DEFAULT, b.ref(), NOTHING));
    scheduler.tell(new Scheduler.Wake("a"));
    a.receiveMessage();
    scheduler.tell(new Scheduler.Wake("b"));
    scheduler.tell(new Scheduler.Unregister("a"));
    b.receiveMessage();
    scheduler.tell(new Scheduler.Used("a", 1_000_000, true));
    scheduler.tell(new Scheduler.Used("b", 1_000_000, true));
    b.receiveMessage();
  }
}
