package troupe.cli;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.board.Machine;
import troupe.cli.script.BadScriptException;
import troupe.cli.script.Screenshots;
import troupe.cli.script.Script;
import troupe.cli.script.ScriptReader;
import troupe.cli.script.ScriptRunner;
import troupe.engine.channel.Lines;
import troupe.engine.channel.Reasons;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.host.Engine;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.vm.Answer;
import troupe.engine.vm.End;
import troupe.engine.vm.Event;
import troupe.engine.vm.Screen;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.processor.translator.RegionStore;

/** One PC from power-on until it ends, by itself or by what the user said. */
final class OneRun {
  private static final String NAME = "guest";

  /**
   * What Pekko sets up at the start, above all the serializers of remoting, which is not used here;
   * what is needed after all is set up then.
   */
  private static final String EXTENSIONS = "pekko.library-extensions";

  /** How the run ended. */
  private record Outcome(int status, Optional<String> message) {}

  private final PcOptions pc;
  private final RunOptions options;
  private final Machines machines;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  OneRun(PcOptions pc, RunOptions options, Machines machines) {
    this.pc = pc;
    this.options = options;
    this.machines = machines;
  }

  /** The status to exit with. */
  int run() throws UsageException {
    VmConfiguration configuration = pc.configuration(NAME);
    Optional<Script> script = readScript();
    checkOutput("--screenshot", options.screenshot);
    checkOutput("--stats", options.stats);
    if (options.maxSeconds != null && !(options.maxSeconds > 0)) {
      throw new UsageException("--max-seconds must be more than 0");
    }
    try (Terminal terminal = Terminal.open(usesStdio(configuration), this::userQuits)) {
      Engine engine =
          Engine.start(
              new HostSettings(
                  Runtime.getRuntime().availableProcessors(),
                  HostSettings.processMemoryMib(),
                  new Lines(Optional.of(terminal::line)),
                  machines.factory()),
              ConfigFactory.parseMap(Map.of(EXTENSIONS, List.of())));
      Thread interrupted = new Thread(() -> stop(engine, terminal), "interrupted");
      Runtime.getRuntime().addShutdownHook(interrupted);
      engine.host().tell(new Host.WatchEvents(engine.spawn(warnings(terminal), "warnings")));
      try (engine) {
        return run(engine, configuration, script, terminal);
      } finally {
        forget(interrupted);
      }
    }
  }

  private int run(
      Engine engine, VmConfiguration configuration, Optional<Script> script, Terminal terminal)
      throws UsageException {
    Host.VmCreated created =
        engine.ask(engine.host(), replyTo -> new Host.CreateVm(configuration, replyTo));
    if (!(created instanceof Host.VmCreated.Created(ActorRef<VirtualMachine.Command> vm))) {
      throw new IllegalStateException("a new host has a VM already");
    }
    vm.tell(
        new VirtualMachine.WatchEnd(
            engine.spawn(
                Behaviors.setup(
                    context -> {
                      context.watch(vm);
                      return Behaviors.receive(End.class)
                          .onMessage(
                              End.class,
                              end -> {
                                outcome.complete(new Outcome(ExitStatus.of(end), message(end)));
                                return Behaviors.same();
                              })
                          .onSignal(
                              Terminated.class,
                              _ -> {
                                outcome.complete(
                                    new Outcome(
                                        ExitStatus.FAILED, Optional.of("the engine failed")));
                                return Behaviors.stopped();
                              })
                          .build();
                    }),
                "end")));
    Optional<ActorRef<ScriptRunner.Command>> runner =
        script.map(
            steps -> engine.spawn(ScriptRunner.create(steps, vm, this::scriptEnded), "script"));
    Answer answer = engine.ask(vm, VirtualMachine.TurnOn::new);
    if (answer instanceof Answer.Refused(String reason)) {
      throw new UsageException(reason);
    }
    runner.ifPresent(actor -> actor.tell(ScriptRunner.Start.INSTANCE));
    if (options.maxSeconds != null) {
      Duration longest = Duration.ofMillis(Math.round(options.maxSeconds * 1000));
      CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
          .execute(
              () ->
                  outcome.complete(
                      new Outcome(ExitStatus.TOO_LONG, Optional.of("--max-seconds passed"))));
    }
    Outcome result = outcome.join();
    Answer _ = engine.ask(vm, VirtualMachine.TurnOff::new);
    terminal.restore();
    result.message.ifPresent(message -> System.err.println("troupe run: " + message));
    return leaveResults(engine, vm) ? result.status : ExitStatus.USAGE;
  }

