package troupe.engine.vm;

import java.util.Optional;
import troupe.scheduler.Entitlement;
import troupe.scheduler.Usage;

/**
 * What can be said of a VM at a moment.
 *
 * @param codeBytes of memory that its code takes, decoded and translated, or took last
 * @param instructions executed since it was turned on, or by its last run
 * @param virtualNanos guest time since it was turned on, or of its last run
 * @param usage host CPU time since it was turned on; nothing while it is off
 * @param disk what its drives have moved since it was turned on, or in its last run
 * @param network what its adapters have moved, as the drives
 * @param lastEnd why it is off, if it has been on
 */
public record Status(
    String name,
    PowerState state,
    int memoryMib,
    long codeBytes,
    long instructions,
    long virtualNanos,
    Entitlement entitlement,
    Usage usage,
    DiskTraffic disk,
    NetworkTraffic network,
    Optional<End> lastEnd) {}
