package troupe.client.protocol;

import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/** What a client asks of the daemon. Each request is answered once. */
public sealed interface Request extends Message {
  ActorRef<Reply> replyTo();

  /** The first of a client. Answered with {@link Reply.Host}, or refused if versions differ. */
  record Hello(int version, ActorRef<Reply> replyTo) implements Request {}

  /** Answered with {@link Reply.Host}. */
  record ReadHost(ActorRef<Reply> replyTo) implements Request {}

  /** Answered with {@link Reply.Vms}. */
  record ListVms(ActorRef<Reply> replyTo) implements Request {}

  /** Answered with {@link Reply.Vms} of one. */
  record ShowVm(String vm, ActorRef<Reply> replyTo) implements Request {}

  /**
   * Makes a VM and the folder of its configuration.
   *
   * @param configuration HOCON, as a VM's section of a deployment; relative file names start at the
   *     VM's folder on the daemon's host
   */
  record CreateVm(String vm, String configuration, ActorRef<Reply> replyTo) implements Request {}

  /**
   * Changes a VM's configuration for good: CPU resources and host actions at any time, the rest
   * while it is off. All changes are made or none.
   *
   * @param changes HOCON values by key, such as {@code cpu.weight}
   */
  record SetVm(String vm, Map<String, String> changes, ActorRef<Reply> replyTo) implements Request {
    public SetVm {
      changes = Map.copyOf(changes);
    }
  }

  record ControlVm(String vm, VmAction action, ActorRef<Reply> replyTo) implements Request {}

  /**
   * Answered with {@link Reply.Events}.
   *
   * @param after number of the last event that the client has; it gets those after it that the
   *     daemon still has, and all to come
   */
  record WatchEvents(long after, ActorRef<Reply> replyTo) implements Request {}

  /**
   * Answered with {@link Reply.Serial}: what the guest sends from now on. A client that does not
   * take it fast enough loses what is oldest.
   *
   * @param port 0 is COM1
   */
  record WatchSerial(String vm, int port, ActorRef<Reply> replyTo) implements Request {}

  record SendSerial(String vm, int port, byte[] bytes, ActorRef<Reply> replyTo)
      implements Request {}
}
