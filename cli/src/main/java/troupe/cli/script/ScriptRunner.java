package troupe.cli.script;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.japi.function.Function;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Screen;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.VirtualMachine;

/** Takes the steps of a script, one after another, against one VM. */
public final class ScriptRunner extends AbstractBehavior<ScriptRunner.Command> {
  /** Everything that the runner understands. */
  public sealed interface Command {}

  /** The VM is on: the script begins. */
  public enum Start implements Command {
    INSTANCE
  }

  /** What the guest sent through COM1. */
  public record FromSerial(SerialOutput output) implements Command {}

  private record Answered(Answer answer) implements Command {}

  private record ScreenRead(Optional<Screen> screen, boolean forFile) implements Command {}

  private enum Look implements Command {
    NOW
  }

  private enum Timeout implements Command {
    NOW
  }

  private enum Next implements Command {
    NOW
  }

  private record NoAnswer(String reason) implements Command {}

  /** How a script ended. */
  public sealed interface Outcome {
    /** All steps were taken. */
    record Finished() implements Outcome {}

    record Quit() implements Outcome {}

    /** A wait's time passed. The message is one line: file, line, the step. */
    record TimedOut(String message) implements Outcome {}

    /** A step could not be taken. The message is one line: file, line, reason. */
    record Failed(String message) implements Outcome {}
  }

