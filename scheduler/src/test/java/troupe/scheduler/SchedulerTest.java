package troupe.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @Test
  void oneCpuIsGrantedToOneVmAtATime() {
    ActorRef<Scheduler.Command> scheduler =
        kit.spawn(Scheduler.create(1, System::nanoTime, alarms));
    TestProbe<Scheduler.Order> a = kit.createTestProbe();
    TestProbe<Scheduler.Order> b = kit.createTestProbe();
    scheduler.tell(new Scheduler.Register("a", Entitlement.DEFAULT, a.ref()));
    scheduler.tell(new Scheduler.Register("b", Entitlement.DEFAULT, b.ref()));
    scheduler.tell(new Scheduler.Wake("a"));
    assertGranted(a);
    scheduler.tell(new Scheduler.Wake("b"));
    assertEquals(Scheduler.GiveWay.NOW, a.receiveMessage());
    b.expectNoMessage(java.time.Duration.ofMillis(50));
    scheduler.tell(new Scheduler.Used("a", 2_000_000, false));
    assertGranted(b);
    a.expectNoMessage(java.time.Duration.ofMillis(50));
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
    scheduler.tell(new Scheduler.Register("vm", new Entitlement(100, 0, 10), vm.ref()));
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
    scheduler.tell(new Scheduler.Register("a", Entitlement.DEFAULT, a.ref()));
    scheduler.tell(new Scheduler.Register("b", Entitlement.DEFAULT, b.ref()));
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
