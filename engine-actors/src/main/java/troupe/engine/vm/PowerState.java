package troupe.engine.vm;

/** What a VM is doing. */
public enum PowerState {
  OFF,
  STARTING,
  RUNNING,
  PAUSED,
  STOPPING
}
