package troupe.devices.ide;

/**
 * Why a packet command failed: sense key, additional sense code and its qualifier. [MMC-3] annex F,
 * [SPC-2] section 7.20.
 */
record Sense(int key, int code, int qualifier) {
  private static final int KEY_NOT_READY = 2;
  private static final int KEY_MEDIUM_ERROR = 3;
  private static final int KEY_ILLEGAL_REQUEST = 5;
  private static final int KEY_UNIT_ATTENTION = 6;

  static final Sense NONE = new Sense(0, 0, 0);
  static final Sense NO_MEDIUM_TRAY_CLOSED = new Sense(KEY_NOT_READY, 0x3A, 0x01);
  static final Sense NO_MEDIUM_TRAY_OPEN = new Sense(KEY_NOT_READY, 0x3A, 0x02);
  static final Sense UNRECOVERED_READ_ERROR = new Sense(KEY_MEDIUM_ERROR, 0x11, 0x00);
  static final Sense INVALID_COMMAND = new Sense(KEY_ILLEGAL_REQUEST, 0x20, 0x00);
  static final Sense ADDRESS_OUT_OF_RANGE = new Sense(KEY_ILLEGAL_REQUEST, 0x21, 0x00);
  static final Sense INVALID_FIELD = new Sense(KEY_ILLEGAL_REQUEST, 0x24, 0x00);
  static final Sense INCOMPATIBLE_MEDIUM = new Sense(KEY_ILLEGAL_REQUEST, 0x30, 0x02);
  static final Sense SAVING_NOT_SUPPORTED = new Sense(KEY_ILLEGAL_REQUEST, 0x39, 0x00);
  static final Sense REMOVAL_PREVENTED = new Sense(KEY_ILLEGAL_REQUEST, 0x53, 0x02);
  static final Sense MEDIUM_CHANGED = new Sense(KEY_UNIT_ATTENTION, 0x28, 0x00);
  static final Sense POWER_ON_OR_RESET = new Sense(KEY_UNIT_ATTENTION, 0x29, 0x00);

  Sense {
    key &= 0x0F;
    code &= 0xFF;
    qualifier &= 0xFF;
  }
}
