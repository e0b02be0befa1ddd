package troupe.engine.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.engine.vm.Event;

/** The event log: the latest events, to be read and watched, and all of them to the host's log. */
public final class EventLog extends AbstractBehavior<EventLog.Command> {
  /** Everything that the log understands. */
  public sealed interface Command {}

  public record Append(Event event) implements Command {}

  /** Answered with all events that are kept, oldest first. */
  public record Read(ActorRef<Events> replyTo) implements Command {}

  /** {@code watcher} is told every event from now on. */
  public record Watch(ActorRef<Event> watcher) implements Command {}

  public record Events(List<Event> events) {
    public Events {
      events = List.copyOf(events);
    }
  }

  private static final int KEPT = 1000;
  private static final Logger LOG = LoggerFactory.getLogger("troupe.events");

  private final Deque<Event> events = new ArrayDeque<>();
  private final List<ActorRef<Event>> watchers = new ArrayList<>();

  public static Behavior<Command> create() {
    return Behaviors.setup(EventLog::new);
  }

  private EventLog(ActorContext<Command> context) {
    super(context);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Command.class, this::onCommand).build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Append(Event event) -> append(event);
      case Read(ActorRef<Events> replyTo) -> replyTo.tell(new Events(new ArrayList<>(events)));
      case Watch(ActorRef<Event> watcher) -> watchers.add(watcher);
    }
    return this;
  }

  private void append(Event event) {
    if (event.kind() == Event.Kind.FAILED) {
      LOG.error("{}: {}", event.vm(), event.text());
    } else {
      LOG.info("{}: {}", event.vm(), event.text());
    }
    if (events.size() == KEPT) {
      events.removeFirst();
    }
    events.addLast(event);
    watchers.forEach(watcher -> watcher.tell(event));
  }
}
