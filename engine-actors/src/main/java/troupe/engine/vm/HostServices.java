package troupe.engine.vm;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.engine.channel.Lines;
import troupe.engine.thread.VmThreads;
import troupe.scheduler.AlarmClock;
import troupe.scheduler.Scheduler;

/**
 * What the host gives to each of its VMs.
 *
 * @param savedStates directory of saved states; empty if this host keeps none
 */
public record HostServices(
    ActorRef<Scheduler.Command> scheduler,
    ActorRef<Admission> admission,
    ActorRef<Event> events,
    ActorRef<Images> images,
    VmThreads threads,
    AlarmClock alarms,
    Lines lines,
    Optional<Path> savedStates,
    GuestMachineFactory machines) {}
