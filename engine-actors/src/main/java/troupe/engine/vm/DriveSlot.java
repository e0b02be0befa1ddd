package troupe.engine.vm;

import java.util.Optional;
import java.util.stream.Stream;

/** Where a drive sits. The names are those of the command line. */
public enum DriveSlot {
  HDA("hda", 0, 0),
  HDB("hdb", 0, 1),
  HDC("hdc", 1, 0),
  HDD("hdd", 1, 1),
  FDA("fda", 0, 0),
  FDB("fdb", 0, 1);

  private final String label;
  private final int channel;
  private final int position;

  DriveSlot(String label, int channel, int position) {
    this.label = label;
    this.channel = channel;
    this.position = position;
  }

  public String label() {
    return label;
  }

  /** The IDE channel, 0 or 1; 0 for floppy drives. */
  public int channel() {
    return channel;
  }

  /** 0 is the master, or drive A. */
  public int position() {
    return position;
  }

  public boolean floppy() {
    return this == FDA || this == FDB;
  }

  public static Optional<DriveSlot> byLabel(String label) {
    return Stream.of(values()).filter(slot -> slot.label.equals(label)).findFirst();
  }

  public static DriveSlot ide(int channel, int position) {
    return values()[channel * 2 + position];
  }

  /** 0 is drive A. */
  public static DriveSlot floppy(int drive) {
    return drive == 0 ? FDA : FDB;
  }
}
