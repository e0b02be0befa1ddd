package troupe.engine.vm;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A part of a PC that nothing outside the PC speaks to: timers, interrupt controllers, bridges. */
final class OtherUnit {
  /** Everything that such a part understands. */
  sealed interface Command {}

  /** Asks for one line about the part. */
  record Describe(ActorRef<String> replyTo) implements Command {}

  private OtherUnit() {}

  static Behavior<Command> create() {
    return Behaviors.receiveMessage(
        message ->
            switch (message) {
              case Describe(ActorRef<String> replyTo) -> {
                replyTo.tell("");
                yield Behaviors.same();
              }
            });
  }
}
