package troupe.board.firmware;

/** The VGA's ports ([IBM VGA] Video Subsystem registers), and access to indexed registers. */
final class VgaPorts {
  static final int ATTRIBUTE = 0x3C0;
  static final int ATTRIBUTE_READ = 0x3C1;
  static final int MISCELLANEOUS = 0x3C2;
  static final int SEQUENCER = 0x3C4;
  static final int DAC_MASK = 0x3C6;
  static final int DAC_READ_INDEX = 0x3C7;
  static final int DAC_WRITE_INDEX = 0x3C8;
  static final int DAC_DATA = 0x3C9;
  static final int MISCELLANEOUS_READ = 0x3CC;
  static final int GRAPHICS = 0x3CE;
  static final int CRTC_MONO = 0x3B4;
  static final int CRTC_COLOUR = 0x3D4;

  /** Distance from the CRTC's index port to Input Status 1. */
  static final int STATUS_FROM_CRTC = 6;

  /** Attribute index: give the palette back to the display. */
  static final int PALETTE_TO_DISPLAY = 0x20;

  private final Caller caller;

  VgaPorts(Caller caller) {
    this.caller = caller;
  }

  int crtcPort() {
    return caller.bda16(Bda.CRTC_PORT);
  }

  int get(int port, int index) {
    caller.out8(port, index);
    return caller.in8(port + 1);
  }

  void set(int port, int index, int value) {
    caller.out8(port, index);
    caller.out8(port + 1, value);
  }

  void crtc(int index, int value) {
    set(crtcPort(), index, value);
  }

  /** Attribute controller: the read of Input Status 1 makes the next write an index. */
  private void attributeIndex(int value) {
    caller.in8(crtcPort() + STATUS_FROM_CRTC);
    caller.out8(ATTRIBUTE, value);
  }

  int attribute(int index) {
    attributeIndex(index);
    int value = caller.in8(ATTRIBUTE_READ);
    attributeIndex(PALETTE_TO_DISPLAY);
    return value;
  }

  void attribute(int index, int value) {
    attributeIndex(index);
    caller.out8(ATTRIBUTE, value);
    attributeIndex(PALETTE_TO_DISPLAY);
  }

  void dac(int index, int red, int green, int blue) {
    caller.out8(DAC_WRITE_INDEX, index);
    caller.out8(DAC_DATA, red);
    caller.out8(DAC_DATA, green);
    caller.out8(DAC_DATA, blue);
  }

  /** Red in bits 23-16, green in 15-8, blue in 7-0. */
  int dac(int index) {
    caller.out8(DAC_READ_INDEX, index);
    int red = caller.in8(DAC_DATA);
    int green = caller.in8(DAC_DATA);
    return red << 16 | green << 8 | caller.in8(DAC_DATA);
  }
}
