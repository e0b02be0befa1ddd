/**
 * One VM: {@link troupe.engine.vm.VirtualMachine} is its power state machine, which supervises the
 * processor and one actor for each device of a {@link troupe.engine.vm.GuestMachine}.
 */
package troupe.engine.vm;
