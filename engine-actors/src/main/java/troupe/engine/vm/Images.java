package troupe.engine.vm;

import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.diskio.DiskChannel;
import troupe.diskio.HostCache;
import troupe.diskio.ImageUse;

/** What a VM asks of the host's disks. */
public sealed interface Images {
  /**
   * Opens an image. Whoever asked closes it, through its channel; it is closed too when the owner
   * ends without that.
   *
   * @param owner the VM whose drive it is for
   * @param cache whether transfers go through the host's cache, where that can be chosen
   * @param space told when the host runs out of room for the image, and when that is over
   */
  record Open(
      ActorRef<?> owner,
      Path file,
      ImageUse use,
      HostCache cache,
      ActorRef<DiskChannel.Space> space,
      ActorRef<Outcome> replyTo)
      implements Images {}

  /**
   * The VM's actor has ended: what it has left open is closed, and what asks for these images from
   * now on waits for that.
   */
  record OwnerEnded(ActorRef<?> owner) implements Images {}

  /** What came of {@link Open}. */
  sealed interface Outcome {
    record Opened(OpenedImage image) implements Outcome {}

    /** One line that names the file and what is wrong with it. */
    record Refused(String reason) implements Outcome {}
  }
}
