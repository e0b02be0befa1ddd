package troupe.engine.vm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.diskio.DiskChannel;
import troupe.diskio.ImageGeometry;
import troupe.diskio.SharedImage;

/**
 * An image of the host that has been opened, and the channel that owns it.
 *
 * @param sectors size in sectors of {@code sectorSize} bytes
 * @param geometry that the format records, if it does
 * @param warnings lines that the user should see
 * @param shared what can be done without the channel
 */
public record OpenedImage(
    Path file,
    int sectorSize,
    long sectors,
    boolean readOnly,
    Optional<ImageGeometry> geometry,
    List<String> warnings,
    SharedImage shared,
    ActorRef<DiskChannel.Command> channel) {}
