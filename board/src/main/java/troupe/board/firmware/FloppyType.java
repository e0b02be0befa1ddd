package troupe.board.firmware;

/** Floppy drives as CMOS byte 10h and INT 13h AH=08h number them. */
public enum FloppyType {
  NONE(0, 0, 0),
  KB_360(1, 40, 9),
  KB_1200(2, 80, 15),
  KB_720(3, 80, 9),
  KB_1440(4, 80, 18),
  KB_2880(5, 80, 36);

  private final int cmosCode;
  private final int cylinders;
  private final int sectors;

  FloppyType(int cmosCode, int cylinders, int sectors) {
    this.cmosCode = cmosCode;
    this.cylinders = cylinders;
    this.sectors = sectors;
  }

  int cmosCode() {
    return cmosCode;
  }

  int cylinders() {
    return cylinders;
  }

  /** Sectors a track of the densest medium. */
  int sectors() {
    return sectors;
  }

  static FloppyType ofCode(int code) {
    for (FloppyType type : values()) {
      if (type.cmosCode == code) {
        return type;
      }
    }
    return NONE;
  }
}
