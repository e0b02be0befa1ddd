package troupe.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import troupe.engine.channel.Line;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.PortConnection;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Configurations;
import troupe.engine.vm.FakeMachine;
import troupe.engine.vm.GuestMachine;
import troupe.engine.vm.VirtualMachine;

/** A VM that goes off waits for the last bytes of its lines, but not for ever. */
@Timeout(60)
class SlowLineTest {
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private volatile boolean sends;

  /** Takes a while for each write. */
  private final class Slow implements Line {
    private volatile boolean closed;

    @Override
    public int read(byte[] target) {
      return -1;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      seen.add("begun");
      long end = System.nanoTime() + 1_500_000_000;
      while (System.nanoTime() < end && !closed) {
        Thread.onSpinWait();
      }
      seen.add(closed ? "cut off" : "written");
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private GuestMachine.Stop run(FakeMachine machine) {
    if (sends) {
      sends = false;
      machine.print("last words");
    }
    return machine.computeUntilAttention();
  }

  @Test
  void theTimeLimitOfOneStopDoesNotEndTheNext() {
    try (Engine engine =
        Engine.start(
            new HostSettings(
                2,
                1000,
                new Lines(Optional.of(Slow::new)),
                FakeMachine.running(this::run),
                Optional.empty()),
            ConfigFactory.empty())) {
      ActorRef<VirtualMachine.Command> vm =
          assertInstanceOf(
                  Host.VmCreated.Created.class,
                  engine.ask(
                      engine.host(),
                      (ActorRef<Host.VmCreated> replyTo) ->
                          new Host.CreateVm(
                              Configurations.vm("vm", true, new PortConnection.Stdio()), replyTo)))
              .vm();
      assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
      assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOff::new));
      long firstStop = System.nanoTime();
      assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOn::new));
      // The write is to be under way when the limit of the first stop, 2 s, would be over.
      while (System.nanoTime() - firstStop < 1_000_000_000) {
        Thread.onSpinWait();
      }
      sends = true;
      while (seen.isEmpty()) {
        Thread.onSpinWait();
      }
      assertEquals(Answer.DONE, engine.ask(vm, VirtualMachine.TurnOff::new));
    }
    assertEquals(List.of("begun", "written"), seen);
  }
}
