package troupe.board;

/** Where a drive sits. */
public enum DriveSlot {
  IDE_0_0,
  IDE_0_1,
  IDE_1_0,
  IDE_1_1,
  FLOPPY_A,
  FLOPPY_B;

  /** The slot at {@code position} (0 master, 1 slave) of IDE channel 0 or 1. */
  public static DriveSlot ide(int channel, int position) {
    return values()[2 * channel + position];
  }
}
