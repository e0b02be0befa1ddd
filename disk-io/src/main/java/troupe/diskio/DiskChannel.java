package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
 * come, blocking its thread of the {@linkplain #dispatcher() dispatcher}, as those of other images
 * do at the same time. Every command is answered by exactly one {@link Completed}. A flush is
 * answered when everything written before it is on stable storage.
 *
 * <p>Reads that wait one behind the other and whose sectors do so too are one transfer on the host,
 * and so are writes. Nothing overtakes anything.
 *
 * <p>A buffer belongs to the channel from the command until its answer. Whoever sends commands
 * keeps at most {@link #MOST_IN_FLIGHT} unanswered; what is more is refused.
 *
 * <p>What the host has no room for is no error: the command waits, and those after it, until there
 * is room again, and whoever watches is told. So it is for a write that the guest knows as done
 * already, whatever the host has against it. And so it is for growing disks already when less than
 * {@link HostSpace#error} is left. How much is left of the volume of an image that can be written
 * is looked up now and then even if nobody writes, as other programs may fill it.
 *
 * <p>The channel owns the image: it closes it on {@link Close}, and when it is stopped.
 */
public final class DiskChannel extends AbstractBehavior<DiskChannel.Command> {
  /** Most transfers that may be under way. */
  public static final int MOST_IN_FLIGHT = 32;

  /** Most bytes that are one transfer on the host though they were asked for in parts. */
  private static final int MOST_TOGETHER = 1 << 20;

  /** A part of so many bytes costs more to copy than to transfer by itself. */
  private static final int WORTH_A_TRANSFER = 64 << 10;

  /** What a channel is asked to do. */
  public sealed interface Command {}

  /** What waits for its turn. The tag is chosen by the sender, and returned in the answer. */
  public sealed interface Transfer extends Command {
    long tag();

    ActorRef<Completed> replyTo();
  }

  /** Reads {@code count} sectors from {@code sector} into {@code target} at {@code offset}. */
  public record Read(
      long tag, long sector, int count, byte[] target, int offset, ActorRef<Completed> replyTo)
      implements Transfer {}

  /**
   * Writes {@code count} sectors to {@code sector} from {@code source} at {@code offset}.
   *
   * @param acknowledged the guest has been told that it is done, so it cannot fail any more: what
   *     the host refuses waits as if there were no room
   */
  public record Write(
      long tag,
      long sector,
      int count,
      byte[] source,
      int offset,
      boolean acknowledged,
      ActorRef<Completed> replyTo)
      implements Transfer {}

  /** Puts all that was written before on stable storage. */
  public record Flush(long tag, ActorRef<Completed> replyTo) implements Transfer {}

  /** Does what waits, flushes and closes the image; answers and stops. */
  public record Close(long tag, ActorRef<Completed> replyTo) implements Command {}

  /**
   * The answer to a command.
   *
   * @param reason one line when {@code result} is FAILED, otherwise empty
   */
  public record Completed(long tag, Result result, String reason) {}

  /** The next of those that wait has its turn, and what came in the meantime is among them. */
  private enum Next implements Command {
    NOW
  }

  /** It is time to look how much room the host has. */
  private enum Look implements Command {
    NOW
  }

  /** How much room the host has for an image. */
  public enum Level {
    ENOUGH,
    /** Less than the limit for warnings. */
    LOW,
    /** None for a write that makes the image grow. */
    NONE,
    /** Likewise, and a write waits. */
    WRITES_WAIT
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

  private final SharedImage shared;
  private final DiskImage image;
  private final HostSpace space;
  private final ActorRef<Space> watcher;
  private final TimerScheduler<Command> timers;
  private final ArrayDeque<Transfer> waiting = new ArrayDeque<>();
  private Level level = Level.ENOUGH;
  private byte[] joint = new byte[0];

  /** A {@link Next} is on its way. */
  private boolean nextComes;

  /** There was no room for what waits, or for what has been done of it since. */
  private boolean held;

  private boolean closed;

  private DiskChannel(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      SharedImage shared,
      HostSpace space,
      ActorRef<Space> watcher) {
    super(context);
    this.timers = timers;
    this.shared = shared;
    this.image = shared.image();
    this.space = space;
    this.watcher = watcher;
    if (!image.readOnly()) {
      timers.startTimerWithFixedDelay(Look.NOW, space.interval());
    }
  }

  /** A channel that owns {@code image} from now on. Spawn it with {@link #dispatcher()}. */
  public static Behavior<Command> create(
      SharedImage image, HostSpace space, ActorRef<Space> watcher) {
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
      case Transfer transfer -> accept(transfer);
      case Next _ -> next();
      case Look _ -> {
        if (!held) {
          change(level());
        }
      }
      case Close close -> {
        closed = true;
        while (!waiting.isEmpty() && done()) {}
        if (!waiting.isEmpty()) {
          getContext()
              .getLog()
              .error("{}: closed while {} transfers waited", image.path(), waiting.size());
        }
        waiting.forEach(t -> answer(t, Result.FAILED, "the host could not write before it"));
        close.replyTo.tell(close(close));
        return Behaviors.stopped();
      }
    }
    return this;
  }

  private Completed close(Close command) {
    try {
      shared.close();
      return new Completed(command.tag, Result.OK, "");
    } catch (IOException e) {
      return new Completed(command.tag, Result.FAILED, reason(e));
    } catch (RuntimeException | Error e) {
      getContext().getLog().error("{}: closing failed", image.path(), e);
      return new Completed(command.tag, Result.FAILED, image.path() + ": " + e);
    }
  }

  private void accept(Transfer transfer) {
    if (waiting.size() >= MOST_IN_FLIGHT) {
      answer(transfer, Result.FAILED, "more than %d transfers at once".formatted(MOST_IN_FLIGHT));
      return;
    }
    waiting.add(transfer);
    if (!nextComes) {
      nextComes = true;
      getContext().getSelf().tell(Next.NOW);
    }
  }

  private void next() {
    boolean room = done();
    nextComes = !waiting.isEmpty();
    if (!room) {
      held = true;
      timers.startSingleTimer(Next.NOW, Next.NOW, RETRY);
    } else if (nextComes) {
      getContext().getSelf().tell(Next.NOW);
    } else if (held) {
      held = false;
      change(level());
    }
  }

  /** Whether the first that waits, and what goes with it, is done; if not, there is no room. */
  private boolean done() {
    return done(MOST_IN_FLIGHT);
  }

  /**
   * @param most how many may go together
   */
  private boolean done(int most) {
    Transfer first = waiting.element();
    Result allowed = allowed(first);
    if (allowed != Result.OK) {
      answer(waiting.remove(), allowed, "");
      return true;
    }
    if (first instanceof Write && mustWait()) {
      return false;
    }
    List<Transfer> together = together(most);
    try {
      attempt(together);
    } catch (IOException e) {
      if (space.exhausted(e)) {
        change(Level.WRITES_WAIT);
        return false;
      }
      if (together.size() == 1 && first instanceof Write write && write.acknowledged) {
        change(
            Level.WRITES_WAIT, ImageException.of(image.path(), e).getMessage() + "; writes wait");
        return false;
      }
      if (together.size() == 1) {
        answer(waiting.remove(), Result.FAILED, reason(e));
        return true;
      }
      // One by one, to tell which of them it was.
      for (int n = 0; n < together.size(); n++) {
        if (!done(1)) {
          return false;
        }
      }
      return true;
    }
    together.forEach(_ -> answer(waiting.remove(), Result.OK, ""));
    return true;
  }

  /** As {@link #transfer}: whatever goes wrong is an answer to who waits for one. */
  private void attempt(List<Transfer> together) throws IOException {
    try {
      shared.exclusively(() -> transfer(together));
    } catch (RuntimeException | Error e) {
      if (!held) {
        getContext().getLog().error("{}: a transfer failed", image.path(), e);
      }
      throw new IOException(e.toString(), e);
    }
  }

  private Result allowed(Transfer transfer) {
    return switch (transfer) {
      case Read r -> range(r.sector, r.count, r.target, r.offset);
      case Write _ when image.readOnly() -> Result.WRITE_PROTECTED;
      case Write w -> range(w.sector, w.count, w.source, w.offset);
      case Flush _ -> Result.OK;
    };
  }

  /** The first that waits, and those behind it that go on where it ends. */
  private List<Transfer> together(int mostTransfers) {
    List<Transfer> together = new ArrayList<>();
    Transfer last = null;
    int mostSectors = MOST_TOGETHER / image.sectorSize();
    for (Transfer transfer : waiting) {
      boolean fits = together.size() < mostTransfers && count(transfer) <= mostSectors;
      if (last != null && !(fits && goesOn(last, transfer))) {
        break;
      }
      together.add(transfer);
      mostSectors -= count(transfer);
      last = transfer;
    }
    return together;
  }

  private boolean goesOn(Transfer before, Transfer after) {
    if (count(after) * image.sectorSize() >= WORTH_A_TRANSFER) {
      return false;
    }
    boolean adjacent =
        switch (before) {
          case Read b -> after instanceof Read a && a.sector == b.sector + b.count;
          case Write b -> after instanceof Write a && a.sector == b.sector + b.count;
          case Flush _ -> false;
        };
    return adjacent && allowed(after) == Result.OK;
  }

  private static int count(Transfer transfer) {
    return switch (transfer) {
      case Read r -> r.count;
      case Write w -> w.count;
      case Flush _ -> 0;
    };
  }

  private void transfer(List<Transfer> together) throws IOException {
    int sectors = together.stream().mapToInt(DiskChannel::count).sum();
    boolean alone = together.size() == 1;
    if (!alone && joint.length == 0) {
      joint = new byte[MOST_TOGETHER];
    }
    switch (together.getFirst()) {
      case Read r when alone -> image.read(r.sector, r.count, r.target, r.offset);
      case Write w when alone -> image.write(w.sector, w.count, w.source, w.offset);
      case Flush _ -> image.flush();
      case Read first -> {
        image.read(first.sector, sectors, joint, 0);
        copy(together);
      }
      case Write first -> {
        copy(together);
        image.write(first.sector, sectors, joint, 0);
      }
    }
  }

  /** Between the joint buffer and those of the transfers. */
  private void copy(List<Transfer> together) {
    int at = 0;
    for (Transfer transfer : together) {
      int bytes = count(transfer) * image.sectorSize();
      switch (transfer) {
        case Read r -> System.arraycopy(joint, at, r.target, r.offset, bytes);
        case Write w -> System.arraycopy(w.source, w.offset, joint, at, bytes);
        case Flush _ -> throw new IllegalStateException("a flush has no sectors");
      }
      at += bytes;
    }
  }

  private static void answer(Transfer transfer, Result result, String reason) {
    transfer.replyTo().tell(new Completed(transfer.tag(), result, reason));
  }

  private String reason(IOException e) {
    String reason = ImageException.of(image.path(), e).getMessage();
    getContext().getLog().warn("{}", reason);
    return reason;
  }

  // ---- Room on the host

  private boolean mustWait() {
    Level now = level();
    boolean wait = now == Level.NONE;
    change(wait ? Level.WRITES_WAIT : now);
    return wait;
  }

  /** What there is for this image. */
  private Level level() {
    Level volume = space.level();
    return volume == Level.NONE && !grows() ? Level.LOW : volume;
  }

  private boolean grows() {
    return switch (image.format()) {
      case DYNAMIC_VHD, DIFFERENCING_VHD -> true;
      case RAW, FIXED_VHD, LINKED, ISO, FLOPPY -> false;
    };
  }

  private void change(Level now) {
    change(now, space.text(image.path(), now));
  }

  private void change(Level now, String text) {
    // Between the retries nothing is said, only when all that waited is done.
    if (now == level || (held && now != Level.WRITES_WAIT)) {
      return;
    }
    level = now;
    watcher.tell(new Space(image.path(), now, text));
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
      shared.close();
    }
    return this;
  }
}