  /** Says what happens to the PC that its user may have to do something about. */
  private static Behavior<Event> warnings(Terminal terminal) {
    return Behaviors.receiveMessage(
        event -> {
          switch (event.kind()) {
            case DISK_WARNING,
                DISK_SPACE_WARNING,
                DISK_SPACE_ERROR,
                DISK_SPACE_BACK,
                PAUSED,
                RESUMED,
                UNDO_KEPT,
                NOT_RESPONDING ->
                terminal.say("troupe run: " + event.text());
            case TURNED_ON,
                RESTORED,
                SAVED,
                NOT_SAVED,
                SAVED_STATE_DISCARDED,
                REMOVED,
                RESET,
                TRIPLE_FAULT,
                TURNED_OFF,
                POWERED_OFF,
                FAILED -> {}
          }
          return Behaviors.same();
        });
  }

  private static Optional<String> message(End end) {
    return switch (end.cause()) {
      case TRIPLE_FAULT, FAILED -> Optional.of(end.detail());
      case POWERED_OFF, RESET, EXIT_PORT, TURNED_OFF, SAVED -> Optional.empty();
    };
  }

  private void scriptEnded(ScriptRunner.Outcome ended) {
    switch (ended) {
      case ScriptRunner.Outcome.Finished _ -> {}
      case ScriptRunner.Outcome.Quit _ ->
          outcome.complete(new Outcome(ExitStatus.OK, Optional.empty()));
      case ScriptRunner.Outcome.TimedOut(String message) ->
          outcome.complete(new Outcome(ExitStatus.TIMED_OUT, Optional.of(message)));
      case ScriptRunner.Outcome.Failed(String message) ->
          outcome.complete(new Outcome(ExitStatus.USAGE, Optional.of(message)));
    }
  }

  private void userQuits() {
    outcome.complete(new Outcome(ExitStatus.OK, Optional.empty()));
  }

  /** Ctrl-C or a termination signal: what the guest flushed is kept, channels are closed. */
  private static void stop(Engine engine, Terminal terminal) {
    terminal.restore();
    engine.close();
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already: the hook does its work.
    }
  }

  private static boolean usesStdio(VmConfiguration configuration) {
    return configuration.serial().values().stream().anyMatch(PortConnection.Stdio.class::isInstance)
        || configuration.parallel().filter(PortConnection.Stdio.class::isInstance).isPresent();
  }

  private Optional<Script> readScript() throws UsageException {
    if (options.script == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ScriptReader.read(options.script, pc.cdSlot()));
    } catch (IOException | BadScriptException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** A file that is written at the end should be known to be impossible at the start. */
  private static void checkOutput(String option, Path file) throws UsageException {
    if (file == null) {
      return;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new UsageException(option + ": " + file + ": is a directory");
    }
    if (directory == null || !Files.isDirectory(directory)) {
      throw new UsageException(option + ": " + file + ": there is no such directory");
    }
  }

  private boolean leaveResults(Engine engine, ActorRef<VirtualMachine.Command> vm) {
    try {
      if (options.screenshot != null) {
        Optional<Screen> screen = engine.ask(vm, VirtualMachine.ReadScreen::new);
        if (screen.isEmpty()) {
          throw new IOException(options.screenshot + ": there is no screen to write");
        }
        Screenshots.write(screen.get(), options.screenshot);
      }
      if (options.stats != null) {
        Status status = engine.ask(vm, VirtualMachine.ReadStatus::new);
        writeStats(status);
      }
      return true;
    } catch (IOException e) {
      System.err.println("troupe run: " + e.getMessage());
      return false;
    }
  }

  private void writeStats(Status status) throws IOException {
    long cpuNanos =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    RegionStore.Counters translation = machines.translation();
    String json =
        String.format(
            Locale.ROOT,
            """
            {
              "guest_instructions": %d,
              "guest_seconds": %.6f,
              "host_cpu_seconds": %.6f,
              "translated_regions": %d,
              "translation_seconds": %.6f,
              "translation_queue": %d,
              "translation_threshold": %d,
              "largest_method_bytes": %d,
              "code_bytes": %d,
              "most_code_bytes": %d
            }
            """,
            status.instructions(),
            status.virtualNanos() / 1e9,
            cpuNanos / 1e9,
            translation.regions(),
            translation.nanos() / 1e9,
            translation.queue(),
            translation.threshold(),
            translation.largest(),
            status.codeBytes(),
            Machine.MOST_CODE_BYTES);
    try {
      Files.writeString(options.stats, json);
    } catch (IOException e) {
      throw new IOException(options.stats + ": cannot be written (" + Reasons.of(e) + ")", e);
    }
  }
}
