package troupe.devices.ide;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The tables a read-only CD or DVD drive with one data track reports. Numbers are big-endian. */
final class MmcTables {
  static final int FRAMES_PER_SECOND = 75;

  /** MSF addresses start two seconds before logical block 0. */
  static final int MSF_OFFSET = 2 * FRAMES_PER_SECOND;

  /** More blocks than the longest CD (100 minutes) are a DVD. */
  static final long MOST_CD_BLOCKS = 100 * 60 * FRAMES_PER_SECOND;

  static final int PROFILE_NONE = 0x0000;
  static final int PROFILE_CD_ROM = 0x0008;
  static final int PROFILE_DVD_ROM = 0x0010;

  private static final int BLOCK_BYTES = 2048;
  private static final int DATA_TRACK = 0x14;
  private static final int LEAD_OUT = 0xAA;

  private MmcTables() {}

  static boolean isDvd(long blocks) {
    return blocks > MOST_CD_BLOCKS;
  }

  /** Minute, second, frame of logical block {@code block}, as three bytes. */
  static int msf(long block) {
    long frames = block + MSF_OFFSET;
    int frame = (int) (frames % FRAMES_PER_SECOND);
    int second = (int) (frames / FRAMES_PER_SECOND % 60);
    int minute = (int) (frames / FRAMES_PER_SECOND / 60) & 0xFF;
    return minute << 16 | second << 8 | frame;
  }

  /** [MMC-3] table of formatted TOC; null when {@code startTrack} does not exist. */
  static byte[] formattedToc(long blocks, boolean msf, int startTrack) {
    if (startTrack > 1 && startTrack != LEAD_OUT) {
      return null;
    }
    ByteBuffer toc = ByteBuffer.allocate(20).position(2).put((byte) 1).put((byte) 1);
    if (startTrack <= 1) {
      track(toc, 1, address(0, msf));
    }
    track(toc, LEAD_OUT, address(blocks, msf));
    return withLength(toc);
  }

  /** Session information: one session that starts with track 1. */
  static byte[] sessions(boolean msf) {
    ByteBuffer toc = ByteBuffer.allocate(12).position(2).put((byte) 1).put((byte) 1);
    track(toc, 1, address(0, msf));
    return withLength(toc);
  }

  /** Full TOC: points A0h, A1h, A2h and track 1, all in MSF form. */
  static byte[] fullToc(long blocks) {
    ByteBuffer toc = ByteBuffer.allocate(48).position(2).put((byte) 1).put((byte) 1);
    fullTocEntry(toc, 0xA0, 1 << 16);
    fullTocEntry(toc, 0xA1, 1 << 16);
    fullTocEntry(toc, 0xA2, msf(blocks));
    fullTocEntry(toc, 1, msf(0));
    return withLength(toc);
  }

  private static void track(ByteBuffer toc, int number, int address) {
    toc.put((byte) 0).put((byte) DATA_TRACK).put((byte) number).put((byte) 0).putInt(address);
  }

  private static void fullTocEntry(ByteBuffer toc, int point, int pmsf) {
    toc.put((byte) 1).put((byte) DATA_TRACK).put((byte) 0).put((byte) point);
    toc.putInt(0);
    toc.put((byte) (pmsf >>> 16)).put((byte) (pmsf >>> 8)).put((byte) pmsf);
  }

  private static int address(long block, boolean msf) {
    return msf ? msf(block) : (int) block;
  }

  /** Fills in the 16-bit length of what follows it. */
  private static byte[] withLength(ByteBuffer table) {
    int bytes = table.position();
    table.putShort(0, (short) (bytes - 2));
    return Arrays.copyOf(table.array(), bytes);
  }

  /** [MMC-3] GET CONFIGURATION; {@code type} is the RT field, {@code from} the first feature. */
  static byte[] configuration(int profile, int type, int from) {
    ByteBuffer b = ByteBuffer.allocate(128).position(6).putShort((short) profile);
    boolean cd = profile == PROFILE_CD_ROM;
    boolean dvd = profile == PROFILE_DVD_ROM;
    feature(b, type, from, 0x0000, 0x03, true, profiles(dvd, cd));
    feature(b, type, from, 0x0001, 0x03, true, 0, 0, 0, 2); // core: ATAPI
    feature(b, type, from, 0x0002, 0x03, true, 0, 0, 0, 0); // morphing
    feature(b, type, from, 0x0003, 0x03, true, 0x29, 0, 0, 0); // tray, eject, lock
    feature(b, type, from, 0x0010, 0x00, cd || dvd, 0, 0, 8, 0, 0, 1, 0, 0); // random readable
    feature(b, type, from, 0x001E, 0x00, cd, 0, 0, 0, 0); // CD read
    feature(b, type, from, 0x001F, 0x00, dvd); // DVD read
    int bytes = b.position();
    b.putInt(0, bytes - 4);
    return Arrays.copyOf(b.array(), bytes);
  }

  private static int[] profiles(boolean dvd, boolean cd) {
    return new int[] {0, PROFILE_DVD_ROM, dvd ? 1 : 0, 0, 0, PROFILE_CD_ROM, cd ? 1 : 0, 0};
  }

  private static void feature(
      ByteBuffer b, int type, int from, int code, int flags, boolean current, int... data) {
    boolean wanted =
        switch (type) {
          case 0 -> code >= from;
          case 1 -> code >= from && current;
          default -> code == from;
        };
    if (wanted) {
      b.putShort((short) code).put((byte) (flags & ~1 | (current ? 1 : 0)));
      b.put((byte) data.length);
      for (int d : data) {
        b.put((byte) d);
      }
    }
  }

  /** [MMC-3] READ DISC INFORMATION: a finished disc with one finished session. */
  static byte[] discInformation() {
    byte[] b = new byte[34];
    b[1] = 32;
    b[2] = 0x0E; // last session complete, disc complete
    b[3] = 1; // first track
    b[4] = 1; // sessions
    b[5] = 1; // first and last track of the last session
    b[6] = 1;
    b[7] = 0x20; // unrestricted use
    Arrays.fill(b, 16, 24, (byte) 0xFF); // lead-in and lead-out of a finished disc
    return b;
  }

  /** [MMC-3] READ TRACK INFORMATION of track 1. */
  static byte[] trackInformation(long blocks) {
    ByteBuffer b = ByteBuffer.allocate(36).putShort((short) 34);
    b.put(2, (byte) 1).put(3, (byte) 1); // track, session
    b.put(5, (byte) 0x04).put(6, (byte) 0x01); // data track, mode 1
    b.putInt(24, (int) blocks);
    return b.array();
  }

  /** [MMC-3] READ DVD STRUCTURE; null for a format that is not there. */
  static byte[] dvdStructure(int format, long blocks) {
    return switch (format) {
      case 0x00 -> {
        ByteBuffer b = ByteBuffer.allocate(4 + BLOCK_BYTES).putShort((short) (2 + BLOCK_BYTES));
        b.put(4, (byte) 0x01); // DVD-ROM, version 1
        b.put(5, (byte) 0x0F); // 120 mm, no maximum rate given
        b.put(6, (byte) 0x01); // one layer, embossed
        b.putInt(8, 0x3_0000);
        b.putInt(12, 0x3_0000 + (int) blocks - 1);
        yield b.array();
      }
      case 0x01 -> new byte[] {0, 6, 0, 0, 0, 0, 0, 0};
      case 0x04 -> {
        ByteBuffer b = ByteBuffer.allocate(4 + BLOCK_BYTES).putShort((short) (2 + BLOCK_BYTES));
        yield b.array();
      }
      default -> null;
    };
  }
}
