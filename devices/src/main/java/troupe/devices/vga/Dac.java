package troupe.devices.vga;

import java.util.Arrays;

/**
 * The video DAC: 256 colours of three 6-bit parts, ports 3C6h to 3C9h ([IBM VGA] Video
 * Digital-to-Analog Converter). A write or read at 3C9h takes three steps, one for each part.
 */
final class Dac {
  static final int ENTRIES = 256;

  private static final int STATE_WRITE = 0;
  private static final int STATE_READ = 3;

  int mask;
  int writeIndex;
  int readIndex;

  /** What 3C7h reads: 0 after a write address was set, 3 after a read address. */
  int state;

  /** The part that is next at 3C9h: red, green, blue. */
  int part;

  /** Red and green of the entry being written, kept until blue arrives. */
  final byte[] pending = new byte[2];

  /** Eight bits a part if the DISPI asked for it, else six. */
  boolean eightBits;

  final byte[] colours = new byte[3 * ENTRIES];

  void reset() {
    mask = 0xFF;
    writeIndex = 0;
    readIndex = 0;
    state = STATE_WRITE;
    part = 0;
    eightBits = false;
    Arrays.fill(pending, (byte) 0);
    Arrays.fill(colours, (byte) 0);
  }

  void setWriteIndex(int index) {
    writeIndex = index;
    state = STATE_WRITE;
    part = 0;
  }

  void setReadIndex(int index) {
    readIndex = index;
    state = STATE_READ;
    part = 0;
  }

  void writeData(int value) {
    byte level = (byte) (eightBits ? value : value & 0x3F);
    if (part < 2) {
      pending[part++] = level;
      return;
    }
    colours[3 * writeIndex] = pending[0];
    colours[3 * writeIndex + 1] = pending[1];
    colours[3 * writeIndex + 2] = level;
    writeIndex = writeIndex + 1 & 0xFF;
    part = 0;
  }

  int readData() {
    int value = colours[3 * readIndex + part] & 0xFF;
    part++;
    if (part == 3) {
      part = 0;
      readIndex = readIndex + 1 & 0xFF;
    }
    return value;
  }

  /** Entry {@code index} after the pixel mask, as 00RRGGBBh of eight bits each. */
  int xrgb(int index) {
    int at = 3 * (index & mask);
    return level(at) << 16 | level(at + 1) << 8 | level(at + 2);
  }

  private int level(int at) {
    int value = colours[at] & 0xFF;
    return eightBits ? value : (value << 2 | value >> 4) & 0xFF;
  }

  /** All 256 colours as {@link #xrgb} gives them. */
  int[] xrgb() {
    int[] all = new int[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
      all[i] = xrgb(i);
    }
    return all;
  }
}
