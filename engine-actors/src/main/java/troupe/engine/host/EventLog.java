package troupe.engine.host;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
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

  /**
   * Answered with kept events after the one of a number, oldest first, as soon as there is one;
   * with none if there is none for a while, so that nobody is waited for who is gone.
   *
   * @param most how many at once
   */
  public record ReadAfter(long number, int most, ActorRef<Entries> replyTo) implements Command {}

  /** Answered with the number of the latest event. */
  public record ReadLatest(ActorRef<Latest> replyTo) implements Command {}

  /**
   * @param number 0 if there was no event yet
   */
  public record Latest(long number) {}

  private record Expired(Waiting waiting) implements Command {}

  /** {@code watcher} is told every event from now on. */
  public record Watch(ActorRef<Event> watcher) implements Command {}

  public record Events(List<Event> events) {
    public Events {
      events = List.copyOf(events);
    }
  }

  /**
   * An event in its place.
   *
   * @param number counts events from 1
   * @param at milliseconds since 1970
   */
  public record Entry(long number, long at, Event event) {}

  public record Entries(List<Entry> entries) {
    public Entries {
      entries = List.copyOf(entries);
    }
  }

  private static final class Waiting {
    private final ReadAfter request;

    Waiting(ReadAfter request) {
      this.request = request;
    }
  }

  private static final int KEPT = 1000;

  /** How long {@link ReadAfter} may wait for an answer. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger("troupe.events");

  private final Deque<Entry> events = new ArrayDeque<>();
  private final Set<Waiting> waiting = new LinkedHashSet<>();
  private long latest;
  private final List<ActorRef<Event>> watchers = new ArrayList<>();

  public static Behavior<Command> create() {
    return Behaviors.supervise(Behaviors.<Command>setup(EventLog::new))
        .onFailure(SupervisorStrategy.resume());
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
      case Read(ActorRef<Events> replyTo) ->
          replyTo.tell(new Events(events.stream().map(Entry::event).toList()));
      case ReadAfter read -> {
        if (!answer(read)) {
          Waiting waiter = new Waiting(read);
          waiting.add(waiter);
          getContext().scheduleOnce(LONGEST_WAIT, getContext().getSelf(), new Expired(waiter));
        }
      }
      case ReadLatest(ActorRef<Latest> replyTo) -> replyTo.tell(new Latest(latest));
      case Expired(Waiting waiter) -> {
        if (waiting.remove(waiter)) {
          waiter.request.replyTo.tell(new Entries(List.of()));
        }
      }
      case Watch(ActorRef<Event> watcher) -> watchers.add(watcher);
    }
    return this;
  }

  /** Whether there was something to answer with. */
  private boolean answer(ReadAfter read) {
    if (read.number >= latest) {
      return false;
    }
    read.replyTo.tell(
        new Entries(
            events.stream().filter(entry -> entry.number > read.number).limit(read.most).toList()));
    return true;
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
    events.addLast(new Entry(++latest, System.currentTimeMillis(), event));
    watchers.forEach(watcher -> watcher.tell(event));
    waiting.removeIf(waiter -> answer(waiter.request));
  }
}
