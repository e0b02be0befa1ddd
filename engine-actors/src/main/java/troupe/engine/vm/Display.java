package troupe.engine.vm;

import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The screen of one PC. */
final class Display {
  /** Everything that the display understands. */
  sealed interface Command {}

  record Read(ActorRef<Optional<Screen>> replyTo) implements Command {}

  private Display() {}

  static Behavior<Command> create(Supplier<Screen> screen) {
    return Behaviors.receiveMessage(
        message ->
            switch (message) {
              case Read(ActorRef<Optional<Screen>> replyTo) -> {
                replyTo.tell(Optional.of(screen.get()));
                yield Behaviors.same();
              }
            });
  }
}
