package troupe.cli.service;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.protocol.Reply;
import troupe.engine.configuration.BadConfigurationException;
import troupe.engine.configuration.VmFiles;
import troupe.engine.host.Host;
import troupe.engine.vm.Answer;

/**
 * Makes, changes and removes VMs, one after another: first in their files, then in the host; what
 * the host refuses is taken back. It blocks, so it runs where channels do.
 */
final class Registrar {
  sealed interface Command {}

  record Create(String vm, String configuration, ActorRef<Reply> replyTo) implements Command {}

  record Set(String vm, Map<String, String> changes, ActorRef<Reply> replyTo) implements Command {}

  record Remove(String vm, ActorRef<Reply> replyTo) implements Command {}

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final VmFiles files;
  private final ActorRef<Host.Command> host;
  private final ActorSystem<?> system;

  private Registrar(VmFiles files, ActorRef<Host.Command> host, ActorSystem<?> system) {
    this.files = files;
    this.host = host;
    this.system = system;
  }

  static Behavior<Command> create(VmFiles files, ActorRef<Host.Command> host) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(
                context -> {
                  Registrar registrar = new Registrar(files, host, context.getSystem());
                  return Behaviors.receiveMessage(
                      command -> {
                        registrar.handle(command);
                        return Behaviors.same();
                      });
                }))
        .onFailure(SupervisorStrategy.resume());
  }

  private void handle(Command command) {
    switch (command) {
      case Create(String vm, String configuration, ActorRef<Reply> replyTo) ->
          replyTo.tell(change(() -> files.create(vm, configuration), this::register));
      case Set(String vm, Map<String, String> changes, ActorRef<Reply> replyTo) ->
          replyTo.tell(known(vm) ? change(() -> files.set(vm, changes), this::configure) : no(vm));
      case Remove(String vm, ActorRef<Reply> replyTo) -> replyTo.tell(remove(vm));
    }
  }

  @FunctionalInterface
  private interface Step {
    VmFiles.Change run() throws BadConfigurationException;
  }

  private static Reply change(Step step, Function<VmFiles.Change, Reply> apply) {
    VmFiles.Change change;
    try {
      change = step.run();
    } catch (BadConfigurationException e) {
      return new Reply.Refused(e.getMessage());
    }
    Reply reply = apply.apply(change);
    if (reply instanceof Reply.Refused(String reason)) {
      try {
        change.undo();
      } catch (IOException e) {
        return new Reply.Refused(
            reason + "; and " + change.file() + " keeps it: " + e.getMessage());
      }
    }
    return reply;
  }

  private Reply register(VmFiles.Change change) {
    Host.VmCreated created =
        this.<Host.VmCreated>ask(replyTo -> new Host.CreateVm(change.configuration(), replyTo));
    return switch (created) {
      case Host.VmCreated.Created _ -> new Reply.Done();
      case Host.VmCreated.Refused(String reason) -> new Reply.Refused(reason);
      case null -> new Reply.Refused("the host does not answer");
    };
  }

  private Reply configure(VmFiles.Change change) {
    return Replies.of(
        this.<Answer>ask(replyTo -> new Host.ConfigureVm(change.configuration(), replyTo)));
  }

  private boolean known(String vm) {
    Host.Found found = this.<Host.Found>ask(replyTo -> new Host.FindVm(vm, replyTo));
    return found != null && found.vm().isPresent();
  }

  private static Reply no(String vm) {
    return new Reply.Refused("there is no VM named " + vm);
  }

  private Reply remove(String vm) {
    Reply reply = Replies.of(this.<Answer>ask(replyTo -> new Host.RemoveVm(vm, replyTo)));
    if (reply instanceof Reply.Done) {
      try {
        files.retire(vm);
      } catch (IOException e) {
        return new Reply.Refused(
            vm + " is removed until the daemon's next start: " + e.getMessage());
      }
    }
    return reply;
  }

  /** Null if the host does not answer. */
  private <R> R ask(Function<ActorRef<R>, Host.Command> message) {
    try {
      return AskPattern.<Host.Command, R>ask(host, message::apply, LONGEST, system.scheduler())
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      return null;
    }
  }
}
