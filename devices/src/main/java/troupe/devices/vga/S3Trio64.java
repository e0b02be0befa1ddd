package troupe.devices.vga;

import java.util.Arrays;

/**
 * The registers by which the S3 Trio64 differs from a VGA: CR2D and up in the CRT controller, SR8
 * and up in the sequencer, and their locks ([S3 Trio64] Extended Register Descriptions). They make
 * the chip known to drivers; its accelerator and enhanced modes are not here.
 */
final class S3Trio64 {
  /** PCI vendor and device. */
  static final int VENDOR = 0x5333;

  static final int DEVICE = 0x8811;

  // CRT controller
  static final int FIRST_CRTC = 0x2D;
  static final int DEVICE_ID_HIGH = 0x2D;
  static final int DEVICE_ID_LOW = 0x2E;
  static final int REVISION = 0x2F;
  static final int CHIP_ID = 0x30;
  static final int CRT_REGISTER_LOCK = 0x35;
  static final int CONFIGURATION_1 = 0x36;
  static final int CONFIGURATION_2 = 0x37;
  static final int REGISTER_LOCK_1 = 0x38;
  static final int REGISTER_LOCK_2 = 0x39;
  static final int FIRST_SYSTEM_CONTROL = 0x40;
  static final int CONFIGURATION_3 = 0x68;

  // Sequencer
  static final int FIRST_SEQUENCER = 0x08;
  static final int SEQUENCER_COUNT = 0x20;
  static final int UNLOCK_EXTENDED_SEQUENCER = 0x08;
  static final int MCLK_VALUE_LOW = 0x10;
  static final int MCLK_VALUE_HIGH = 0x11;
  static final int DCLK_VALUE_LOW = 0x12;
  static final int DCLK_VALUE_HIGH = 0x13;

  private static final int CHIP_ID_TRIO64 = 0xE1;

  /** CR36: PCI bus, fast page mode memory, video BIOS enabled, 4 MiB (bits 7-5 clear). */
  private static final int STRAPS_1 = 0x1E;

  private static final int STRAPS_2 = 0xE1;

  /** CR38: bits 7-6 and 3-2 are compared with this. */
  private static final int KEY_1 = 0x48;

  private static final int KEY_1_MASK = 0xCC;
  private static final int KEY_2 = 0xA0;
  private static final int KEY_2_MASK = 0xE0;
  private static final int KEY_SEQUENCER = 0x06;

  // 14.318 MHz * (36h + 2) / ((2 + 2) * 2^2): a memory clock of 50.1 MHz.
  private static final int MCLK_50_MHZ_LOW = 0x42;
  private static final int MCLK_50_MHZ_HIGH = 0x36;

  // 14.318 MHz * (36h + 2) / ((6 + 2) * 2^2): a dot clock of 25.06 MHz.
  private static final int DCLK_25_MHZ_LOW = 0x46;
  private static final int DCLK_25_MHZ_HIGH = 0x36;

  private static final int CRYSTAL_KILOHERTZ = 14_318;

  final int[] crtc = new int[0x100];
  final int[] sequencer = new int[SEQUENCER_COUNT];

  S3Trio64() {
    reset();
  }

  void reset() {
    Arrays.fill(crtc, 0);
    Arrays.fill(sequencer, 0);
    crtc[DEVICE_ID_HIGH] = DEVICE >> 8;
    crtc[DEVICE_ID_LOW] = DEVICE & 0xFF;
    crtc[CHIP_ID] = CHIP_ID_TRIO64;
    crtc[CONFIGURATION_1] = STRAPS_1;
    crtc[CONFIGURATION_2] = STRAPS_2;
    sequencer[MCLK_VALUE_LOW] = MCLK_50_MHZ_LOW;
    sequencer[MCLK_VALUE_HIGH] = MCLK_50_MHZ_HIGH;
    sequencer[DCLK_VALUE_LOW] = DCLK_25_MHZ_LOW;
    sequencer[DCLK_VALUE_HIGH] = DCLK_25_MHZ_HIGH;
  }

  /** Registers can be read while they are locked: drivers look at CR36 first. */
  int readCrtc(int index) {
    return index < FIRST_CRTC ? 0xFF : crtc[index];
  }

  void writeCrtc(int index, int value) {
    switch (index) {
      case REGISTER_LOCK_1, REGISTER_LOCK_2 -> crtc[index] = value;
      case DEVICE_ID_HIGH, DEVICE_ID_LOW, REVISION, CHIP_ID -> {}
      case CONFIGURATION_1, CONFIGURATION_2, CONFIGURATION_3 -> {
        if (unlocked1() && unlocked2()) {
          crtc[index] = value;
        }
      }
      default -> {
        if (index >= FIRST_SYSTEM_CONTROL ? unlocked2() : index >= FIRST_CRTC && unlocked1()) {
          crtc[index] = value;
        }
      }
    }
  }

  private boolean unlocked1() {
    return (crtc[REGISTER_LOCK_1] & KEY_1_MASK) == KEY_1;
  }

  private boolean unlocked2() {
    return (crtc[REGISTER_LOCK_2] & KEY_2_MASK) == KEY_2;
  }

  int readSequencer(int index) {
    return index >= FIRST_SEQUENCER && index < SEQUENCER_COUNT ? sequencer[index] : 0xFF;
  }

  void writeSequencer(int index, int value) {
    if (index == UNLOCK_EXTENDED_SEQUENCER) {
      sequencer[index] = value;
    } else if (index > UNLOCK_EXTENDED_SEQUENCER
        && index < SEQUENCER_COUNT
        && (sequencer[UNLOCK_EXTENDED_SEQUENCER] & 0x0F) == KEY_SEQUENCER) {
      sequencer[index] = value;
    }
  }

  /** The programmable dot clock in kilohertz; from about 220 kHz up. */
  int dotClockKilohertz() {
    int low = sequencer[DCLK_VALUE_LOW];
    int multiplier = (sequencer[DCLK_VALUE_HIGH] & 0x7F) + 2;
    int divider = (low & 0x1F) + 2 << (low >> 5 & 3);
    return CRYSTAL_KILOHERTZ * multiplier / divider;
  }
}
