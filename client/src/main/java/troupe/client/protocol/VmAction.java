package troupe.client.protocol;

import java.util.Locale;

/** What can be done with a VM. */
public enum VmAction {
  /** Starts the guest, or goes on from the saved state if there is one. */
  TURN_ON,
  PAUSE,
  RESUME,
  /** Saves the state and goes off. */
  SAVE,
  RESTORE,
  DISCARD_SAVED_STATE,
  /** Presses the power button, which asks the guest to shut down. */
  SHUT_DOWN,
  /** Pulls the plug. */
  TURN_OFF,
  RESET,
  /** Forgets a VM that is off; its files stay. */
  REMOVE;

  /** As the command line has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
