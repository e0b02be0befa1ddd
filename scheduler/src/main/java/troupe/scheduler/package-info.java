/**
 * CPU scheduling of virtual machines: {@link troupe.scheduler.SchedulingPolicy} decides, {@link
 * troupe.scheduler.Scheduler} is the actor that grants slices by it.
 */
package troupe.scheduler;
