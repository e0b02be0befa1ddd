package troupe.engine.vm;

/**
 * Something that happened to a VM, for the event log.
 *
 * @param text for people; one line, but for the report of a failure
 */
public record Event(String vm, Kind kind, String text) {
  public enum Kind {
    TURNED_ON,
    RESTORED,
    SAVED,
    /** A saved state could not be written. */
    NOT_SAVED,
    SAVED_STATE_DISCARDED,
    REMOVED,
    PAUSED,
    RESUMED,
    RESET,
    TRIPLE_FAULT,
    TURNED_OFF,
    /** The guest switched its PC off. */
    POWERED_OFF,
    FAILED
  }
}
