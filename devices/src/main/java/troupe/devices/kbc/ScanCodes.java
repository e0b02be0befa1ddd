package troupe.devices.kbc;

/** Byte sequences of keys in the three scan code sets, and the 8042's translation of set 2 to 1. */
final class ScanCodes {
  static final int EXTENDED = 0xE0;
  static final int PAUSE_PREFIX = 0xE1;
  static final int BREAK = 0xF0;

  /** In set 1, bit 7 of a code means break. */
  static final int SET_1_BREAK = 0x80;

  private static final int E0 = 0x100;
  private static final int LEFT_SHIFT = 0x12;
  private static final int LEFT_CTRL = 0x14;
  private static final int NUM_LOCK = 0x77;
  private static final int CTRL_BREAK = E0 | 0x7E;
  private static final int SYSTEM_REQUEST = 0x84;

  /** Set 1 code of each set 2 code below 80h ([8042] scan code translation). */
  private static final String TRANSLATION =
      "FF43413F3D3B3C58644442403E0F2959"
          + "65382A701D10025A66712C1F1E11035B"
          + "672E2D201205045C68392F211413065D"
          + "693130232215075E6A7232241608095F"
          + "6B332517180B0A606C34352627190C61"
          + "6D7328741A0D626E3A361C1B752B6376"
          + "55565778797A0E7B7C4F7D4B477E7F6F"
          + "5253504C4D480145574E514A37494654";

  private static final byte[] SET_2_TO_1 = java.util.HexFormat.of().parseHex(TRANSLATION);

  private ScanCodes() {}

  /** The 8042's translation of one byte that is not F0h. */
  static int translate(int value) {
    return switch (value) {
      case 0x83 -> 0x41;
      case SYSTEM_REQUEST -> 0x54;
      default -> value < 0x80 ? SET_2_TO_1[value] & 0xFF : value;
    };
  }

  /** Puts what {@code key} sends into {@code out}. */
  static void send(ByteQueue out, int set, Key key, boolean down, boolean ctrl, boolean alt) {
    if (set == 3) {
      if (!down) {
        out.add(BREAK);
      }
      out.add(key.set3());
    } else if (key == Key.PAUSE && !ctrl) {
      if (down) {
        pause(out, set);
      }
    } else if (key == Key.PAUSE) {
      if (down) {
        code(out, set, CTRL_BREAK, true);
        code(out, set, CTRL_BREAK, false);
      }
    } else if (key == Key.PRINT_SCREEN && alt) {
      code(out, set, SYSTEM_REQUEST, down);
    } else if (key == Key.PRINT_SCREEN) {
      // The shift that older software expects with this key, released in the opposite order.
      code(out, set, down ? E0 | LEFT_SHIFT : key.set2(), down);
      code(out, set, down ? key.set2() : E0 | LEFT_SHIFT, down);
    } else {
      code(out, set, key.set2(), down);
    }
  }

  /** One make or break code; {@code code} is of set 2, with bit 8 for the prefix. */
  private static void code(ByteQueue out, int set, int code, boolean down) {
    if ((code & E0) != 0) {
      out.add(EXTENDED);
    }
    bare(out, set, code & 0xFF, down);
  }

  private static void bare(ByteQueue out, int set, int code, boolean down) {
    if (set == 1) {
      out.add(translate(code) | (down ? 0 : SET_1_BREAK));
    } else {
      if (!down) {
        out.add(BREAK);
      }
      out.add(code);
    }
  }

  private static void pause(ByteQueue out, int set) {
    out.add(PAUSE_PREFIX);
    bare(out, set, LEFT_CTRL, true);
    bare(out, set, NUM_LOCK, true);
    out.add(PAUSE_PREFIX);
    bare(out, set, LEFT_CTRL, false);
    bare(out, set, NUM_LOCK, false);
  }
}
