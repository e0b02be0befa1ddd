package troupe.client;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;
import troupe.client.protocol.HostInfo;
import troupe.client.protocol.Message;
import troupe.client.protocol.Reply;
import troupe.client.protocol.Request;
import troupe.client.protocol.SerialBytes;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmEvent;
import troupe.client.protocol.VmInfo;

/**
 * A connection to a daemon. All calls return at once; a stage that fails does so with {@link
 * RefusedException}, or {@link TimeoutException} if the daemon does not answer.
 */
public final class TroupeClient implements AutoCloseable {
  /** Name of the daemon's actor system, and of the actor in it that clients talk to. */
  public static final String SYSTEM = "troupe";

  public static final String ACTOR = "api";

  private static final Duration LONGEST_HELLO = Duration.ofSeconds(30);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(90);
  private static final int CONNECT_MILLIS = 5000;

  private final ServerAddress server;
  private final ActorSystem<Void> system;
  private final ActorRef<Request> daemon;

  private TroupeClient(ServerAddress server, ActorSystem<Void> system, ActorRef<Request> daemon) {
    this.server = server;
    this.system = system;
    this.daemon = daemon;
  }

  /** Connects to the daemon of this host and account. Blocks. */
  public static TroupeClient connect() throws IOException {
    return connect(ServerAddress.LOCAL, AccessKey.defaultFile());
  }

  /**
   * Connects to a daemon. Blocks.
   *
   * @param key the daemon's {@link AccessKey}, or a copy
   * @throws IOException with one line that says why it cannot be reached
   */
  public static TroupeClient connect(ServerAddress server, Path key) throws IOException {
    if (!Files.isReadable(key)) {
      throw new IOException(
          key + ": no access key there; a daemon of this account makes it when it starts");
    }
    try (Socket probe = new Socket()) {
      probe.connect(new InetSocketAddress(server.host(), server.port()), CONNECT_MILLIS);
    } catch (IOException e) {
      throw new IOException("no daemon at " + server + ": " + e.getMessage(), e);
    }
    Config settings =
        Remoting.settings(ownAddress(server), 0, key).withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "client", settings.resolve());
    TroupeClient client =
        new TroupeClient(
            server,
            system,
            ActorRefResolver.get(system)
                .resolveActorRef(
                    "pekko://%s@%s:%d/user/%s"
                        .formatted(SYSTEM, server.host(), server.port(), ACTOR)));
    try {
      await(
          client
              .ask(replyTo -> new Request.Hello(Message.VERSION, replyTo), LONGEST_HELLO)
              .thenApply(TroupeClient::done));
      return client;
    } catch (TimeoutException e) {
      client.close();
      throw new IOException(
          server
              + " does not answer: is it Troupe's, with this key, and configured with this name?",
          e);
    } catch (RefusedException e) {
      client.close();
      throw new IOException(server + ": " + e.getMessage(), e);
    }
  }

  /** The address by which the daemon can reach this process. */
  private static String ownAddress(ServerAddress server) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(server.host(), server.port()));
      return socket.getLocalAddress().getHostAddress();
    }
  }

  public ServerAddress server() {
    return server;
  }

  /** The actor system of this client, to run streams in. */
  public ActorSystem<Void> system() {
    return system;
  }

  public CompletionStage<HostInfo> host() {
    return ask(Request.ReadHost::new).thenApply(reply -> as(Reply.Host.class, reply).host());
  }

  /** All VMs, in the order in which they were made known. */
  public CompletionStage<List<VmInfo>> vms() {
    return ask(Request.ListVms::new).thenApply(reply -> as(Reply.Vms.class, reply).vms());
  }

  public CompletionStage<VmInfo> vm(String name) {
    return ask(replyTo -> new Request.ShowVm(name, replyTo))
        .thenApply(reply -> as(Reply.Vms.class, reply).vms().getFirst());
  }

  /** See {@link Request.CreateVm}. */
  public CompletionStage<Void> create(String name, String configuration) {
    return ask(replyTo -> new Request.CreateVm(name, configuration, replyTo))
        .thenApply(TroupeClient::done);
  }

  /** See {@link Request.SetVm}. */
  public CompletionStage<Void> set(String name, Map<String, String> changes) {
    return ask(replyTo -> new Request.SetVm(name, changes, replyTo)).thenApply(TroupeClient::done);
  }

  /** Done when the VM has reached the state that the action leads to. */
  public CompletionStage<Void> control(String name, VmAction action) {
    return ask(replyTo -> new Request.ControlVm(name, action, replyTo))
        .thenApply(TroupeClient::done);
  }

  /**
   * Events after a number that the daemon still has, and all to come. The daemon sends no more than
   * the stream asks for. The stream ends with the daemon.
   */
  public Source<VmEvent, NotUsed> events(long after) {
    return Source.completionStageSource(
            ask(replyTo -> new Request.WatchEvents(after, replyTo))
                .thenApply(reply -> as(Reply.Events.class, reply).events().getSource()))
        .mapMaterializedValue(_ -> NotUsed.getInstance());
  }

  /**
   * What a guest sends through a serial port from now on; the stage is done when nothing more can
   * be missed.
   *
   * @param port 0 is COM1
   */
  public CompletionStage<Source<SerialBytes, NotUsed>> serial(String name, int port) {
    return ask(replyTo -> new Request.WatchSerial(name, port, replyTo))
        .thenApply(reply -> as(Reply.Serial.class, reply).output().getSource());
  }

  public CompletionStage<Void> sendSerial(String name, int port, byte[] bytes) {
    return ask(replyTo -> new Request.SendSerial(name, port, bytes, replyTo))
        .thenApply(TroupeClient::done);
  }

  private CompletionStage<Reply> ask(Function<ActorRef<Reply>, Request> request) {
    return ask(request, LONGEST_ANSWER);
  }

  private CompletionStage<Reply> ask(Function<ActorRef<Reply>, Request> request, Duration longest) {
    return AskPattern.ask(daemon, request::apply, longest, system.scheduler());
  }

  private static Void done(Reply reply) {
    if (reply instanceof Reply.Refused(String reason)) {
      throw new RefusedException(reason);
    }
    return null;
  }

  private static <R extends Reply> R as(Class<R> kind, Reply reply) {
    done(reply);
    return kind.cast(reply);
  }

  /**
   * Waits for the answer, for threads that may.
   *
   * @throws RefusedException if the daemon refuses
   * @throws TimeoutException if it does not answer
   */
  public static <T> T await(CompletionStage<T> stage) throws TimeoutException {
    try {
      return stage.toCompletableFuture().get(LONGEST_ANSWER.toSeconds() + 10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      switch (cause) {
        case RefusedException refused -> throw refused;
        case TimeoutException timeout -> throw timeout;
        default -> throw new IllegalStateException(cause);
      }
    }
  }

  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The process ends without it as well.
    }
  }
}
