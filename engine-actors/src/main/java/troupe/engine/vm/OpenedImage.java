package troupe.engine.vm;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.diskio.DiskChannel;
import troupe.diskio.ImageGeometry;

/**
 * An image of the host that has been opened, and the channel that owns it.
 *
 * @param sectors size in sectors of {@code sectorSize} bytes
 * @param geometry what the image's format records, if it does
 */
public record OpenedImage(
    Path file,
    int sectorSize,
    long sectors,
    boolean readOnly,
    Optional<ImageGeometry> geometry,
    ActorRef<DiskChannel.Command> channel) {}
