package troupe.engine.vm;

import java.util.Optional;

/**
 * What can be said of a VM at a moment.
 *
 * @param instructions executed since it was turned on, or by its last run
 * @param virtualNanos guest time since it was turned on, or of its last run
 * @param lastEnd why it is off, if it has been on
 */
public record Status(
    String name,
    PowerState state,
    int memoryMib,
    long instructions,
    long virtualNanos,
    Optional<End> lastEnd) {}
