package troupe.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.cli.script.Screenshots;
import troupe.engine.channel.Line;
import troupe.engine.host.Engine;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Screen;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.VirtualMachine;

/** COM1 of one VM on the terminal that the daemon runs on, and its screen in a file. */
final class Console {
  /** Before input that was refused is offered again. */
  private static final Duration AGAIN = Duration.ofMillis(100);

  private static final Duration SCREEN_EVERY = Duration.ofSeconds(2);
  private static final int CHUNK = 256;

  private enum Look {
    NOW
  }

  private final String vm;
  private final Path screen;
  private Terminal terminal;

  Console(String vm, Path screen) {
    this.vm = vm;
    this.screen = screen;
  }

  String vm() {
    return vm;
  }

  void attach(Engine engine, ActorRef<VirtualMachine.Command> machine, PrintStream out) {
    out.printf("%s: its console is this terminal; Ctrl-C stops everything%n", vm);
    out.printf(
        "%s: its screen is in %s, new every %d seconds%n", vm, screen, SCREEN_EVERY.toSeconds());
    terminal = Terminal.openInterruptible();
    Line line = terminal.line();
    machine.tell(
        new VirtualMachine.WatchSerial(
            0,
            engine.spawn(
                Behaviors.<SerialOutput>receiveMessage(
                    output -> {
                      line.write(output.bytes());
                      return Behaviors.same();
                    }),
                "console-output")));
    Thread.ofPlatform().daemon().name("console-input").start(() -> relay(line, engine, machine));
    ActorRef<Optional<Screen>> writer =
        engine.spawn(
            Behaviors.receiveMessage(
                shown -> {
                  write(shown);
                  return Behaviors.same();
                }),
            "screen-file");
    engine.<Look>spawn(
        Behaviors.withTimers(
            timers -> {
              timers.startTimerWithFixedDelay(Look.NOW, SCREEN_EVERY);
              return Behaviors.receiveMessage(
                  _ -> {
                    machine.tell(new VirtualMachine.ReadScreen(writer));
                    return Behaviors.same();
                  });
            }),
        "screen-clock");
  }

  /** Gives the terminal back. */
  void detach() {
    if (terminal != null) {
      terminal.restore();
    }
  }

  /** What the guest does not take yet waits here, and with it who types. */
  private static void relay(Line line, Engine engine, ActorRef<VirtualMachine.Command> machine) {
    byte[] chunk = new byte[CHUNK];
    try {
      for (int count = line.read(chunk); count >= 0; count = line.read(chunk)) {
        byte[] bytes = Arrays.copyOf(chunk, count);
        while (engine.<VirtualMachine.Command, Answer>ask(
                machine, replyTo -> new VirtualMachine.SendSerial(0, bytes, replyTo))
            instanceof Answer.Refused) {
          Thread.sleep(AGAIN);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // The engine has ended, or the VM was removed.
    } catch (IOException e) {
      // Standard input is gone: the guest keeps its other line.
    }
  }

  private void write(Optional<Screen> shown) {
    try {
      if (shown.isPresent()) {
        Screenshots.write(shown.get(), screen);
      }
    } catch (IOException e) {
      System.err.println("troupe: " + e.getMessage());
    }
  }
}
