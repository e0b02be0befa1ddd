package troupe.devices.ide;

import java.io.ByteArrayOutputStream;

/** Mode pages of a CD-ROM drive, none of them changeable. [MMC-3] section 6.5. */
final class MmcModePages {
  private static final int ALL_PAGES = 0x3F;
  private static final int CONTROL_CHANGEABLE = 1;

  /** Speed in kilobytes a second: 24 times. */
  private static final int SPEED = 4234;

  private static final int[][] PAGES = {
    {0x01, 6, 0, 5, 0, 0, 0, 0}, // read error recovery: five retries
    {0x0E, 14, 4, 0, 0, 0, 0, 75, 1, 255, 2, 255, 0, 0, 0, 0}, // CD audio control
    {0x1A, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // power condition
    {
      0x2A,
      18,
      0x3B,
      0x00, // reads CD-R, CD-RW, method 2, DVD-ROM, DVD-R
      0x70,
      0x00, // mode 2 forms 1 and 2, multisession
      0x29,
      0x00, // tray, eject, lock
      SPEED >> 8,
      SPEED & 0xFF,
      0,
      2, // maximum speed, volume levels
      2,
      0,
      SPEED >> 8,
      SPEED & 0xFF, // buffer of 512 KiB, current speed
      0,
      0,
      0,
      0
    },
  };

  private MmcModePages() {}

  /** Pages as stored, {@code page} or all of them; null when there is no such page. */
  static byte[] pages(int page, int control, boolean locked) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int[] p : PAGES) {
      if (page == ALL_PAGES || page == p[0]) {
        for (int i = 0; i < p.length; i++) {
          boolean lockState = p[0] == 0x2A && i == 6 && locked;
          int value = lockState ? p[i] | 0x02 : p[i];
          out.write(i >= 2 && control == CONTROL_CHANGEABLE ? 0 : value);
        }
      }
    }
    return out.size() == 0 ? null : out.toByteArray();
  }
}
