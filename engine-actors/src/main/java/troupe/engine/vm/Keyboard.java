package troupe.engine.vm;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.devices.kbc.Key;
import troupe.engine.input.KeyStroke;

/** The keyboard of one PC. Types no faster than a guest's buffer of a few keys can take. */
final class Keyboard extends AbstractBehavior<Keyboard.Command> {
  /** Everything that the keyboard understands. */
  sealed interface Command {}

  /** Types these, one after another; answered when the last has been taken. */
  record Type(List<KeyStroke> strokes, ActorRef<Answer> replyTo) implements Command {}

  /** Presses or releases one key, as a viewer's keyboard does. */
  record Turn(Key key, boolean down) implements Command {}

  private enum Next implements Command {
    NOW
  }

  private sealed interface Job {}

  private record Motion(Key key, boolean down) implements Job {}

  private record Typed(ActorRef<Answer> replyTo) implements Job {}

  /** The keyboard's chip. */
  @FunctionalInterface
  interface Chip {
    /** False if there is no room for the key now. */
    boolean key(Key key, boolean down);
  }

  /** Between two motions of keys: a very fast typist. */
  private static final Duration PACE = Duration.ofMillis(10);

  /** Motions that may wait for the guest. */
  private static final int MOST_WAITING = 10_000;

  private final Chip chip;
  private final TimerScheduler<Command> timers;
  private final Deque<Job> waiting = new ArrayDeque<>();

  static Behavior<Command> create(Chip chip) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Keyboard(context, timers, chip)));
  }

  private Keyboard(ActorContext<Command> context, TimerScheduler<Command> timers, Chip chip) {
    super(context);
    this.timers = timers;
    this.chip = chip;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Type(List<KeyStroke> strokes, ActorRef<Answer> replyTo)
          when strokes.size() > MOST_WAITING - waiting.size() ->
          replyTo.tell(
              new Answer.Refused(
                  "%d strokes are too many to type at once, with %d motions of keys waiting"
                      .formatted(strokes.size(), waiting.size())));
      case Type(List<KeyStroke> strokes, ActorRef<Answer> replyTo) -> {
        for (KeyStroke stroke : strokes) {
          stroke.keys().forEach(key -> waiting.add(new Motion(key, true)));
          stroke.keys().reversed().forEach(key -> waiting.add(new Motion(key, false)));
        }
        waiting.add(new Typed(replyTo));
      }
      case Turn(Key key, boolean down) -> {
        // A release is never lost, or the key would stay down.
        if (!down || waiting.size() < MOST_WAITING) {
          waiting.add(new Motion(key, down));
        }
      }
      case Next _ -> {}
    }
    if (!timers.isTimerActive(Next.NOW)) {
      step();
    }
    return this;
  }

  private void step() {
    switch (waiting.peek()) {
      case null -> {}
      case Typed(ActorRef<Answer> replyTo) -> {
        waiting.remove();
        replyTo.tell(Answer.DONE);
        step();
      }
      case Motion(Key key, boolean down) -> {
        if (chip.key(key, down)) {
          waiting.remove();
        }
        timers.startSingleTimer(Next.NOW, Next.NOW, PACE);
      }
    }
  }
}
