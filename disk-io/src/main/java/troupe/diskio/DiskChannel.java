package troupe.diskio;

import java.io.IOException;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The I/O channel of one open image: an actor that does its transfers in the order in which they
 * come, blocking its thread of the {@linkplain #dispatcher() dispatcher}. Every command is answered
 * by exactly one {@link Completed}. A flush is answered when everything written before it is on
 * stable storage.
 *
 * <p>A buffer belongs to the channel from the command until its answer. Whoever sends commands
 * keeps at most {@link #MOST_IN_FLIGHT} unanswered, which is what bounds the mailbox.
 *
 * <p>The channel owns the image: it closes it on {@link Close}, and when it is stopped.
 */
public final class DiskChannel extends AbstractBehavior<DiskChannel.Command> {
  /** Most commands that one sender may have under way. */
  public static final int MOST_IN_FLIGHT = 32;

  /** What a channel is asked to do. */
  public sealed interface Command {}

  /**
   * Reads {@code count} sectors from {@code sector} into {@code target} at {@code offset}.
   *
   * @param tag chosen by the sender, returned in the answer
   */
  public record Read(
      long tag, long sector, int count, byte[] target, int offset, ActorRef<Completed> replyTo)
      implements Command {}

  /** Writes {@code count} sectors to {@code sector} from {@code source} at {@code offset}. */
  public record Write(
      long tag, long sector, int count, byte[] source, int offset, ActorRef<Completed> replyTo)
      implements Command {}

  /** Puts all that was written before on stable storage. */
  public record Flush(long tag, ActorRef<Completed> replyTo) implements Command {}

  /** Flushes and closes the image; answers and stops. */
  public record Close(long tag, ActorRef<Completed> replyTo) implements Command {}

  /**
   * The answer to a command.
   *
   * @param reason one line when {@code result} is FAILED, otherwise empty
   */
  public record Completed(long tag, Result result, String reason) {}

  /** How a command ended. */
  public enum Result {
    OK,
    /** Sectors outside the image. */
    OUT_OF_RANGE,
    /** A write to an image that is open for reading only. */
    WRITE_PROTECTED,
    /** The host could not do it. */
    FAILED
  }

  private final DiskImage image;
  private boolean closed;

  private DiskChannel(ActorContext<Command> context, DiskImage image) {
    super(context);
    this.image = image;
  }

  /** A channel that owns {@code image} from now on. Spawn it with {@link #dispatcher()}. */
  public static Behavior<Command> create(DiskImage image) {
    Objects.requireNonNull(image);
    return Behaviors.setup(context -> new DiskChannel(context, image));
  }

  /** The dispatcher for channels, {@code troupe.dispatchers.disk-io} in the configuration. */
  public static DispatcherSelector dispatcher() {
    return DispatcherSelector.fromConfig("troupe.dispatchers.disk-io");
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::onCommand)
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    return switch (command) {
      case Read r -> {
        Result range = range(r.sector, r.count, r.target, r.offset);
        answer(r.replyTo, r.tag, range, () -> image.read(r.sector, r.count, r.target, r.offset));
        yield this;
      }
      case Write w -> {
        Result range =
            image.readOnly()
                ? Result.WRITE_PROTECTED
                : range(w.sector, w.count, w.source, w.offset);
        answer(w.replyTo, w.tag, range, () -> image.write(w.sector, w.count, w.source, w.offset));
        yield this;
      }
      case Flush f -> {
        answer(f.replyTo, f.tag, Result.OK, image::flush);
        yield this;
      }
      case Close c -> {
        closed = true;
        answer(c.replyTo, c.tag, Result.OK, image::close);
        yield Behaviors.stopped();
      }
    };
  }

  private interface Transfer {
    void run() throws IOException;
  }

  /** Does {@code transfer} unless it is refused, and answers. */
  private void answer(ActorRef<Completed> replyTo, long tag, Result allowed, Transfer transfer) {
    Result result = allowed;
    String reason = "";
    if (allowed == Result.OK) {
      try {
        transfer.run();
      } catch (IOException e) {
        result = Result.FAILED;
        reason = ImageException.of(image.path(), e).getMessage();
        getContext().getLog().warn("{}", reason);
      }
    }
    replyTo.tell(new Completed(tag, result, reason));
  }

  private Result range(long sector, int count, byte[] buffer, int offset) {
    if (count < 0 || sector < 0 || sector > image.sectors() - count) {
      return Result.OUT_OF_RANGE;
    }
    Objects.checkFromIndexSize(
        offset, Math.multiplyExact(count, image.sectorSize()), buffer.length);
    return Result.OK;
  }

  private Behavior<Command> onStop() throws IOException {
    if (!closed) {
      image.close();
    }
    return this;
  }
}
