package troupe.board;

/** What the virtual time of a PC follows while it runs. */
public enum ClockMode {
  /** Host time. */
  HOST,
  /** The count of executed instructions, which makes a run the same each time. */
  INSTRUCTIONS
}
