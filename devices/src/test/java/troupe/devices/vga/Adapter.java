package troupe.devices.vga;

import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.clock.TimerQueue;

/** A VGA on an I/O space of its own, with what a video BIOS does to set a mode. */
final class Adapter {
  final TimerQueue clock;
  final PortSpace ports = new PortSpace();
  final Vga vga;
  final MemoryDevice window;
  final MemoryDevice linear;

  Adapter() {
    this(new TimerQueue());
  }

  Adapter(TimerQueue clock) {
    this(clock, new Vga(clock));
  }

  Adapter(TimerQueue clock, Vga vga) {
    this.clock = clock;
    this.vga = vga;
    vga.attach(ports);
    window = vga.window();
    linear = vga.linearFrameBuffer();
  }

  void setMode(int number) {
    setMode(VgaModes.of(number).orElseThrow());
  }

  void setMode(VgaMode mode) {
    ports.write8(0x3C2, mode.miscellaneous());
    indexed(0x3C4, 0, 3);
    for (int i = 0; i < 4; i++) {
      indexed(0x3C4, i + 1, mode.sequencer()[i]);
    }
    int crtc = crtcPort();
    indexed(crtc, 0x11, 0);
    for (int i = 0; i < mode.crtc().length; i++) {
      indexed(crtc, i, mode.crtc()[i]);
    }
    for (int i = 0; i < mode.graphics().length; i++) {
      indexed(0x3CE, i, mode.graphics()[i]);
    }
    ports.read8(crtc + 6);
    for (int i = 0; i < mode.attribute().length; i++) {
      ports.write8(0x3C0, i);
      ports.write8(0x3C0, mode.attribute()[i]);
    }
    ports.write8(0x3C0, 0x14);
    ports.write8(0x3C0, 0);
    ports.write8(0x3C0, 0x20);
    palette(mode.palette().rgb());
    if (mode.text()) {
      loadFont(mode.cellHeight(), 0);
    }
  }

  int crtcPort() {
    return (ports.read8(0x3CC) & 1) != 0 ? 0x3D4 : 0x3B4;
  }

  void indexed(int port, int index, int value) {
    ports.write16(port, index | (value & 0xFF) << 8);
  }

  int indexed(int port, int index) {
    ports.write8(port, index);
    return ports.read8(port + 1);
  }

  void attribute(int index, int value) {
    ports.read8(crtcPort() + 6);
    ports.write8(0x3C0, index | 0x20);
    ports.write8(0x3C0, value);
  }

  void palette(byte[] rgb) {
    ports.write8(0x3C6, 0xFF);
    ports.write8(0x3C8, 0);
    for (byte part : rgb) {
      ports.write8(0x3C9, part & 0xFF);
    }
  }

  /** Loads the font of {@code height} into one of the eight places in plane 2, as INT 10h does. */
  void loadFont(int height, int place) {
    byte[] font =
        switch (height) {
          case 8 -> VgaFonts.font8x8();
          case 14 -> VgaFonts.font8x14();
          default -> VgaFonts.font8x16();
        };
    int miscellaneous = indexed(0x3CE, 6);
    int mode = indexed(0x3CE, 5);
    indexed(0x3C4, 2, 4);
    indexed(0x3C4, 4, 7);
    indexed(0x3CE, 5, 0);
    indexed(0x3CE, 6, 4);
    int base = (place & 3) * 0x4000 + (place >> 2) * 0x2000;
    for (int i = 0; i < font.length; i++) {
      window.write8(base + i / height * 32 + i % height, font[i]);
    }
    indexed(0x3C4, 2, 3);
    indexed(0x3C4, 4, 2);
    indexed(0x3CE, 5, mode);
    indexed(0x3CE, 6, miscellaneous);
  }

  /** Writes characters of one attribute into the text window at B8000h. */
  void print(int column, int row, int columns, String text, int attribute) {
    for (int i = 0; i < text.length(); i++) {
      int at = 0x1_8000 + 2 * (row * columns + column + i);
      window.write16(at, text.charAt(i) | attribute << 8);
    }
  }

  void dispi(int index, int value) {
    ports.write16(0x1CE, index);
    ports.write16(0x1CF, value);
  }

  int dispi(int index) {
    ports.write16(0x1CE, index);
    return ports.read16(0x1CF);
  }

  /** Sets a DISPI mode; memory is cleared. */
  void dispiMode(int width, int height, int bitsPerPixel) {
    dispi(Dispi.ENABLE, 0);
    dispi(Dispi.XRES, width);
    dispi(Dispi.YRES, height);
    dispi(Dispi.BPP, bitsPerPixel);
    dispi(Dispi.ENABLE, Dispi.ENABLED | Dispi.LINEAR_FRAME_BUFFER);
  }
}
