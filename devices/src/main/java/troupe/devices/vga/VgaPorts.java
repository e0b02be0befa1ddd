package troupe.devices.vga;

/** The ports of a VGA as offsets from 3B0h ([IBM VGA] Register addresses). */
final class VgaPorts {
  static final int MONO_CRTC_INDEX = 0x04;
  static final int MONO_CRTC_DATA = 0x05;
  static final int MONO_STATUS_1 = 0x0A;
  static final int ATTRIBUTE_WRITE = 0x10;
  static final int ATTRIBUTE_READ = 0x11;
  static final int MISCELLANEOUS_WRITE = 0x12;
  static final int SUBSYSTEM_ENABLE = 0x13;
  static final int SEQUENCER_INDEX = 0x14;
  static final int SEQUENCER_DATA = 0x15;
  static final int DAC_MASK = 0x16;
  static final int DAC_READ_INDEX = 0x17;
  static final int DAC_WRITE_INDEX = 0x18;
  static final int DAC_DATA = 0x19;
  static final int FEATURE_READ = 0x1A;
  static final int MISCELLANEOUS_READ = 0x1C;
  static final int GRAPHICS_INDEX = 0x1E;
  static final int GRAPHICS_DATA = 0x1F;
  static final int COLOUR_CRTC_INDEX = 0x24;
  static final int COLOUR_CRTC_DATA = 0x25;
  static final int COLOUR_STATUS_1 = 0x2A;

  private VgaPorts() {}
}
