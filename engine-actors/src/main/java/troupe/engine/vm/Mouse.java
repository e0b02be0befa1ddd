package troupe.engine.vm;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The mouse of one PC. */
final class Mouse {
  /** Everything that the mouse understands. */
  sealed interface Command {}

  /** To the right and downwards. */
  record Move(int dx, int dy, int wheel) implements Command {}

  record Press(MouseButton button, boolean down) implements Command {}

  private Mouse() {}

  static Behavior<Command> create(GuestMachine machine) {
    return Behaviors.receiveMessage(
        message -> {
          switch (message) {
            case Move(int dx, int dy, int wheel) -> machine.moveMouse(dx, dy, wheel);
            case Press(MouseButton button, boolean down) -> machine.mouseButton(button, down);
          }
          return Behaviors.same();
        });
  }
}
