package troupe.scheduler;

/**
 * Where a VM's time went, in nanoseconds since it was added.
 *
 * @param used host CPU time charged
 * @param waited wanted a CPU and others had them
 * @param capped wanted a CPU and had used up its maximum
 */
public record Usage(long used, long waited, long capped) {}
