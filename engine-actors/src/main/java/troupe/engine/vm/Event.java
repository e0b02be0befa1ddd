package troupe.engine.vm;

import java.util.Locale;

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
    FAILED,
    /** A disk can be used, but is not quite as it should be. */
    DISK_WARNING,
    /** The volume of a disk has little room left. */
    DISK_SPACE_WARNING,
    /** A disk cannot grow; its VM waits as soon as it has to. */
    DISK_SPACE_ERROR,
    DISK_SPACE_BACK,
    /** Undo disks could be neither committed nor discarded. */
    UNDO_KEPT,
    /** Something in its PC goes on and on; it gets no more slices until that ends. */
    NOT_RESPONDING;

    /** As clients see it, such as {@code turned-on}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
