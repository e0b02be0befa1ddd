package troupe.engine.host;

import java.io.IOException;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;

/** Keeps the list of the VMs that are on. It blocks, so it runs where channels do. */
final class RunningKeeper {
  sealed interface Command {}

  record Write(Set<String> names) implements Command {
    Write {
      names = Set.copyOf(names);
    }
  }

  /** Asks for the list as it was when this host began. */
  record ReadLast(ActorRef<Host.Names> replyTo) implements Command {}

  private RunningKeeper() {}

  static Behavior<Command> create(RunningList list) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(
                context -> keeping(list, read(list, context.getLog()), context.getLog())))
        .onFailure(SupervisorStrategy.resume());
  }

  private static Behavior<Command> keeping(RunningList list, Set<String> last, Logger log) {
    return Behaviors.receiveMessage(
        command -> {
          switch (command) {
            case Write(Set<String> names) -> write(list, names, log);
            case ReadLast(ActorRef<Host.Names> replyTo) -> replyTo.tell(new Host.Names(last));
          }
          return Behaviors.same();
        });
  }

  private static Set<String> read(RunningList list, Logger log) {
    try {
      return list.read();
    } catch (IOException e) {
      log.warn("the list of VMs that were on cannot be read: {}", e.toString());
      return Set.of();
    }
  }

  private static void write(RunningList list, Set<String> names, Logger log) {
    try {
      list.write(names);
    } catch (IOException e) {
      log.warn("the list of running VMs cannot be written: {}", e.toString());
    }
  }
}
