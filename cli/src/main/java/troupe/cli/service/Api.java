package troupe.cli.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.stream.typed.javadsl.ActorSource;
import troupe.client.protocol.HostInfo;
import troupe.client.protocol.Message;
import troupe.client.protocol.Reply;
import troupe.client.protocol.Request;
import troupe.client.protocol.SerialBytes;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmEvent;
import troupe.client.protocol.VmInfo;
import troupe.engine.channel.LineChannel;
import troupe.engine.configuration.VmFiles;
import troupe.engine.host.EventLog;
import troupe.engine.host.Host;
import troupe.engine.host.HostSettings;
import troupe.engine.vm.Answer;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.Status;
import troupe.engine.vm.VirtualMachine;
import troupe.scheduler.Scheduler;

/**
 * The actor that clients talk to: passes their requests to the host and its VMs, and answers when
 * these have. No VM that hangs holds another's answers up, and no request that fails ends it.
 */
public final class Api {
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);
  private static final Duration LONGEST_ACTION = Duration.ofSeconds(80);

  /** Events sent to a client at once. */
  private static final int MOST_EVENTS = 100;

  /** Pieces of serial output kept for a client. */
  private static final int MOST_OUTPUT = 1000;

  private final HostSettings settings;
  private final String version;
  private final ActorRef<Host.Command> host;
  private final ActorRef<Registrar.Command> registrar;
  private final ActorSystem<?> system;

  private Api(
      ActorContext<Request> context,
      HostSettings settings,
      String version,
      VmFiles files,
      ActorRef<Host.Command> host) {
    this.settings = settings;
    this.version = version;
    this.host = host;
    this.system = context.getSystem();
    this.registrar =
        context.spawn(Registrar.create(files, host), "registrar", LineChannel.DISPATCHER);
  }

  public static Behavior<Request> create(
      HostSettings settings, String version, VmFiles files, ActorRef<Host.Command> host) {
    return Behaviors.supervise(
            Behaviors.<Request>setup(
                context -> {
                  Api api = new Api(context, settings, version, files, host);
                  return Behaviors.receiveMessage(
                      request -> {
                        api.handle(request);
                        return Behaviors.same();
                      });
                }))
        .onFailure(SupervisorStrategy.resume());
  }

  private void handle(Request request) {
    switch (request) {
      case Request.Hello(int spoken, ActorRef<Reply> replyTo) when spoken != Message.VERSION ->
          replyTo.tell(
              new Reply.Refused(
                  "this daemon speaks version %d of the protocol, not %d"
                      .formatted(Message.VERSION, spoken)));
      case Request.Hello(int _, ActorRef<Reply> replyTo) -> answer(host(), replyTo);
      case Request.ReadHost(ActorRef<Reply> replyTo) -> answer(host(), replyTo);
      case Request.ListVms(ActorRef<Reply> replyTo) ->
          answer(infos(_ -> true).thenApply(Reply.Vms::new), replyTo);
      case Request.ShowVm(String vm, ActorRef<Reply> replyTo) ->
          answer(
              infos(vm::equals)
                  .thenApply(list -> list.isEmpty() ? unknown(vm) : new Reply.Vms(list)),
              replyTo);
      case Request.CreateVm(String vm, String configuration, ActorRef<Reply> replyTo) ->
          registrar.tell(new Registrar.Create(vm, configuration, replyTo));
      case Request.SetVm(String vm, Map<String, String> changes, ActorRef<Reply> replyTo) ->
          registrar.tell(new Registrar.Set(vm, changes, replyTo));
      case Request.ControlVm(String vm, VmAction action, ActorRef<Reply> replyTo)
          when action == VmAction.REMOVE ->
          registrar.tell(new Registrar.Remove(vm, replyTo));
      case Request.ControlVm(String vm, VmAction action, ActorRef<Reply> replyTo) ->
          withVm(
              vm,
              replyTo,
              found ->
                  AskPattern.<VirtualMachine.Command, Answer>ask(
                          found,
                          answerTo -> command(action).apply(answerTo),
                          LONGEST_ACTION,
                          system.scheduler())
                      .thenApply(Replies::of));
      case Request.WatchEvents(long after, ActorRef<Reply> replyTo) ->
          replyTo.tell(new Reply.Events(events(after).runWith(StreamRefs.sourceRef(), system)));
      case Request.WatchSerial(String vm, int port, ActorRef<Reply> replyTo) ->
          withVm(vm, replyTo, found -> CompletableFuture.completedStage(serial(found, port)));
      case Request.SendSerial(String vm, int port, byte[] bytes, ActorRef<Reply> replyTo) ->
          withVm(
              vm,
              replyTo,
              found ->
                  AskPattern.<VirtualMachine.Command, Answer>ask(
                          found,
                          answerTo -> new VirtualMachine.SendSerial(port, bytes, answerTo),
                          LONGEST_ACTION,
                          system.scheduler())
                      .thenApply(Replies::of));
    }
  }

  private static Reply unknown(String vm) {
    return new Reply.Refused("there is no VM named " + vm);
  }

  private static void answer(CompletionStage<? extends Reply> stage, ActorRef<Reply> replyTo) {
    stage.whenComplete(
        (reply, failure) ->
            replyTo.tell(failure == null ? reply : new Reply.Refused("no answer in time")));
  }

  private void withVm(
      String vm,
      ActorRef<Reply> replyTo,
      Function<ActorRef<VirtualMachine.Command>, CompletionStage<Reply>> action) {
    answer(
        this.<Host.Found>ask(answerTo -> new Host.FindVm(vm, answerTo))
            .thenCompose(
                found ->
                    found
                        .vm()
                        .map(action)
                        .orElseGet(() -> CompletableFuture.completedStage(unknown(vm)))),
        replyTo);
  }

  private static Function<ActorRef<Answer>, VirtualMachine.Command> command(VmAction action) {
    return switch (action) {
      case TURN_ON -> VirtualMachine.TurnOn::new;
      case PAUSE -> VirtualMachine.Pause::new;
      case RESUME -> VirtualMachine.Resume::new;
      case SAVE -> VirtualMachine.Save::new;
      case RESTORE -> VirtualMachine.Restore::new;
      case DISCARD_SAVED_STATE -> VirtualMachine.DiscardSavedState::new;
      case SHUT_DOWN -> VirtualMachine.PowerButton::new;
      case TURN_OFF -> VirtualMachine.TurnOff::new;
      case RESET -> VirtualMachine.Reset::new;
      case REMOVE -> throw new IllegalArgumentException("removing is the registrar's");
    };
  }

  private <R> CompletionStage<R> ask(Function<ActorRef<R>, Host.Command> message) {
    return AskPattern.ask(host, message::apply, LONGEST_LOOK, system.scheduler());
  }

  // ---- What there is

  private CompletionStage<Reply> host() {
    return this.<Host.VmList>ask(Host.ListVms::new)
        .thenCombine(
            this.<EventLog.Latest>ask(Host.ReadLatestEvent::new),
            (vms, latest) ->
                new Reply.Host(
                    new HostInfo(
                        version,
                        settings.cpus(),
                        settings.memoryMib(),
                        vms.byName().size(),
                        latest.number())));
  }

  private CompletionStage<List<VmInfo>> infos(Function<String, Boolean> wanted) {
    CompletionStage<Scheduler.Accounts> accounts = ask(Host.ReadAccounts::new);
    return this.<Host.VmList>ask(Host.ListVms::new)
        .thenCombine(
            accounts,
            (vms, all) -> {
              CompletionStage<List<VmInfo>> result =
                  CompletableFuture.completedStage(new ArrayList<>());
              for (Map.Entry<String, ActorRef<VirtualMachine.Command>> vm :
                  vms.byName().entrySet()) {
                if (wanted.apply(vm.getKey())) {
                  result = result.thenCombine(info(vm.getKey(), vm.getValue(), all), with());
                }
              }
              return result;
            })
        .thenCompose(Function.identity());
  }

  private static BiFunction<List<VmInfo>, VmInfo, List<VmInfo>> with() {
    return (list, info) -> {
      list.add(info);
      return list;
    };
  }

  private CompletionStage<VmInfo> info(
      String name, ActorRef<VirtualMachine.Command> vm, Scheduler.Accounts accounts) {
    return AskPattern.<VirtualMachine.Command, Status>ask(
            vm, VirtualMachine.ReadStatus::new, LONGEST_LOOK, system.scheduler())
        .thenApply(status -> Replies.of(status, accounts.byVm().get(name)))
        .exceptionally(_ -> Replies.silent(name));
  }

  // ---- Streams

  /** Reads the log on as the client takes what was sent: nothing is kept for one that is slow. */
  private Source<VmEvent, NotUsed> events(long after) {
    return Source.unfoldAsync(
            after,
            last ->
                AskPattern.<Host.Command, EventLog.Entries>ask(
                        host,
                        replyTo -> new Host.ReadEventsAfter(last, MOST_EVENTS, replyTo),
                        EventLog.LONGEST_WAIT.plus(LONGEST_LOOK),
                        system.scheduler())
                    .thenApply(
                        entries -> {
                          List<EventLog.Entry> list = entries.entries();
                          long next = list.isEmpty() ? last : list.getLast().number();
                          return Optional.of(Pair.create(next, list));
                        }))
        .mapConcat(list -> list)
        .map(
            entry ->
                new VmEvent(
                    entry.number(),
                    entry.at(),
                    entry.event().vm(),
                    entry.event().kind().word(),
                    entry.event().text()));
  }

  private Reply serial(ActorRef<VirtualMachine.Command> vm, int port) {
    Pair<ActorRef<SerialOutput>, Source<SerialOutput, NotUsed>> output =
        ActorSource.<SerialOutput>actorRef(
                _ -> false, _ -> Optional.empty(), MOST_OUTPUT, OverflowStrategy.dropHead())
            .preMaterialize(system);
    vm.tell(new VirtualMachine.WatchSerial(port, output.first()));
    return new Reply.Serial(
        output
            .second()
            .map(bytes -> new SerialBytes(bytes.bytes()))
            .runWith(StreamRefs.sourceRef(), system));
  }
}
