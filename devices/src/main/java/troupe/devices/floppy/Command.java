package troupe.devices.floppy;

/** The commands of the 82077AA ([82077AA] Command Set), with how many parameter bytes follow. */
enum Command {
  READ_TRACK(0x02, 8, 0x60),
  SPECIFY(0x03, 2, 0),
  SENSE_DRIVE_STATUS(0x04, 1, 0),
  WRITE_DATA(0x05, 8, 0xC0),
  READ_DATA(0x06, 8, 0xE0),
  RECALIBRATE(0x07, 1, 0),
  SENSE_INTERRUPT_STATUS(0x08, 0, 0),
  WRITE_DELETED_DATA(0x09, 8, 0xC0),
  READ_ID(0x0A, 1, 0x40),
  READ_DELETED_DATA(0x0C, 8, 0xE0),
  FORMAT_TRACK(0x0D, 5, 0x40),
  DUMPREG(0x0E, 0, 0),
  SEEK(0x0F, 2, 0),
  VERSION(0x10, 0, 0),
  PERPENDICULAR_MODE(0x12, 1, 0),
  CONFIGURE(0x13, 3, 0),
  UNLOCK(0x14, 0, 0),
  VERIFY(0x16, 8, 0xE0),
  RELATIVE_SEEK_OUT(0x8F, 2, 0),
  LOCK(0x94, 0, 0),
  RELATIVE_SEEK_IN(0xCF, 2, 0),
  /** Everything else, PART ID of later chips among it. */
  INVALID(-1, 0, 0);

  /** Option bits of the command byte: multi-track, MFM, skip. */
  static final int MULTI_TRACK = 0x80;

  static final int MFM = 0x40;

  private final int code;
  private final int parameters;
  private final int options;

  Command(int code, int parameters, int options) {
    this.code = code;
    this.parameters = parameters;
    this.options = options;
  }

  int parameters() {
    return parameters;
  }

  /** Whether it has an execution phase that moves sectors. */
  boolean movesSectors() {
    return reads() || this == WRITE_DATA || this == WRITE_DELETED_DATA || this == FORMAT_TRACK;
  }

  /** Whether it reads sectors of the diskette, to hand them to the host or to verify them. */
  boolean reads() {
    return this == READ_DATA || this == READ_DELETED_DATA || this == READ_TRACK || this == VERIFY;
  }

  static Command decode(int value) {
    for (Command command : values()) {
      if (command.code >= 0 && (value & ~command.options) == command.code) {
        return command;
      }
    }
    return INVALID;
  }
}
