package troupe.engine.channel;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The I/O channel of a serial or parallel port: does the blocking calls of a {@link Line} off the
 * VM's thread. One write and one chunk of input are under way at a time, so a slow side holds the
 * fast one back and nothing piles up.
 */
public final class LineChannel extends AbstractBehavior<LineChannel.Command> {
  /** Where blocking calls of lines run. */
  public static final DispatcherSelector DISPATCHER =
      DispatcherSelector.fromConfig("troupe.dispatchers.console");

  private static final int CHUNK = 4096;

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

  private record Failed(String reason) implements Command {}

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
  private final Semaphore credit = new Semaphore(1);
  private boolean broken;

  /**
   * @param name for messages to people
   * @param port gets input and the answers
   */
  public static Behavior<Command> create(String name, Line line, ActorRef<Event> port) {
    return Behaviors.setup(context -> new LineChannel(context, name, line, port));
  }

  private LineChannel(ActorContext<Command> context, String name, Line line, ActorRef<Event> port) {
    super(context);
    this.name = name;
    this.line = line;
    this.port = port;
    ActorRef<Command> self = context.getSelf();
    Thread.ofPlatform().daemon().name("input-" + name).start(() -> readAll(self));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Write(byte[] bytes) -> {
        write(bytes);
        port.tell(new Written());
      }
      case ReadMore _ -> credit.release();
      case Failed(String reason) -> port.tell(new Broken(reason));
      case Close(ActorRef<Closed> replyTo) -> {
        try {
          line.close();
        } catch (IOException e) {
          getContext().getLog().warn("{}: closing failed: {}", name, Reasons.of(e));
        }
        replyTo.tell(new Closed(name));
        return Behaviors.stopped();
      }
    }
    return this;
  }

  private void write(byte[] bytes) {
    if (broken) {
      return;
    }
    try {
      line.write(bytes);
    } catch (IOException e) {
      broken = true;
      port.tell(new Broken(Reasons.of(e)));
    }
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
