package troupe.engine.vm;

import java.nio.file.Path;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.diskio.DiskChannel;

/**
 * An image of the host that has been opened, and the channel that owns it.
 *
 * @param sectors size in sectors of {@code sectorSize} bytes
 * @param warnings lines that the user should see
 */
public record OpenedImage(
    Path file,
    int sectorSize,
    long sectors,
    boolean readOnly,
    List<String> warnings,
    ActorRef<DiskChannel.Command> channel) {}
