package troupe.board;

import troupe.devices.state.Chip;

/**
 * A chip of the PC under its name, which is also its name in saved states.
 *
 * @param index which of its kind, from 0
 */
public record Unit(String name, Kind kind, int index, Chip<?> chip) {
  /** What can be done with the chip from outside the PC. */
  public enum Kind {
    IDE,
    FLOPPY,
    SERIAL,
    PARALLEL,
    /** The keyboard controller with its keyboard and mouse. */
    KEYBOARD_AND_MOUSE,
    DISPLAY,
    /** Nothing: it belongs to the board. */
    BOARD
  }
}
