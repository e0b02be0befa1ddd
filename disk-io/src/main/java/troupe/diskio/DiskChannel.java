package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The I/O channel of one open image: an actor that does its transfers in the order in which they
 * come, blocking its thread of the {@linkplain #dispatcher() dispatcher}. Every command is answered
 * by exactly one {@link Completed}. A flush is answered when everything written before it is on
 * stable storage.
 *
 * <p>A buffer belongs to the channel from the command until its answer. Whoever sends commands
 * keeps at most {@link #MOST_IN_FLIGHT} unanswered, which is what bounds the mailbox.
 *
 * <p>What the host has no room for is no error: the command waits, and those after it, until there
 * is room again, and whoever watches is told. So it is for growing disks already when less than
 * {@link HostSpace#error} is left.
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

  /** Looks whether there is room again. */
  private enum Retry implements Command {
    NOW
  }

  /** How much room the host has for an image. */
  public enum Level {
    ENOUGH,
    /** Less than the limit for warnings. */
    LOW,
    /** Writes wait. */
    NONE
  }

  /**
   * Told when the level has changed.
   *
   * @param text one line
   */
  public record Space(Path file, Level level, String text) {}

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

  private static final Duration RETRY = Duration.ofMillis(250);

  private final DiskImage image;
  private final HostSpace space;
  private final ActorRef<Space> watcher;
  private final TimerScheduler<Command> timers;
  private final ArrayDeque<Command> waiting = new ArrayDeque<>();
  private Level level = Level.ENOUGH;
  private boolean closed;

  private DiskChannel(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      DiskImage image,
      HostSpace space,
      ActorRef<Space> watcher) {
    super(context);
    this.timers = timers;
    this.image = image;
    this.space = space;
    this.watcher = watcher;
  }

  /** A channel that owns {@code image} from now on. Spawn it with {@link #dispatcher()}. */
  public static Behavior<Command> create(
      DiskImage image, HostSpace space, ActorRef<Space> watcher) {
    Objects.requireNonNull(image);
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new DiskChannel(context, timers, image, space, watcher)));
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
    switch (command) {
      case Retry _ -> retry();
      case Close c -> {
        closed = true;
        waiting.forEach(held -> refuse(held, "there was no room on the host"));
        answer(c.replyTo, c.tag, image::close);
        return Behaviors.stopped();
      }
      case Read _, Write _, Flush _ -> {
        if (!waiting.isEmpty() || !done(command)) {
          hold(command);
        }
      }
    }
    return this;
  }

  /** Whether the command is done and answered; if not, there is no room for it. */
  private boolean done(Command command) {
    return switch (command) {
      case Read r -> {
        Result range = range(r.sector, r.count, r.target, r.offset);
        yield attempt(
            r.replyTo, r.tag, range, () -> image.read(r.sector, r.count, r.target, r.offset));
      }
      case Write w -> {
        Result range =
            image.readOnly()
                ? Result.WRITE_PROTECTED
                : range(w.sector, w.count, w.source, w.offset);
        yield !(range == Result.OK && mustWait())
            && attempt(
                w.replyTo, w.tag, range, () -> image.write(w.sector, w.count, w.source, w.offset));
      }
      case Flush f -> attempt(f.replyTo, f.tag, Result.OK, image::flush);
      case Close _, Retry _ -> throw new IllegalStateException("not a transfer: " + command);
    };
  }

  private interface Transfer {
    void run() throws IOException;
  }

  /** Does {@code transfer} unless it is refused, and answers, unless the host has no room. */
  private boolean attempt(
      ActorRef<Completed> replyTo, long tag, Result allowed, Transfer transfer) {
    if (allowed != Result.OK) {
      replyTo.tell(new Completed(tag, allowed, ""));
      return true;
    }
    try {
      transfer.run();
      replyTo.tell(new Completed(tag, Result.OK, ""));
    } catch (IOException e) {
      if (space.exhausted(e)) {
        change(Level.NONE);
        return false;
      }
      failed(replyTo, tag, e);
    }
    return true;
  }

  private void answer(ActorRef<Completed> replyTo, long tag, Transfer transfer) {
    try {
      transfer.run();
      replyTo.tell(new Completed(tag, Result.OK, ""));
    } catch (IOException e) {
      failed(replyTo, tag, e);
    }
  }

  private void failed(ActorRef<Completed> replyTo, long tag, IOException e) {
    String reason = ImageException.of(image.path(), e).getMessage();
    getContext().getLog().warn("{}", reason);
    replyTo.tell(new Completed(tag, Result.FAILED, reason));
  }

  private void refuse(Command command, String reason) {
    switch (command) {
      case Read r -> r.replyTo.tell(new Completed(r.tag, Result.FAILED, reason));
      case Write w -> w.replyTo.tell(new Completed(w.tag, Result.FAILED, reason));
      case Flush f -> f.replyTo.tell(new Completed(f.tag, Result.FAILED, reason));
      case Close _, Retry _ -> throw new IllegalStateException("never waits: " + command);
    }
  }

  // ---- Room on the host

  private boolean mustWait() {
    Level now = space.level();
    boolean wait = now == Level.NONE && grows();
    change(wait ? Level.NONE : now == Level.NONE ? Level.LOW : now);
    return wait;
  }

  private boolean grows() {
    return switch (image.format()) {
      case DYNAMIC_VHD, DIFFERENCING_VHD -> true;
      case RAW, FIXED_VHD, LINKED, ISO, FLOPPY -> false;
    };
  }

  private void hold(Command command) {
    waiting.add(command);
    if (!timers.isTimerActive(Retry.NOW)) {
      timers.startSingleTimer(Retry.NOW, Retry.NOW, RETRY);
    }
  }

  private void retry() {
    while (!waiting.isEmpty() && done(waiting.peek())) {
      waiting.remove();
    }
    if (waiting.isEmpty()) {
      change(space.level() == Level.ENOUGH ? Level.ENOUGH : Level.LOW);
    } else {
      timers.startSingleTimer(Retry.NOW, Retry.NOW, RETRY);
    }
  }

  private void change(Level now) {
    // Between the retries nothing is said, only when all that waited is done.
    if (now == level || (!waiting.isEmpty() && now != Level.NONE)) {
      return;
    }
    level = now;
    watcher.tell(new Space(image.path(), now, space.text(image.path(), now)));
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
