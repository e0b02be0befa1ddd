package troupe.board.firmware;

/**
 * Scan code set 1 to the words that INT 16h returns: scan code in the upper byte, ASCII in the
 * lower, for a US keyboard ([IBM PS/2] Keyboard BIOS, character codes). 0 is a key that gives none.
 */
final class ScanCodes {
  static final int ESCAPE = 0x01;
  static final int CONTROL = 0x1D;
  static final int LEFT_SHIFT = 0x2A;
  static final int RIGHT_SHIFT = 0x36;
  static final int PRINT = 0x37;
  static final int ALT = 0x38;
  static final int CAPS_LOCK = 0x3A;
  static final int NUM_LOCK = 0x45;
  static final int SCROLL_LOCK = 0x46;
  static final int HOME = 0x47;
  static final int INSERT = 0x52;
  static final int DELETE = 0x53;
  static final int SYS_REQ = 0x54;
  static final int F11 = 0x57;
  static final int F12 = 0x58;

  private static final String PLAIN =
      "\0\u001b1234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
  private static final String SHIFTED =
      "\0\u001b!@#$%^&*()_+\b\0QWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
  private static final String KEYPAD = "789-456+1230.";

  private static final int FIRST_FUNCTION = 0x3B;
  private static final int LAST_FUNCTION = 0x44;
  private static final int BACKSLASH_102 = 0x56;

  /** Control with the keys of the keypad, from Home on. */
  private static final int[] CONTROL_KEYPAD = {
    0x77, 0x8D, 0x84, 0x8E, 0x73, 0x8F, 0x74, 0x90, 0x75, 0x91, 0x76, 0x92, 0x93
  };

  /** Alt with the grey keys in the places of the keypad, from Home on. */
  private static final int[] ALT_GREY = {
    0x97, 0x98, 0x99, 0x4A, 0x9B, 0, 0x9D, 0x4E, 0x9F, 0xA0, 0xA1, 0xA2, 0xA3
  };

  private ScanCodes() {}

  static boolean letter(int code) {
    return code < PLAIN.length() && Character.isLetter(PLAIN.charAt(code));
  }

  static boolean keypad(int code) {
    return code >= HOME && code <= DELETE;
  }

  /** Digit of a keypad key, or -1. */
  static int keypadDigit(int code) {
    char c = KEYPAD.charAt(code - HOME);
    return Character.isDigit(c) ? c - '0' : -1;
  }

  static int plain(int code) {
    if (code < PLAIN.length()) {
      return word(code, PLAIN.charAt(code));
    }
    if (code == BACKSLASH_102) {
      return word(code, '\\');
    }
    if (function(code)) {
      return code << 8;
    }
    return code >= F11 && code <= F12 ? code - F11 + 0x85 << 8 : 0;
  }

  static int shifted(int code) {
    if (code == 0x0F) {
      return 0x0F00; // back tab
    }
    if (code < SHIFTED.length()) {
      return word(code, SHIFTED.charAt(code));
    }
    if (code == BACKSLASH_102) {
      return word(code, '|');
    }
    if (function(code)) {
      return code - FIRST_FUNCTION + 0x54 << 8;
    }
    return code >= F11 && code <= F12 ? code - F11 + 0x87 << 8 : 0;
  }

  static int control(int code) {
    if (letter(code)) {
      return code << 8 | PLAIN.charAt(code) - 'a' + 1;
    }
    if (function(code)) {
      return code - FIRST_FUNCTION + 0x5E << 8;
    }
    return switch (code) {
      case ESCAPE -> 0x011B;
      case 0x03 -> 0x0300; // Ctrl-2
      case 0x07 -> 0x071E; // Ctrl-6
      case 0x0C -> 0x0C1F; // Ctrl--
      case 0x0E -> 0x0E7F;
      case 0x0F -> 0x9400;
      case 0x1A -> 0x1A1B;
      case 0x1B -> 0x1B1D;
      case 0x1C -> 0x1C0A;
      case 0x2B -> 0x2B1C;
      case 0x39 -> 0x3920;
      case PRINT -> 0x9600;
      case F11 -> 0x8900;
      case F12 -> 0x8A00;
      default -> keypad(code) ? CONTROL_KEYPAD[code - HOME] << 8 : 0;
    };
  }

  static int alt(int code) {
    if (code >= 0x02 && code <= 0x0D) {
      return code + 0x76 << 8; // digits, minus, equals
    }
    if (function(code)) {
      return code - FIRST_FUNCTION + 0x68 << 8;
    }
    return switch (code) {
      case 0x0F -> 0xA500;
      case 0x39 -> 0x3920;
      case F11 -> 0x8B00;
      case F12 -> 0x8C00;
      case 0x4A -> 0x4A00;
      case 0x4E -> 0x4E00;
      default -> code < 0x39 && plain(code) != 0 ? code << 8 : 0;
    };
  }

  static int altGrey(int code) {
    return keypad(code) ? ALT_GREY[code - HOME] << 8 : 0;
  }

  private static boolean function(int code) {
    return code >= FIRST_FUNCTION && code <= LAST_FUNCTION;
  }

  private static int word(int code, char character) {
    return character == 0 ? 0 : code << 8 | character;
  }

  /** Keypad with the number lock on (or Shift while it is off). */
  static int keypadNumber(int code) {
    return code << 8 | KEYPAD.charAt(code - HOME);
  }

  /** Keypad as cursor keys. The 5 gives a word of its own, minus and plus their characters. */
  static int keypadCursor(int code) {
    return switch (code) {
      case 0x4A -> 0x4A2D;
      case 0x4E -> 0x4E2B;
      default -> code << 8;
    };
  }
}
