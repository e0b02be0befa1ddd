package troupe.client.protocol;

import java.util.Locale;

/** What a VM is doing. */
public enum VmState {
  /** It does not answer. */
  INVALID,
  TURNED_OFF,
  SAVED,
  TURNING_ON,
  RESTORING,
  RUNNING,
  PAUSED,
  SAVING,
  TURNING_OFF,
  DELETE_MACHINE;

  /** As the command line has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
