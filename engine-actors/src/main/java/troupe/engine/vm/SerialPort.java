package troupe.engine.vm;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import troupe.engine.channel.Line;
import troupe.engine.channel.LineChannel;

/** A serial or parallel port of one PC: joins the chip to the channel of its line. */
final class SerialPort extends AbstractBehavior<SerialPort.Command> {
  /** Everything that a port understands. */
  sealed interface Command {}

  /** From the line. */
  record FromLine(LineChannel.Event event) implements Command {}

  /** Bytes to be received by the guest, as if they came over the line; answered at once. */
  record Send(byte[] bytes, ActorRef<Answer> replyTo) implements Command {}

  record Watch(ActorRef<SerialOutput> watcher) implements Command {}

  private record WatcherGone(ActorRef<SerialOutput> watcher) implements Command {}

  /** Sends what is left and closes the line. */
  record Close(ActorRef<LineChannel.Closed> replyTo) implements Command {}

  private enum Feed implements Command {
    NOW
  }

  /** What a port needs of its chip. */
  interface Chip {
    /** False if there is no room for the byte now. */
    boolean receive(int value);

    void sinkReady();

    /** {@code listener} runs when {@link #receive} may have room again. */
    default void onRoom(Runnable listener) {}
  }

  /** Bytes of {@link Send} that may wait for the guest. */
  static final int MOST_WAITING = 1 << 16;

  private record Chunk(byte[] bytes, boolean fromLine) {}

  private final String name;
  private final Chip chip;
  private final PortOutput output;
  private final ActorRef<LineChannel.Command> channel;
  private final Deque<Chunk> input = new ArrayDeque<>();
  private int consumed;

  /** Bytes of {@link Send} in {@link #input}. */
  private int sent;

  private boolean blocked;

  static Behavior<Command> create(String name, Chip chip, PortOutput output, Line line) {
    return Behaviors.setup(context -> new SerialPort(context, name, chip, output, line));
  }

  private SerialPort(
      ActorContext<Command> context, String name, Chip chip, PortOutput output, Line line) {
    super(context);
    this.name = name;
    this.chip = chip;
    this.output = output;
    this.channel =
        context.spawn(
            LineChannel.create(
                name, line, context.messageAdapter(LineChannel.Event.class, FromLine::new)),
            "line",
            LineChannel.DISPATCHER);
    output.connect(channel);
    ActorRef<Command> self = context.getSelf();
    // Called in the middle of the guest's own access to the chip: the rest must wait its turn.
    chip.onRoom(
        () -> {
          if (blocked) {
            blocked = false;
            self.tell(Feed.NOW);
          }
        });
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case FromLine(LineChannel.Written _) -> {
        if (output.written()) {
          chip.sinkReady();
        }
      }
      case FromLine(LineChannel.Received(byte[] bytes)) -> enqueue(new Chunk(bytes, true));
      case FromLine(LineChannel.Broken(String reason)) ->
          getContext().getLog().warn("{}: the line is broken: {}", name, reason);
      case Send(byte[] bytes, ActorRef<Answer> replyTo) when bytes.length > MOST_WAITING - sent ->
          replyTo.tell(
              new Answer.Refused(
                  "%s: %d bytes wait for the guest, and no more than %d may"
                      .formatted(name, sent, MOST_WAITING)));
      case Send(byte[] bytes, ActorRef<Answer> replyTo) -> {
        sent += bytes.length;
        enqueue(new Chunk(bytes, false));
        replyTo.tell(Answer.DONE);
      }
      case Watch(ActorRef<SerialOutput> watcher) -> {
        output.watch(watcher);
        getContext().watchWith(watcher, new WatcherGone(watcher));
      }
      case WatcherGone(ActorRef<SerialOutput> watcher) -> output.forget(watcher);
      case Feed _ -> feed();
      case Close(ActorRef<LineChannel.Closed> replyTo) -> {
        output.flushAll();
        channel.tell(new LineChannel.Close(replyTo));
      }
    }
    return this;
  }

  private void enqueue(Chunk chunk) {
    input.add(chunk);
    if (input.size() == 1) {
      feed();
    }
  }

  /** Gives the guest what it has room for; comes back later for the rest. */
  private void feed() {
    blocked = false;
    for (Chunk chunk = input.peek(); chunk != null; chunk = input.peek()) {
      while (consumed < chunk.bytes.length) {
        if (!chip.receive(chunk.bytes[consumed] & 0xFF)) {
          blocked = true;
          return;
        }
        consumed++;
      }
      consumed = 0;
      input.remove();
      if (chunk.fromLine) {
        channel.tell(LineChannel.ReadMore.INSTANCE);
      } else {
        sent -= chunk.bytes.length;
      }
    }
  }
}
