package troupe.engine.channel;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
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
 * The I/O channel of a serial or parallel port: has the blocking calls of a {@link Line} done, off
 * the VM's thread and off its own. One write and one chunk of input are under way at a time, so a
 * slow side holds the fast one back and nothing piles up.
 *
 * <p>Closing waits for the other side as long as it takes something; one that takes nothing for
 * {@link Line#patience} loses what is left.
 */
public final class LineChannel extends AbstractBehavior<LineChannel.Command> {
  /** Where blocking calls of lines run. */
  public static final DispatcherSelector DISPATCHER =
      DispatcherSelector.fromConfig("troupe.dispatchers.console");

  /** Most {@link Write}s that the port may have unanswered: one, and the last before a close. */
  public static final int MOST_UNANSWERED = 2;

  private static final int CHUNK = 4096;

  /** Bytes of one write to the line: what the other side's progress is seen by. */
  private static final int PIECE = 512;

  /** Everything that the channel understands. */
  public sealed interface Command {}

  /** Sends bytes, which belong to the channel from now on. Answered by {@link Written}. */
  public record Write(byte[] bytes) implements Command {}

  /** The last {@link Received} has been used up: the next may come. */
  public enum ReadMore implements Command {
    INSTANCE
  }

  /** Closes the line after what was written before; the actor stops. */
  public record Close(ActorRef<Closed> replyTo) implements Command {}

  /** Input ended with an error. */
  private record Failed(String reason) implements Command {}

  /**
   * The write under way has ended.
   *
   * @param problem one line; empty if there is none
   */
  private record Sent(Optional<String> problem) implements Command {}

  /**
   * @param problem one line; empty if there is none
   */
  private record LineClosed(Optional<String> problem) implements Command {}

  private enum Impatient implements Command {
    INSTANCE
  }

  /** What the channel tells the port. */
  public sealed interface Event {}

  public record Written() implements Event {}

  /** Bytes from outside; no more come until {@link ReadMore}. */
  public record Received(byte[] bytes) implements Event {}

  /** The line broke; output is dropped from now on. */
  public record Broken(String reason) implements Event {}

  /** The line of that name is closed. */
  public record Closed(String name) {}

  private final String name;
  private final Line line;
  private final ActorRef<Event> port;
  private final TimerScheduler<Command> timers;
  private final Executor blocking;
  private final Semaphore credit = new Semaphore(1);

  /** Unanswered writes; the first is under way. */
  private final ArrayDeque<byte[]> writes = new ArrayDeque<>();

  /** Pieces that the line has taken. */
  private final AtomicLong taken = new AtomicLong();

  private long takenBefore;
  private boolean broken;
  private boolean lineClosing;
  private ActorRef<Closed> closer;

  /**
   * @param name for messages to people
   * @param port gets input and the answers
   */
  public static Behavior<Command> create(String name, Line line, ActorRef<Event> port) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new LineChannel(context, timers, name, line, port)));
  }

  private LineChannel(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String name,
      Line line,
      ActorRef<Event> port) {
    super(context);
    this.name = name;
    this.line = line;
    this.port = port;
    this.timers = timers;
    blocking = context.getSystem().dispatchers().lookup(DISPATCHER);
    ActorRef<Command> self = context.getSelf();
    Thread.ofPlatform().daemon().name("input-" + name).start(() -> readAll(self));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::onCommand)
        .onSignal(PostStop.class, _ -> onStop())
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    return switch (command) {
      case Write(byte[] bytes) -> write(bytes);
      case Sent(Optional<String> problem) -> sent(problem);
      case ReadMore _ -> {
        credit.release();
        yield this;
      }
      case Failed(String reason) -> {
        port.tell(new Broken(reason));
        yield this;
      }
      case Close(ActorRef<Closed> replyTo) -> {
        closer = replyTo;
        timers.startTimerAtFixedRate(Impatient.INSTANCE, line.patience());
        takenBefore = taken.get();
        if (writes.isEmpty()) {
          closeLine();
        }
        yield this;
      }
      case Impatient _ -> impatient();
      case LineClosed(Optional<String> problem) -> {
        problem.ifPresent(text -> getContext().getLog().warn("{}: closing failed: {}", name, text));
        yield closed();
      }
    };
  }

  private Behavior<Command> write(byte[] bytes) {
    if (broken || lineClosing) {
      port.tell(new Written());
      return this;
    }
    if (writes.size() == MOST_UNANSWERED) {
      throw new IllegalStateException(name + ": more writes than may be unanswered");
    }
    writes.add(bytes);
    if (writes.size() == 1) {
      send(bytes);
    }
    return this;
  }

  private void send(byte[] bytes) {
    ActorRef<Command> self = getContext().getSelf();
    blocking.execute(
        () -> {
          try {
            for (int at = 0; at < bytes.length; at += PIECE) {
              line.write(Arrays.copyOfRange(bytes, at, Math.min(at + PIECE, bytes.length)));
              taken.incrementAndGet();
            }
            self.tell(new Sent(Optional.empty()));
          } catch (IOException e) {
            self.tell(new Sent(Optional.of(Reasons.of(e))));
          }
        });
  }

  private Behavior<Command> sent(Optional<String> problem) {
    writes.remove();
    port.tell(new Written());
    if (problem.isPresent() && !lineClosing) {
      broken = true;
      port.tell(new Broken(problem.get()));
    }
    if (broken || lineClosing) {
      writes.forEach(_ -> port.tell(new Written()));
      writes.clear();
    }
    if (!writes.isEmpty()) {
      send(writes.element());
    } else if (closer != null && !lineClosing) {
      closeLine();
    }
    return this;
  }

  private Behavior<Command> impatient() {
    if (lineClosing) {
      // It does not even close: the host may be left with it, the VM not.
      return closed();
    }
    if (taken.get() == takenBefore) {
      getContext()
          .getLog()
          .warn("{}: the other side takes nothing, what the guest sent last is lost", name);
      closeLine();
    }
    takenBefore = taken.get();
    return this;
  }

  private void closeLine() {
    lineClosing = true;
    timers.startTimerAtFixedRate(Impatient.INSTANCE, line.patience());
    ActorRef<Command> self = getContext().getSelf();
    blocking.execute(() -> self.tell(new LineClosed(close())));
  }

  /** What went wrong, if something did. */
  private Optional<String> close() {
    try {
      line.close();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(Reasons.of(e));
    }
  }

  private Behavior<Command> closed() {
    closer.tell(new Closed(name));
    return Behaviors.stopped();
  }

  /** The channel was stopped without being asked to close, because its port failed. */
  private Behavior<Command> onStop() {
    if (!lineClosing) {
      lineClosing = true;
      blocking.execute(this::close);
    }
    return this;
  }

  private void readAll(ActorRef<Command> self) {
    byte[] chunk = new byte[CHUNK];
    try {
      for (int count = line.read(chunk); count >= 0; count = line.read(chunk)) {
        credit.acquire();
        port.tell(new Received(Arrays.copyOf(chunk, count)));
      }
    } catch (IOException e) {
      self.tell(new Failed(Reasons.of(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
