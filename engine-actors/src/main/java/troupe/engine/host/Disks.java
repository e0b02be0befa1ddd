package troupe.engine.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import troupe.diskio.DiskChannel;
import troupe.diskio.DiskImage;
import troupe.diskio.HostCache;
import troupe.diskio.HostSpace;
import troupe.diskio.ImageException;
import troupe.diskio.ImageFile;
import troupe.diskio.SharedImage;
import troupe.engine.vm.Images;
import troupe.engine.vm.OpenedImage;

/**
 * The images that are open on this host: one I/O channel for each. Opening blocks, so this actor
 * runs where the channels do.
 */
final class Disks extends AbstractBehavior<Images> {
  private record Channel(ActorRef<?> owner, Path file) {}

  private final Map<ActorRef<DiskChannel.Command>, Channel> open = new HashMap<>();

  /** Of those, the ones whose owner has ended. */
  private final Set<ActorRef<DiskChannel.Command>> left = new HashSet<>();

  /** For images that such channels still have. */
  private final List<Images.Open> waiting = new ArrayList<>();

  static Behavior<Images> create() {
    return Behaviors.supervise(Behaviors.<Images>setup(Disks::new))
        .onFailure(SupervisorStrategy.resume());
  }

  private Disks(ActorContext<Images> context) {
    super(context);
  }

  @Override
  public Receive<Images> createReceive() {
    return newReceiveBuilder()
        .onMessage(Images.class, this::onMessage)
        .onSignal(Terminated.class, this::onChannelEnded)
        .build();
  }

  private Behavior<Images> onMessage(Images message) {
    switch (message) {
      case Images.Open request when left.stream().map(open::get).anyMatch(has(request)) ->
          waiting.add(request);
      case Images.Open request -> request.replyTo().tell(open(request));
      case Images.OwnerEnded(ActorRef<?> owner) ->
          open.forEach(
              (channel, of) -> {
                if (of.owner.equals(owner) && left.add(channel)) {
                  channel.tell(new DiskChannel.Close(0, getContext().getSystem().ignoreRef()));
                }
              });
    }
    return this;
  }

  private Behavior<Images> onChannelEnded(Terminated ended) {
    open.keySet().removeIf(ended.getRef()::equals);
    left.removeIf(ended.getRef()::equals);
    List<Images.Open> again = List.copyOf(waiting);
    waiting.clear();
    again.forEach(this::onMessage);
    return this;
  }

  private static Predicate<Channel> has(Images.Open request) {
    return channel -> channel.file.equals(request.file());
  }

  private Images.Outcome open(Images.Open request) {
    ActorContext<Images> context = getContext();
    Path file = request.file();
    try {
      DiskImage image = ImageFile.open(file, request.use(), ImageFile.Access.READ_WRITE);
      List<String> warnings = new ArrayList<>(image.warnings());
      if (request.cache() == HostCache.BYPASS) {
        image.bypassHostCache().ifPresent(warnings::add);
      }
      warnings.forEach(warning -> context.getLog().warn("{}", warning));
      image.prepareCachedReads();
      SharedImage shared = new SharedImage(image);
      HostSpace room = HostSpace.of(file, context.getSystem().settings().config());
      ActorRef<DiskChannel.Command> channel =
          context.spawnAnonymous(
              DiskChannel.create(shared, room, request.space()), DiskChannel.dispatcher());
      context.watch(channel);
      open.put(channel, new Channel(request.owner(), file));
      context.watchWith(request.owner(), new Images.OwnerEnded(request.owner()));
      return new Images.Outcome.Opened(
          new OpenedImage(
              file,
              image.sectorSize(),
              image.sectors(),
              image.readOnly(),
              image.geometry(),
              warnings,
              shared,
              channel));
    } catch (ImageException e) {
      return new Images.Outcome.Refused(e.getMessage());
    }
  }
}
