package troupe.devices.vga;

import troupe.devices.display.Frame;

/** Makes the picture of a DISPI mode. */
final class DispiRenderer {
  private final Dispi.Geometry geometry;
  private final AttributeController attribute;
  private final Dac dac;
  private final byte[] memory;

  DispiRenderer(Dispi dispi, AttributeController attribute, Dac dac, byte[] memory) {
    this.geometry = dispi.geometry();
    this.attribute = attribute;
    this.dac = dac;
    this.memory = memory;
  }

  Frame render() {
    int[] pixels = new int[geometry.width() * geometry.height()];
    for (int y = 0; y < geometry.height(); y++) {
      int from = geometry.start() + y * geometry.stride();
      int to = y * geometry.width();
      switch (geometry.bitsPerPixel()) {
        case 4 -> planar(from, pixels, to);
        case 8 -> indexed(from, pixels, to);
        case 15 -> fiveBits(from, pixels, to);
        case 16 -> fiveSixFiveBits(from, pixels, to);
        case 24 -> eightBits(from, 3, pixels, to);
        default -> eightBits(from, 4, pixels, to);
      }
    }
    return new Frame(geometry.width(), geometry.height(), pixels);
  }

  private int at(int address) {
    return memory[address & memory.length - 1] & 0xFF;
  }

  private void planar(int from, int[] pixels, int to) {
    for (int x = 0; x < geometry.width(); x++) {
      int place = x + geometry.firstPixel();
      int quad = from + (place >> 3) << 2;
      int bit = 7 - (place & 7);
      int colour = 0;
      for (int plane = 0; plane < 4; plane++) {
        colour |= (at(quad + plane) >> bit & 1) << plane;
      }
      pixels[to + x] = dac.xrgb(attribute.dacIndex(colour));
    }
  }

  private void indexed(int from, int[] pixels, int to) {
    int[] colours = dac.xrgb();
    for (int x = 0; x < geometry.width(); x++) {
      pixels[to + x] = colours[at(from + x)];
    }
  }

  private void fiveBits(int from, int[] pixels, int to) {
    for (int x = 0; x < geometry.width(); x++) {
      int value = at(from + 2 * x) | at(from + 2 * x + 1) << 8;
      pixels[to + x] = five(value >> 10) << 16 | five(value >> 5) << 8 | five(value);
    }
  }

  private void fiveSixFiveBits(int from, int[] pixels, int to) {
    for (int x = 0; x < geometry.width(); x++) {
      int value = at(from + 2 * x) | at(from + 2 * x + 1) << 8;
      int green = value >> 5 & 0x3F;
      int green8 = green << 2 | green >> 4;
      pixels[to + x] = five(value >> 11) << 16 | green8 << 8 | five(value);
    }
  }

  private static int five(int value) {
    int level = value & 0x1F;
    return level << 3 | level >> 2;
  }

  private void eightBits(int from, int bytes, int[] pixels, int to) {
    for (int x = 0; x < geometry.width(); x++) {
      int at = from + bytes * x;
      pixels[to + x] = at(at + 2) << 16 | at(at + 1) << 8 | at(at);
    }
  }
}
