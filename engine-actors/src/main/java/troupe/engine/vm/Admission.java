package troupe.engine.vm;

import org.apache.pekko.actor.typed.ActorRef;
import troupe.scheduler.Entitlement;

/** What a VM asks of the host before and after it is on. */
public sealed interface Admission {
  /** May the VM be turned on, with so much memory and CPU? */
  record Request(String vm, int memoryMib, Entitlement entitlement, ActorRef<Answer> replyTo)
      implements Admission {}

  /** The VM is off: what it had is free again. */
  record Release(String vm) implements Admission {}
}
