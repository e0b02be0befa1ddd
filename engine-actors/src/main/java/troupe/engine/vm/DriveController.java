package troupe.engine.vm;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import troupe.devices.outside.BlockPort;
import troupe.diskio.DiskChannel;

/** An IDE channel or the floppy controller of one PC: its transfers end here, media change here. */
final class DriveController extends AbstractBehavior<DriveController.Command> {
  /** Everything that a controller understands. */
  sealed interface Command {}

  /** Puts a medium into a drive, in the place of what is in it. */
  record Insert(DriveSlot slot, DrivePort medium) implements Command {}

  record Eject(DriveSlot slot) implements Command {}

  private record Completed(DiskChannel.Completed answer) implements Command {}

  /** The chip's media changes. */
  interface Chip {
    void insert(DriveSlot slot, BlockPort medium);

    void eject(DriveSlot slot);
  }

  private final Chip chip;
  private final List<DrivePort> ports = new ArrayList<>();

  /**
   * @param ports of the drives that have something in them at power-on
   */
  static Behavior<Command> create(Chip chip, List<DrivePort> ports) {
    return Behaviors.setup(context -> new DriveController(context, chip, ports));
  }

  private DriveController(ActorContext<Command> context, Chip chip, List<DrivePort> ports) {
    super(context);
    this.chip = chip;
    ports.forEach(this::adopt);
  }

  private void adopt(DrivePort port) {
    ports.add(port);
    port.answerTo(getContext().messageAdapter(DiskChannel.Completed.class, Completed::new));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Insert(DriveSlot slot, DrivePort medium) -> {
        adopt(medium);
        chip.insert(slot, medium);
        forget(slot, medium);
      }
      case Eject(DriveSlot slot) -> {
        chip.eject(slot);
        forget(slot, null);
      }
      case Completed(DiskChannel.Completed answer) -> ports.forEach(port -> port.completed(answer));
    }
    return this;
  }

  /** Closes what was in the drive; its transfers under way come to nothing. */
  private void forget(DriveSlot slot, DrivePort now) {
    for (DrivePort port : List.copyOf(ports)) {
      if (port.slot() == slot && port != now) {
        ports.remove(port);
        port.cancelAll();
        port.close();
      }
    }
  }
}
