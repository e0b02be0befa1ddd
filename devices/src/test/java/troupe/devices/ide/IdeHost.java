package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a driver does at the ports of one channel, polling. */
final class IdeHost {
  static final int BSY = 0x80;
  static final int DRDY = 0x40;
  static final int DRQ = 0x08;
  static final int ERR = 0x01;

  final IdeChannel channel;

  IdeHost(IdeChannel channel) {
    this.channel = channel;
  }

  int status() {
    return channel.read8(7);
  }

  int altStatus() {
    return channel.control().read8(0);
  }

  int error() {
    return channel.read8(1);
  }

  void select(int drive) {
    channel.write8(6, 0xE0 | drive << 4);
  }

  /** A 28-bit command with LBA. */
  void command(int code, int drive, long lba, int count) {
    channel.write8(6, 0xE0 | drive << 4 | (int) (lba >>> 24));
    channel.write8(2, count & 0xFF);
    channel.write8(3, (int) lba & 0xFF);
    channel.write8(4, (int) (lba >>> 8) & 0xFF);
    channel.write8(5, (int) (lba >>> 16) & 0xFF);
    channel.write8(7, code);
  }

  void commandExt(int code, int drive, long lba, int count) {
    channel.write8(6, 0x40 | drive << 4);
    channel.write8(2, count >>> 8);
    channel.write8(3, (int) (lba >>> 24) & 0xFF);
    channel.write8(4, (int) (lba >>> 32) & 0xFF);
    channel.write8(5, (int) (lba >>> 40) & 0xFF);
    channel.write8(2, count & 0xFF);
    channel.write8(3, (int) lba & 0xFF);
    channel.write8(4, (int) (lba >>> 8) & 0xFF);
    channel.write8(5, (int) (lba >>> 16) & 0xFF);
    channel.write8(7, code);
  }

  void commandChs(int code, int cylinder, int head, int sector, int count) {
    channel.write8(6, 0xA0 | head);
    channel.write8(2, count);
    channel.write8(3, sector);
    channel.write8(4, cylinder & 0xFF);
    channel.write8(5, cylinder >>> 8);
    channel.write8(7, code);
  }

  void setFeatures(int drive, int feature, int count) {
    channel.write8(1, feature);
    command(0xEF, drive, 0, count);
  }

  /** Reads {@code blocks} data blocks of {@code words} words, each announced by DRQ. */
  byte[] readBlocks(int blocks, int words) {
    byte[] all = new byte[blocks * words * 2];
    for (int block = 0; block < blocks; block++) {
      int status = status();
      assertEquals(DRDY | 0x10 | DRQ, status, "block " + block);
      for (int i = 0; i < words; i++) {
        int word = channel.read16(0);
        all[2 * (block * words + i)] = (byte) word;
        all[2 * (block * words + i) + 1] = (byte) (word >>> 8);
      }
    }
    return all;
  }

  void writeBlocks(byte[] data, int words) {
    for (int at = 0; at < data.length; ) {
      assertTrue((status() & DRQ) != 0, "at byte " + at);
      for (int i = 0; i < words; i++, at += 2) {
        channel.write16(0, data[at] & 0xFF | (data[at + 1] & 0xFF) << 8);
      }
    }
  }

  void assertDone() {
    assertEquals(DRDY | 0x10, status());
  }

  void assertFailed(int errorBits) {
    assertEquals(DRDY | 0x10 | ERR, status() & ~0x20);
    assertEquals(errorBits, error());
  }

  /** PACKET by PIO with the byte count limit; gives all data, or null if it failed. */
  byte[] packet(int drive, int limit, int... packet) {
    sendPacket(drive, 0, limit, packet);
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    while ((altStatus() & DRQ) != 0) {
      assertEquals(2, channel.read8(2) & 7, "interrupt reason of data to the host");
      int bytes = channel.read8(4) | channel.read8(5) << 8;
      status();
      for (int i = 0; i < bytes; i += 2) {
        int word = channel.read16(0);
        out.write(word);
        if (i + 1 < bytes) {
          out.write(word >>> 8);
        }
      }
    }
    assertEquals(3, channel.read8(2) & 7, "interrupt reason of status");
    return (status() & ERR) != 0 ? null : out.toByteArray();
  }

  void sendPacket(int drive, int features, int limit, int... packet) {
    select(drive);
    channel.write8(1, features);
    channel.write8(4, limit & 0xFF);
    channel.write8(5, limit >>> 8);
    channel.write8(7, 0xA0);
    assertEquals(DRQ, altStatus() & (BSY | DRQ));
    assertEquals(1, channel.read8(2) & 7, "interrupt reason of the packet");
    for (int i = 0; i < 12; i += 2) {
      int low = i < packet.length ? packet[i] : 0;
      int high = i + 1 < packet.length ? packet[i + 1] : 0;
      channel.write16(0, low | high << 8);
    }
  }

  /** Sense key, code and qualifier. */
  int requestSense(int drive) {
    byte[] sense = packet(drive, 0xFFFE, 0x03, 0, 0, 0, 18);
    return (sense[2] & 0xF) << 16 | (sense[12] & 0xFF) << 8 | sense[13] & 0xFF;
  }

  static int word(byte[] identify, int index) {
    return identify[2 * index] & 0xFF | (identify[2 * index + 1] & 0xFF) << 8;
  }

  static String text(byte[] identify, int from, int to) {
    StringBuilder b = new StringBuilder();
    for (int i = from; i <= to; i++) {
      b.append((char) identify[2 * i + 1]).append((char) identify[2 * i]);
    }
    return b.toString();
  }
}
