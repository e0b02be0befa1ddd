/** The host supervisor: registry of VMs, admission, the event log, start and stop. */
package troupe.engine.host;
