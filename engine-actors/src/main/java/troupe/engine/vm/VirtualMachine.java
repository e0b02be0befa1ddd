package troupe.engine.vm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.diskio.DiskChannel;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.input.KeyStroke;
import troupe.scheduler.Entitlement;

/**
 * One VM: what it understands. Its power states are classes, each of which gives a behaviour:
 * {@link OffState}, {@link StartingState}, {@link OnState}, {@link SavingState}, {@link
 * StoppingState}. {@link VmLifetime} is what outlives them; while the VM is on, a {@link PoweredPc}
 * holds the parts of its PC.
 */
public final class VirtualMachine {
  /** Everything that a VM understands. */
  public sealed interface Command {}

  /** A change of the power state or the hardware. Refused in states where it makes no sense. */
  public sealed interface PowerCommand extends Command {
    ActorRef<Answer> replyTo();
  }

  /** Answered when the guest runs, or cannot. */
  public record TurnOn(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Pulls the plug. Answered when all channels have been flushed and closed. */
  public record TurnOff(ActorRef<Answer> replyTo) implements PowerCommand {}

  public record Pause(ActorRef<Answer> replyTo) implements PowerCommand {}

  public record Resume(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** As the reset button. */
  public record Reset(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** As the power button, which asks the guest to shut down. */
  public record PowerButton(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Saves the state and goes off; the VM goes on if that fails. */
  public record Save(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Goes on from the saved state, which is used up by it. {@link TurnOn} does the same. */
  public record Restore(ActorRef<Answer> replyTo) implements PowerCommand {}

  public record DiscardSavedState(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Ends the VM's actor; its files stay. For the host only. */
  public record Remove(ActorRef<Answer> replyTo) implements PowerCommand {}

  /** Puts an image into a CD or floppy drive, in the place of what is in it. */
  public record Insert(DriveSlot slot, Path file, ActorRef<Answer> replyTo)
      implements PowerCommand {}

  public record Eject(DriveSlot slot, ActorRef<Answer> replyTo) implements PowerCommand {}

  /**
   * Changes weight, reserve and maximum, at once if the VM is on. Refused if the host cannot hold
   * the reserve.
   */
  public record SetEntitlement(Entitlement entitlement, ActorRef<Answer> replyTo)
      implements Command {}

  /**
   * Changes the configuration: CPU resources and host actions in any state, the rest while the VM
   * is off and has no saved state. All is changed or nothing.
   */
  public record Configure(VmConfiguration configuration, ActorRef<Answer> replyTo)
      implements PowerCommand {}

  /** What every power state answers. */
  public sealed interface Question extends Command {}

  public record ReadStatus(ActorRef<Status> replyTo) implements Question {}

  /** Answered with the screen; if the VM is off, with the last one that it had, if any. */
  public record ReadScreen(ActorRef<Optional<Screen>> replyTo) implements Question {}

  /** {@code watcher} is told each time the VM goes off. */
  public record WatchEnd(ActorRef<End> watcher) implements Question {}

  /** {@code watcher} is told what the guest sends through a serial port; 0 is COM1. */
  public record WatchSerial(int port, ActorRef<SerialOutput> watcher) implements Question {}

  /** {@code watcher} is no more. */
  record SerialWatcherGone(ActorRef<SerialOutput> watcher) implements Question {}

  /** Something for a device of the PC; refused while the VM is off. */
  public sealed interface DeviceCommand extends Command {}

  /**
   * Bytes for the guest to read from a serial port; 0 is COM1. Answered at once; refused if the
   * guest has not read what it was sent before.
   */
  public record SendSerial(int port, byte[] bytes, ActorRef<Answer> replyTo)
      implements DeviceCommand {}

  /** Answered when the keyboard has taken the last of the strokes. */
  public record Type(List<KeyStroke> strokes, ActorRef<Answer> replyTo) implements DeviceCommand {}

  /** To the right and downwards. */
  public record MoveMouse(int dx, int dy) implements DeviceCommand {}

  public record PressButton(MouseButton button, boolean down) implements DeviceCommand {}

  sealed interface Internal extends Command {}

  record Admitted(Answer answer) implements Internal {}

  record EntitlementAdmitted(VmConfiguration changed, Answer answer, ActorRef<Answer> replyTo)
      implements Internal {}

  record Prepared(PoweredPc.Supplies supplies) implements Internal {}

  record NotPrepared(String reason) implements Internal {}

  record Stopped(GuestMachine.Stop stop) implements Internal {}

  record PartFailed(String report) implements Internal {}

  record ImageOpened(DriveSlot slot, Images.Outcome outcome, ActorRef<Answer> replyTo)
      implements Internal {}

  record DiskSpace(DiskChannel.Space space) implements Internal {}

  /**
   * What was to be done with the undo disks is done.
   *
   * @param problem one line; empty if there is none
   */
  record UndoEnded(Optional<String> problem) implements Internal {}

  record ImageClosed(DiskChannel.Completed answer) implements Internal {}

  record LineClosed(LineChannel.Closed closed) implements Internal {}

  /** Steps of saving. */
  enum Saving implements Internal {
    /** The guest stands still; transfers may be under way. */
    SETTLED,
    TOO_LONG
  }

  record ImageFlushed(DiskChannel.Completed answer) implements Internal {}

  /**
   * @param problem one line; empty if the saved state is gone
   */
  record StateDiscarded(Optional<String> problem) implements Internal {}

  /**
   * @param problem one line; empty if the state is on stable storage
   */
  record StateWritten(Optional<String> problem) implements Internal {}

  /** Commands from outside that wait for the end of a change of state; more are refused. */
  static final int MOST_WAITING = 1000;

  /** Messages of the VM's own that may wait besides: each part has a few. */
  private static final int MOST_OWN_WAITING = 1000;

  private VirtualMachine() {}

  /**
   * A VM, off. It must run on the dispatcher that {@code host} has for its name.
   *
   * @param lastEnd why it is off, if it has been on
   */
  public static Behavior<Command> create(
      VmConfiguration configuration, HostServices host, Optional<End> lastEnd) {
    return ErrorsFail.in(
        Command.class,
        Behaviors.setup(
            context ->
                Behaviors.withStash(
                    MOST_WAITING + MOST_OWN_WAITING,
                    stash ->
                        Behaviors.withTimers(
                            timers ->
                                new OffState(
                                        new VmLifetime(
                                            context, stash, timers, configuration, host, lastEnd))
                                    .behavior()))));
  }
}
