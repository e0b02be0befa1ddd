package troupe.engine.thread;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyThreadsTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private sealed interface Command {}

  private record Fail(Error with) implements Command {}

  private record Ask(ActorRef<String> replyTo) implements Command {}

  @ParameterizedTest
  @ValueSource(
      strings = {"pekko.actor.default-dispatcher", "pekko.actor.internal-dispatcher", "vm"})
  void anErrorEndsNeitherTheSystemNorTheActor(String dispatcher) {
    TestProbe<String> probe = KIT.createTestProbe(String.class);
    ActorRef<Command> actor =
        KIT.spawn(
            Behaviors.receiveMessage(
                command -> {
                  switch (command) {
                    case Fail(Error with) -> throw with;
                    case Ask(ActorRef<String> replyTo) -> replyTo.tell("still there");
                  }
                  return Behaviors.same();
                }),
            dispatcher.equals("vm")
                ? new VmThreads(KIT.system()).dispatcher("some-vm")
                : DispatcherSelector.fromConfig(dispatcher));
    actor.tell(new Fail(new OutOfMemoryError("made up")));
    actor.tell(new Ask(probe.ref()));
    probe.expectMessage("still there");
    assertFalse(KIT.system().whenTerminated().isCompleted());
  }
}