  /** Told the outcome, once, on a thread of the actor system. */
  @FunctionalInterface
  public interface Listener {
    void ended(Outcome outcome);
  }

  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration CLICK = Duration.ofMillis(50);
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);

  /** Serial output that is kept for a wait to come, characters. */
  private static final int KEPT = 1 << 20;

  private final Script script;
  private final ActorRef<VirtualMachine.Command> vm;
  private final Listener listener;
  private final TimerScheduler<Command> timers;
  private final StringBuilder serial = new StringBuilder();
  private final ActorRef<Optional<Screen>> screenToLook;
  private final ActorRef<Optional<Screen>> screenForFile;
  private int position = -1;

  public static Behavior<Command> create(
      Script script, ActorRef<VirtualMachine.Command> vm, Listener listener) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new ScriptRunner(context, timers, script, vm, listener)));
  }

  private ScriptRunner(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Script script,
      ActorRef<VirtualMachine.Command> vm,
      Listener listener) {
    super(context);
    this.timers = timers;
    this.script = script;
    this.vm = vm;
    this.listener = listener;
    ActorRef<Command> self = context.getSelf();
    screenToLook = context.spawnAnonymous(screens(self, false));
    screenForFile = context.spawnAnonymous(screens(self, true));
    vm.tell(
        new VirtualMachine.WatchSerial(
            0, context.messageAdapter(SerialOutput.class, FromSerial::new)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    return switch (command) {
      case Start _ -> next();
      case Next _ -> next();
      case FromSerial(SerialOutput output) -> received(output);
      case Timeout _ -> timedOut();
      case Look _ -> {
        readScreen(false);
        yield this;
      }
      case ScreenRead(Optional<Screen> screen, boolean forFile) ->
          forFile ? save(screen) : look(screen);
      case Answered(Answer.Done _) -> next();
      case Answered(Answer.Refused(String reason)) -> failed(reason);
      case NoAnswer(String reason) -> failed(reason);
    };
  }

  private Step step() {
    return script.lines().get(position).step();
  }

  private Behavior<Command> next() {
    timers.cancelAll();
    position++;
    if (position == script.lines().size()) {
      return end(new Outcome.Finished());
    }
    switch (step()) {
      case Step.WaitSerial(String _, Duration longest) -> {
        timers.startSingleTimer(Timeout.NOW, longest);
        return matchSerial();
      }
      case Step.WaitScreen(String _, Duration longest) -> {
        timers.startSingleTimer(Timeout.NOW, longest);
        readScreen(false);
      }
      case Step.SendSerial(byte[] bytes) ->
          ask(replyTo -> new VirtualMachine.SendSerial(0, bytes, replyTo));
      case Step.Type(var strokes) -> ask(replyTo -> new VirtualMachine.Type(strokes, replyTo));
      case Step.MoveMouse(int dx, int dy) -> {
        vm.tell(new VirtualMachine.MoveMouse(dx, dy));
        return next();
      }
      case Step.Click(var button) -> {
        vm.tell(new VirtualMachine.PressButton(button, true));
        getContext().scheduleOnce(CLICK, vm, new VirtualMachine.PressButton(button, false));
        timers.startSingleTimer(Next.NOW, CLICK.multipliedBy(2));
      }
      case Step.Sleep(Duration duration) -> timers.startSingleTimer(Next.NOW, duration);
      case Step.Screenshot _ -> readScreen(true);
      case Step.Insert(var slot, Path file) ->
          ask(replyTo -> new VirtualMachine.Insert(slot, file, replyTo));
      case Step.Eject(var slot) -> ask(replyTo -> new VirtualMachine.Eject(slot, replyTo));
      case Step.Reset() -> ask(VirtualMachine.Reset::new);
      case Step.PowerButton() -> ask(VirtualMachine.PowerButton::new);
      case Step.Quit() -> {
        return end(new Outcome.Quit());
      }
    }
    return this;
  }

  private void ask(Function<ActorRef<Answer>, VirtualMachine.Command> message) {
    getContext()
        .ask(
            Answer.class,
            vm,
            LONGEST_ANSWER,
            message,
            (answer, failure) ->
                failure == null ? new Answered(answer) : new NoAnswer("the VM does not answer"));
  }

  // ---- Serial

  private Behavior<Command> received(SerialOutput output) {
    serial.append(new String(output.bytes(), StandardCharsets.ISO_8859_1));
    if (serial.length() > KEPT) {
      serial.delete(0, serial.length() - KEPT);
    }
    return position >= 0 && position < script.lines().size() && step() instanceof Step.WaitSerial
        ? matchSerial()
        : this;
  }

  private Behavior<Command> matchSerial() {
    if (!(step() instanceof Step.WaitSerial(String text, Duration _))) {
      return this;
    }
    String wanted = new String(ScriptReader.bytes(text), StandardCharsets.ISO_8859_1);
    int found = serial.indexOf(wanted);
    if (found < 0) {
      return this;
    }
    serial.delete(0, found + wanted.length());
    return next();
  }

  // ---- Screen

  private static Behavior<Optional<Screen>> screens(ActorRef<Command> self, boolean forFile) {
    return Behaviors.receiveMessage(
        screen -> {
          self.tell(new ScreenRead(screen, forFile));
          return Behaviors.same();
        });
  }

  private void readScreen(boolean forFile) {
    vm.tell(new VirtualMachine.ReadScreen(forFile ? screenForFile : screenToLook));
  }

  private Behavior<Command> look(Optional<Screen> screen) {
    if (!(step() instanceof Step.WaitScreen(String text, Duration _))) {
      return this;
    }
    if (screen.flatMap(Screen::text).filter(lines -> lines.contains(text)).isPresent()) {
      return next();
    }
    timers.startSingleTimer(Look.NOW, LOOK_EVERY);
    return this;
  }

  private Behavior<Command> save(Optional<Screen> screen) {
    if (!(step() instanceof Step.Screenshot(Path file))) {
      return this;
    }
    if (screen.isEmpty()) {
      return failed("there is no screen");
    }
    try {
      Screenshots.write(screen.get(), file);
    } catch (IOException e) {
      return failed(e.getMessage());
    }
    return next();
  }

  // ---- Ends

  private Behavior<Command> timedOut() {
    return end(new Outcome.TimedOut(place() + ": timed out: " + line().source()));
  }

  private Behavior<Command> failed(String reason) {
    return end(new Outcome.Failed(place() + ": " + reason));
  }

  private Script.Line line() {
    return script.lines().get(position);
  }

  private String place() {
    return script.name() + ":" + line().number();
  }

  private Behavior<Command> end(Outcome outcome) {
    listener.ended(outcome);
    return Behaviors.stopped();
  }
}
