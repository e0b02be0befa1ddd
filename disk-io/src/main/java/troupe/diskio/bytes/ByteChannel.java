package troupe.diskio.bytes;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The I/O channel of a serial or parallel port: carries bytes between its owner, a device of a
 * machine, and an endpoint of the host.
 *
 * <p>Both ways are bounded by hand-shakes. The owner has one {@link Write} under way at a time and
 * may send the next after {@link Written}. It gets one {@link Received} (of at most {@link
 * #MOST_BYTES} bytes), and the next only after asking with {@link MoreInput}; meanwhile the host's
 * own buffers fill and hold the sender back. While nobody is connected, writes are swallowed, as on
 * a cable without a far end.
 *
 * <p>The actor never blocks: virtual threads wait for the host. It owns the endpoint.
 */
public final class ByteChannel extends AbstractBehavior<ByteChannel.Command> {
  /** Most bytes of a {@link Received}. */
  public static final int MOST_BYTES = 4096;

  /** How long a closing channel waits for a write under way. */
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** What a channel is asked to do. */
  public sealed interface Command {}

  /** Sends {@code bytes}, which belong to the channel until {@link Written}. */
  public record Write(byte[] bytes) implements Command {}

  /** The owner has taken what it received and has room again. */
  public record MoreInput() implements Command {}

  /** Ends the channel after the write under way. */
  public record Close() implements Command {}

  /** From the threads that wait for the host, which may find the actor gone. */
  private sealed interface FromHost extends Command, DeadLetterSuppression {}

  private record LineUp(ByteLine line) implements FromHost {}

  private record LineDown(ByteLine line, String reason) implements FromHost {}

  private record Arrived(byte[] bytes) implements FromHost {}

  private record WriteDone(ByteLine line, String failure) implements FromHost {}

  private record CloseNow() implements Command {}

  /** What the owner is told. */
  public sealed interface Event {}

  /** Bytes from the endpoint. */
  public record Received(byte[] bytes) implements Event {}

  /** The {@link Write} is done, or swallowed. */
  public record Written() implements Event {}

  /** Somebody is at the other end. */
  public record Connected() implements Event {}

  /**
   * Nobody is at the other end any more.
   *
   * @param reason one line, empty for an orderly end
   */
  public record Disconnected(String reason) implements Event {}

  private final OpenEndpoint endpoint;
  private final ActorRef<Event> owner;
  private final TimerScheduler<Command> timers;
  private final Semaphore room = new Semaphore(1);
  private final Thread listener;
  private ByteLine line;
  private boolean writing;
  private boolean closing;

  private ByteChannel(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      OpenEndpoint endpoint,
      ActorRef<Event> owner) {
    super(context);
    this.timers = timers;
    this.endpoint = endpoint;
    this.owner = owner;
    ActorRef<Command> self = context.getSelf();
    listener = Thread.ofVirtual().name(endpoint.description()).start(() -> listen(self));
  }

  /** A channel between {@code owner} and {@code endpoint}, which it closes when it ends. */
  public static Behavior<Command> create(OpenEndpoint endpoint, ActorRef<Event> owner) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new ByteChannel(context, timers, endpoint, owner)));
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
      case Write write -> {
        write(write.bytes);
        yield this;
      }
      case MoreInput more -> {
        room.release();
        yield this;
      }
      case Close close -> {
        closing = true;
        timers.startSingleTimer(new CloseNow(), CLOSING);
        yield writing ? this : Behaviors.stopped();
      }
      case CloseNow now -> Behaviors.stopped();
      case LineUp up -> {
        line = up.line;
        owner.tell(new Connected());
        yield this;
      }
      case LineDown down -> {
        if (line == down.line) {
          line = null;
          owner.tell(new Disconnected(down.reason));
        }
        yield this;
      }
      case Arrived arrived -> {
        owner.tell(new Received(arrived.bytes));
        yield this;
      }
      case WriteDone done -> {
        writing = false;
        owner.tell(new Written());
        if (done.failure != null) {
          closeQuietly(done.line); // its reader sees that and reports it
        }
        yield closing ? Behaviors.stopped() : this;
      }
    };
  }

  private void write(byte[] bytes) {
    if (writing) {
      throw new IllegalStateException("a second Write before the first was Written");
    }
    ByteLine to = line;
    if (to == null) {
      owner.tell(new Written());
      return;
    }
    writing = true;
    ActorRef<Command> self = getContext().getSelf();
    Thread.startVirtualThread(
        () -> {
          String failure = null;
          try {
            to.write(bytes);
          } catch (IOException e) {
            failure = EndpointException.reasonOf(e);
          }
          self.tell(new WriteDone(to, failure));
        });
  }

  /** The listening thread: one line after the other, each read to its end. */
  private void listen(ActorRef<Command> self) {
    byte[] buffer = new byte[MOST_BYTES];
    try {
      for (ByteLine next = endpoint.next(); next != null; next = endpoint.next()) {
        self.tell(new LineUp(next));
        String reason = readToEnd(next, buffer, self);
        closeQuietly(next);
        self.tell(new LineDown(next, reason));
      }
    } catch (IOException e) {
      // the endpoint was closed, or its host has taken it away: nobody will connect any more
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String readToEnd(ByteLine from, byte[] buffer, ActorRef<Command> self)
      throws InterruptedException {
    try {
      while (true) {
        room.acquire();
        int count = from.read(buffer);
        if (count < 0) {
          room.release();
          return "";
        }
        self.tell(new Arrived(Arrays.copyOf(buffer, count)));
      }
    } catch (ClosedChannelException e) {
      room.release();
      return "";
    } catch (IOException e) {
      room.release();
      return EndpointException.reasonOf(e);
    }
  }

  private static void closeQuietly(ByteLine line) {
    try {
      line.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }

  private Behavior<Command> onStop() throws IOException {
    if (line != null) {
      closeQuietly(line);
    }
    endpoint.close();
    listener.interrupt();
    return this;
  }
}
