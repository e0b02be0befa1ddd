package troupe.engine.host;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.LoggerFactory;
import troupe.engine.channel.LineChannel;
import troupe.engine.thread.ThreadAffinity;
import troupe.engine.vm.Answer;
import troupe.scheduler.HostTopology;

/** The actor system with one {@link Host}, as programs around it use it. */
public final class Engine implements AutoCloseable {
  private static final Duration LONGEST_ASK = Duration.ofSeconds(30);

  /** Longer than any VM may take to shut down. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(90);

  private final ActorSystem<SpawnProtocol.Command> system;
  private final ActorRef<Host.Command> host;
  private final AtomicBoolean closing = new AtomicBoolean();

  private Engine(ActorSystem<SpawnProtocol.Command> system, ActorRef<Host.Command> host) {
    this.system = system;
    this.host = host;
  }

  /**
   * Starts the engine.
   *
   * @param configuration overrides the defaults; may be empty
   */
  public static Engine start(HostSettings settings, Config configuration) {
    ActorSystem<SpawnProtocol.Command> system =
        ActorSystem.create(
            SpawnProtocol.create(),
            "troupe",
            configuration.withFallback(ConfigFactory.load()).resolve());
    ActorRef<Host.Command> host =
        await(
            AskPattern.<SpawnProtocol.Command, ActorRef<Host.Command>>ask(
                system,
                replyTo ->
                    new SpawnProtocol.Spawn<>(
                        Host.create(settings, topology()), "host", Props.empty(), replyTo),
                LONGEST_ASK,
                system.scheduler()));
    return new Engine(system, host);
  }

  /**
   * What of the host this process was started on. A host whose nodes cannot be read is taken to
   * have one.
   */
  private static HostTopology topology() {
    try {
      HostTopology host = HostTopology.read(HostTopology.LINUX);
      return ThreadAffinity.current().map(host::within).orElse(host);
    } catch (IOException e) {
      LoggerFactory.getLogger(Engine.class).warn("NUMA nodes are not known: {}", e.getMessage());
      return new HostTopology(List.of());
    }
  }

  public ActorRef<Host.Command> host() {
    return host;
  }

  /** Starts an actor of the program's own, which may block. */
  public <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
    return await(
        AskPattern.<SpawnProtocol.Command, ActorRef<T>>ask(
            system,
            replyTo -> new SpawnProtocol.Spawn<>(behavior, name, LineChannel.DISPATCHER, replyTo),
            LONGEST_ASK,
            system.scheduler()));
  }

  /** Takes answers that nobody wants. */
  public <T> ActorRef<T> ignore() {
    return system.ignoreRef();
  }

  /** Asks an actor and waits for its answer. For threads outside the actor system only. */
  public <C, R> R ask(ActorRef<C> actor, Function<ActorRef<R>, C> message) {
    return ask(actor, message, LONGEST_ASK);
  }

  private <C, R> R ask(ActorRef<C> actor, Function<ActorRef<R>, C> message, Duration longest) {
    return await(AskPattern.ask(actor, message::apply, longest, system.scheduler()));
  }

  /** Stops all VMs in order, then the actor system; who comes second waits for that. */
  @Override
  public void close() {
    if (closing.getAndSet(true)) {
      await(system.getWhenTerminated());
      return;
    }
    try {
      Answer _ = ask(host, Host.Stop::new, LONGEST_STOP);
    } finally {
      system.terminate();
      await(system.getWhenTerminated());
    }
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LONGEST_STOP.toSeconds() + 1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the engine does not answer", e);
    }
  }
}
