package troupe.engine.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.diskio.DiskChannel;
import troupe.diskio.DiskImage;
import troupe.diskio.HostCache;
import troupe.diskio.HostSpace;
import troupe.diskio.ImageException;
import troupe.diskio.ImageFile;
import troupe.diskio.ImageUse;
import troupe.engine.vm.Images;
import troupe.engine.vm.OpenedImage;

/**
 * The images that are open on this host: one I/O channel for each. Opening blocks, so this actor
 * runs where the channels do.
 */
final class Disks {
  private Disks() {}

  static Behavior<Images> create() {
    return Behaviors.supervise(
            Behaviors.<Images>receive(
                (context, message) -> {
                  switch (message) {
                    case Images.Open(
                            Path file,
                            ImageUse use,
                            HostCache cache,
                            ActorRef<DiskChannel.Space> space,
                            ActorRef<Images.Outcome> replyTo) ->
                        replyTo.tell(open(context, file, use, cache, space));
                  }
                  return Behaviors.same();
                }))
        .onFailure(SupervisorStrategy.resume());
  }

  private static Images.Outcome open(
      ActorContext<Images> context,
      Path file,
      ImageUse use,
      HostCache cache,
      ActorRef<DiskChannel.Space> space) {
    try {
      DiskImage image = ImageFile.open(file, use, ImageFile.Access.READ_WRITE);
      List<String> warnings = new ArrayList<>(image.warnings());
      if (cache == HostCache.BYPASS) {
        image.bypassHostCache().ifPresent(warnings::add);
      }
      warnings.forEach(warning -> context.getLog().warn("{}", warning));
      HostSpace room = HostSpace.of(file, context.getSystem().settings().config());
      return new Images.Outcome.Opened(
          new OpenedImage(
              file,
              image.sectorSize(),
              image.sectors(),
              image.readOnly(),
              image.geometry(),
              warnings,
              context.spawnAnonymous(
                  DiskChannel.create(image, room, space), DiskChannel.dispatcher())));
    } catch (ImageException e) {
      return new Images.Outcome.Refused(e.getMessage());
    }
  }
}
