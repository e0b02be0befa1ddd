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

  /** The mouse's chip. */
  @FunctionalInterface
  interface Chip {
    void mouse(int dx, int dy, int wheel, int buttons);
  }

  private Mouse() {}

  static Behavior<Command> create(Chip chip) {
    return with(chip, 0);
  }

  private static Behavior<Command> with(Chip chip, int buttons) {
    return Behaviors.receiveMessage(
        message ->
            switch (message) {
              case Move(int dx, int dy, int wheel) -> {
                chip.mouse(dx, dy, wheel, buttons);
                yield Behaviors.same();
              }
              case Press(MouseButton button, boolean down) -> {
                int now = down ? buttons | button.bit() : buttons & ~button.bit();
                chip.mouse(0, 0, 0, now);
                yield with(chip, now);
              }
            });
  }
}
