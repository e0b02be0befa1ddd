package troupe.devices.ide;

/** Operation codes of packet commands. [MMC-3] section 6. */
final class MmcCommands {
  static final int TEST_UNIT_READY = 0x00;
  static final int REQUEST_SENSE = 0x03;
  static final int INQUIRY = 0x12;
  static final int MODE_SENSE_6 = 0x1A;
  static final int START_STOP_UNIT = 0x1B;
  static final int PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1E;
  static final int READ_CAPACITY = 0x25;
  static final int READ_10 = 0x28;
  static final int SEEK_10 = 0x2B;
  static final int READ_SUB_CHANNEL = 0x42;
  static final int READ_TOC = 0x43;
  static final int GET_CONFIGURATION = 0x46;
  static final int GET_EVENT_STATUS_NOTIFICATION = 0x4A;
  static final int STOP_PLAY_SCAN = 0x4E;
  static final int READ_DISC_INFORMATION = 0x51;
  static final int READ_TRACK_INFORMATION = 0x52;
  static final int MODE_SENSE_10 = 0x5A;
  static final int READ_12 = 0xA8;
  static final int READ_DVD_STRUCTURE = 0xAD;
  static final int SET_CD_SPEED = 0xBB;
  static final int MECHANISM_STATUS = 0xBD;
  static final int READ_CD = 0xBE;

  private MmcCommands() {}
}
