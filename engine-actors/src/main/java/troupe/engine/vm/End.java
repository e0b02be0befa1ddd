package troupe.engine.vm;

/**
 * Why a VM is off.
 *
 * @param detail one line for people; the report when it failed
 * @param status for {@link Cause#EXIT_PORT} what the guest wrote, else 0
 */
public record End(Cause cause, String detail, int status) {
  public enum Cause {
    /** The guest switched the PC off. */
    POWERED_OFF,
    /** The guest asked for a reset and the VM is configured to end then. */
    RESET,
    TRIPLE_FAULT,
    EXIT_PORT,
    /** The emulated machine itself failed: a bug of ours. */
    FAILED,
    /** Turned off on request. */
    TURNED_OFF,
    /** Its state was saved. */
    SAVED
  }

  public static End of(Cause cause, String detail) {
    return new End(cause, detail, 0);
  }
}
