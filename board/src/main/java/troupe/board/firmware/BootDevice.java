package troupe.board.firmware;

/** What the PC can be started from. */
public enum BootDevice {
  FLOPPY,
  CD,
  DISK,
  NETWORK
}
