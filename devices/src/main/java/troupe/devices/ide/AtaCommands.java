package troupe.devices.ide;

/** Command codes of ATA drives. [ATA/ATAPI-6] section 8, and obsolete ones of [ATA-3]. */
final class AtaCommands {
  static final int NOP = 0x00;
  static final int DEVICE_RESET = 0x08;

  /** 10h to 1Fh. */
  static final int RECALIBRATE = 0x10;

  static final int READ_SECTORS = 0x20;
  static final int READ_SECTORS_NO_RETRY = 0x21;
  static final int READ_SECTORS_EXT = 0x24;
  static final int READ_DMA_EXT = 0x25;
  static final int READ_NATIVE_MAX_EXT = 0x27;
  static final int READ_MULTIPLE_EXT = 0x29;
  static final int WRITE_SECTORS = 0x30;
  static final int WRITE_SECTORS_NO_RETRY = 0x31;
  static final int WRITE_SECTORS_EXT = 0x34;
  static final int WRITE_DMA_EXT = 0x35;
  static final int WRITE_MULTIPLE_EXT = 0x39;
  static final int WRITE_VERIFY = 0x3C;
  static final int WRITE_DMA_FUA_EXT = 0x3D;
  static final int READ_VERIFY = 0x40;
  static final int READ_VERIFY_NO_RETRY = 0x41;
  static final int READ_VERIFY_EXT = 0x42;

  /** 70h to 7Fh. */
  static final int SEEK = 0x70;

  static final int EXECUTE_DEVICE_DIAGNOSTIC = 0x90;
  static final int INITIALIZE_DEVICE_PARAMETERS = 0x91;
  static final int STANDBY_IMMEDIATE_OLD = 0x94;
  static final int IDLE_IMMEDIATE_OLD = 0x95;
  static final int STANDBY_OLD = 0x96;
  static final int IDLE_OLD = 0x97;
  static final int CHECK_POWER_MODE_OLD = 0x98;
  static final int SLEEP_OLD = 0x99;
  static final int PACKET = 0xA0;
  static final int IDENTIFY_PACKET_DEVICE = 0xA1;
  static final int SMART = 0xB0;
  static final int READ_MULTIPLE = 0xC4;
  static final int WRITE_MULTIPLE = 0xC5;
  static final int SET_MULTIPLE_MODE = 0xC6;
  static final int READ_DMA = 0xC8;
  static final int READ_DMA_NO_RETRY = 0xC9;
  static final int WRITE_DMA = 0xCA;
  static final int WRITE_DMA_NO_RETRY = 0xCB;
  static final int WRITE_MULTIPLE_FUA_EXT = 0xCE;
  static final int STANDBY_IMMEDIATE = 0xE0;
  static final int IDLE_IMMEDIATE = 0xE1;
  static final int STANDBY = 0xE2;
  static final int IDLE = 0xE3;
  static final int CHECK_POWER_MODE = 0xE5;
  static final int SLEEP = 0xE6;
  static final int FLUSH_CACHE = 0xE7;
  static final int FLUSH_CACHE_EXT = 0xEA;
  static final int IDENTIFY_DEVICE = 0xEC;
  static final int SET_FEATURES = 0xEF;
  static final int READ_NATIVE_MAX = 0xF8;

  // SET FEATURES subcommands
  static final int FEATURE_WRITE_CACHE_ON = 0x02;
  static final int FEATURE_TRANSFER_MODE = 0x03;
  static final int FEATURE_LOOK_AHEAD_OFF = 0x55;
  static final int FEATURE_KEEP_SETTINGS = 0x66;
  static final int FEATURE_WRITE_CACHE_OFF = 0x82;
  static final int FEATURE_LOOK_AHEAD_ON = 0xAA;
  static final int FEATURE_REVERT_TO_DEFAULTS = 0xCC;

  // SMART subcommands, and what they want in LBA Mid and LBA High
  static final int SMART_READ_DATA = 0xD0;
  static final int SMART_READ_THRESHOLDS = 0xD1;
  static final int SMART_AUTOSAVE = 0xD2;
  static final int SMART_OFFLINE_IMMEDIATE = 0xD4;
  static final int SMART_ENABLE = 0xD8;
  static final int SMART_DISABLE = 0xD9;
  static final int SMART_RETURN_STATUS = 0xDA;
  static final int SMART_LBA_MID = 0x4F;
  static final int SMART_LBA_HIGH = 0xC2;

  private AtaCommands() {}
}
