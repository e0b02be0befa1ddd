package troupe.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.cli.service.Api;
import troupe.client.AccessKey;
import troupe.client.Remoting;
import troupe.client.ServerAddress;
import troupe.client.TroupeClient;
import troupe.engine.channel.Lines;
import troupe.engine.configuration.Deployment;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Engine;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.vm.Answer;
import troupe.engine.vm.Event;
import troupe.engine.vm.GuestMachineFactory;
import troupe.engine.vm.VirtualMachine;

/** The supervisor daemon: all VMs of a deployment, until a signal ends it. */
final class Daemon {
  private final Deployment deployment;
  private final GuestMachineFactory machines;
  private final PrintStream out;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private Optional<Console> console = Optional.empty();

  Daemon(Deployment deployment, GuestMachineFactory machines, PrintStream out) {
    this.deployment = deployment;
    this.machines = machines;
    this.out = out;
  }

  /** Puts the console of one VM on this terminal, and its screen into a file. */
  Daemon showing(String vm, Path screen) {
    console = Optional.of(new Console(vm, screen));
    return this;
  }

  /** Runs until the process is told to end. */
  int run() throws UsageException {
    HostSettings settings =
        new HostSettings(
            deployment.cpus() == 0 ? Runtime.getRuntime().availableProcessors() : deployment.cpus(),
            HostSettings.processMemoryMib(),
            new Lines(Optional.empty()),
            machines,
            Optional.of(deployment.savedStates()));
    Optional<Deployment.Api> api = reachable();
    Engine engine =
        Engine.start(
            settings,
            deployment
                .engine()
                .withFallback(api.isPresent() ? remoting(api.get()) : ConfigFactory.empty()));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  console.ifPresent(Console::detach);
                  out.println("troupe: stopping all VMs");
                  engine.close();
                  out.println("troupe: stopped");
                  stopped.countDown();
                },
                "stop"));
    engine
        .host()
        .tell(
            new Host.WatchEvents(
                engine.spawn(
                    Behaviors.receiveMessage(
                        event -> {
                          report(event);
                          return Behaviors.same();
                        }),
                    "report")));
    start(engine);
    api.ifPresent(
        where -> {
          engine.spawn(
              Api.create(settings, Main.VERSION, deployment.files(), engine.host()),
              TroupeClient.ACTOR);
          out.printf(
              "troupe: clients reach it at %s%n", new ServerAddress(where.host(), where.port()));
        });
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitStatus.OK;
  }

  /** Where clients are to reach the daemon; empty if they are not to, or cannot. */
  private Optional<Deployment.Api> reachable() throws UsageException {
    if (deployment.api().isEmpty()) {
      return Optional.empty();
    }
    Deployment.Api api = deployment.api().get();
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(api.host(), api.port()));
      return Optional.of(api);
    } catch (IOException | IllegalArgumentException e) {
      String problem =
          "%s: %s (is there another daemon? troupe.api.port sets another port)"
              .formatted(new ServerAddress(api.host(), api.port()), e.getMessage());
      if (api.required()) {
        throw new UsageException(problem);
      }
      out.println("troupe: clients cannot reach this daemon: " + problem);
      return Optional.empty();
    }
  }

  private static Config remoting(Deployment.Api api) throws UsageException {
    Path key = api.key().orElseGet(AccessKey::defaultFile);
    try {
      AccessKey.make(key);
    } catch (IOException e) {
      throw new UsageException(key + ": the access key cannot be made: " + e.getMessage());
    }
    return Remoting.settings(api.host(), api.port(), key);
  }

  private void start(Engine engine) throws UsageException {
    List<String> refusals = new ArrayList<>();
    for (VmConfiguration configuration : deployment.machines()) {
      Host.VmCreated created =
          engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
      switch (created) {
        case Host.VmCreated.Refused(String reason) -> {
          System.err.println("troupe: " + reason);
          refusals.add(reason);
        }
        case Host.VmCreated.Created(ActorRef<VirtualMachine.Command> vm) ->
            console
                .filter(shown -> shown.vm().equals(configuration.name()))
                .ifPresent(shown -> shown.attach(engine, vm, out));
      }
    }
    BlockingQueue<Host.VmStarted> outcomes = new LinkedBlockingQueue<>();
    ActorRef<Host.VmStarted> each =
        engine.spawn(
            Behaviors.receiveMessage(
                started -> {
                  report(started);
                  outcomes.add(started);
                  return Behaviors.same();
                }),
            "starts");
    Host.Names now = engine.ask(engine.host(), replyTo -> new Host.Start(each, replyTo));
    Set<String> awaited = new HashSet<>(now.names());
    try {
      while (!awaited.isEmpty()) {
        Host.VmStarted started = outcomes.take();
        awaited.remove(started.vm());
        if (started.answer() instanceof Answer.Refused(String reason)) {
          refusals.add(reason);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!refusals.isEmpty() && refusals.size() == deployment.machines().size()) {
      engine.close();
      Runtime.getRuntime().halt(ExitStatus.USAGE);
    }
  }

  /** Where the ports of a VM are that has been turned on, or why it has not. */
  private void report(Host.VmStarted started) {
    if (started.answer() instanceof Answer.Refused(String reason)) {
      System.err.printf("troupe: %s: %s%n", started.vm(), reason);
      return;
    }
    deployment.machines().stream()
        .filter(configuration -> configuration.name().equals(started.vm()))
        .forEach(
            configuration ->
                configuration
                    .serial()
                    .forEach((port, connection) -> tell(started.vm(), port, connection)));
  }

  private void tell(String vm, int port, PortConnection connection) {
    switch (connection) {
      case PortConnection.Unix(var socket) ->
          out.printf("%s: COM%d is at unix:%s%n", vm, port + 1, socket);
      case PortConnection.Tcp(String host, int number) ->
          out.printf("%s: COM%d is at tcp:%s:%d%n", vm, port + 1, host, number);
      case PortConnection.ToFile(var file, boolean _) ->
          out.printf("%s: COM%d goes to %s%n", vm, port + 1, file);
      case PortConnection.Stdio _, PortConnection.Nothing _ -> {}
    }
  }

  private void report(Event event) {
    out.printf("%s: %s%n", event.vm(), event.text());
  }
}
