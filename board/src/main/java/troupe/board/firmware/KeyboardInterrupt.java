package troupe.board.firmware;

/**
 * INT 09h: one byte of scan code set 1 from the keyboard becomes shift states in the BIOS data area
 * and words in the INT 16h buffer ([IBM PS/2] Keyboard BIOS). What is left to machine code comes
 * back as an action.
 */
final class KeyboardInterrupt {
  // Actions, to the stub in AH.
  static final int NOTHING = 0;
  static final int PRINT_SCREEN = 1;
  static final int BREAK = 2;
  static final int PAUSE = 3;
  static final int SYS_REQ_DOWN = 4;
  static final int SYS_REQ_UP = 5;
  static final int RESET = 6;

  // SHIFT_1
  static final int RIGHT_SHIFT = 0x01;
  static final int LEFT_SHIFT = 0x02;
  static final int CONTROL = 0x04;
  static final int ALT = 0x08;
  static final int SCROLL_LOCK = 0x10;
  static final int NUM_LOCK = 0x20;
  static final int CAPS_LOCK = 0x40;
  static final int INSERT = 0x80;

  // SHIFT_2
  static final int LEFT_CONTROL = 0x01;
  static final int LEFT_ALT = 0x02;
  static final int SYS_REQ = 0x04;
  static final int PAUSED = 0x08;

  // KEYBOARD_MODE
  static final int LAST_E1 = 0x01;
  static final int LAST_E0 = 0x02;
  static final int RIGHT_CONTROL = 0x04;
  static final int RIGHT_ALT = 0x08;
  static final int ENHANCED = 0x10;

  private static final int RELEASED = 0x80;
  private static final int PREFIX_E0 = 0xE0;
  private static final int PREFIX_E1 = 0xE1;

  private static final int DATA_PORT = 0x60;
  private static final int SET_LEDS = 0xED;

  private final Caller caller;
  private int shift;
  private int mode;

  KeyboardInterrupt(Caller caller) {
    this.caller = caller;
  }

  /** Takes the byte in AL and gives an action in AH. */
  void run() {
    caller.ah(take(caller.al()));
  }

  private int take(int code) {
    shift = caller.bda8(Bda.SHIFT_1);
    mode = caller.bda8(Bda.KEYBOARD_MODE);
    if (code == PREFIX_E0 || code == PREFIX_E1) {
      caller.bdaBits(Bda.KEYBOARD_MODE, LAST_E0 | LAST_E1, code == PREFIX_E0 ? LAST_E0 : LAST_E1);
      return NOTHING;
    }
    // Acknowledge, resend and such are not keys.
    if (code == 0xFA || code == 0xFE || code == 0xEE || code == 0xFF || code == 0) {
      return NOTHING;
    }
    boolean grey = (mode & LAST_E0) != 0;
    boolean pauseKey = (mode & LAST_E1) != 0;
    boolean released = (code & RELEASED) != 0;
    int key = code & ~RELEASED;
    int action;
    if (pauseKey) {
      // The Pause key sends E1 1D 45 and the same released: the 1D belongs to it.
      if (key == ScanCodes.CONTROL) {
        return NOTHING;
      }
      action = released ? NOTHING : pause();
    } else {
      action = released ? released(key, grey) : pressed(key, grey);
    }
    caller.bdaBits(Bda.KEYBOARD_MODE, LAST_E0 | LAST_E1, 0);
    return action;
  }

  private int pause() {
    if ((caller.bda8(Bda.SHIFT_2) & PAUSED) == 0) {
      caller.bdaBits(Bda.SHIFT_2, PAUSED, PAUSED);
      return PAUSE;
    }
    return NOTHING;
  }

  /** Ctrl-NumLock or Pause holds the program until a key is pressed. */
  static Outcome paused(Caller caller) {
    return (caller.bda8(Bda.SHIFT_2) & PAUSED) != 0 ? Outcome.WAIT : Outcome.DONE;
  }

  private static int shiftOf(int key, boolean grey) {
    return switch (key) {
      case ScanCodes.LEFT_SHIFT -> grey ? 0 : LEFT_SHIFT;
      case ScanCodes.RIGHT_SHIFT -> grey ? 0 : RIGHT_SHIFT;
      case ScanCodes.CONTROL -> CONTROL;
      case ScanCodes.ALT -> ALT;
      default -> 0;
    };
  }

  private static boolean isShift(int key) {
    return key == ScanCodes.LEFT_SHIFT
        || key == ScanCodes.RIGHT_SHIFT
        || key == ScanCodes.CONTROL
        || key == ScanCodes.ALT;
  }

  private int released(int key, boolean grey) {
    switch (key) {
      case ScanCodes.CONTROL, ScanCodes.ALT -> releaseControlOrAlt(key, grey);
      case ScanCodes.LEFT_SHIFT, ScanCodes.RIGHT_SHIFT ->
          caller.bdaBits(Bda.SHIFT_1, shiftOf(key, grey), 0);
      case ScanCodes.CAPS_LOCK, ScanCodes.NUM_LOCK, ScanCodes.SCROLL_LOCK, ScanCodes.INSERT ->
          caller.bdaBits(Bda.SHIFT_2, held(key), 0);
      case ScanCodes.SYS_REQ -> {
        caller.bdaBits(Bda.SHIFT_2, SYS_REQ, 0);
        return SYS_REQ_UP;
      }
      default -> {}
    }
    return NOTHING;
  }

  private void releaseControlOrAlt(int key, boolean grey) {
    boolean control = key == ScanCodes.CONTROL;
    int left = control ? LEFT_CONTROL : LEFT_ALT;
    int right = control ? RIGHT_CONTROL : RIGHT_ALT;
    if (grey) {
      caller.bdaBits(Bda.KEYBOARD_MODE, right, 0);
    } else {
      caller.bdaBits(Bda.SHIFT_2, left, 0);
    }
    boolean other =
        (caller.bda8(Bda.SHIFT_2) & left) != 0 || (caller.bda8(Bda.KEYBOARD_MODE) & right) != 0;
    int flag = control ? CONTROL : ALT;
    caller.bdaBits(Bda.SHIFT_1, flag, other ? flag : 0);
    if (!control && !other) {
      int typed = caller.bda8(Bda.ALT_KEYPAD);
      if (typed != 0) {
        caller.bda8(Bda.ALT_KEYPAD, 0);
        KeyBuffer.put(caller, typed);
      }
    }
  }

  /** Bit of SHIFT_2 of a lock key that is held down. */
  private static int held(int key) {
    return switch (key) {
      case ScanCodes.CAPS_LOCK -> CAPS_LOCK;
      case ScanCodes.NUM_LOCK -> NUM_LOCK;
      case ScanCodes.SCROLL_LOCK -> SCROLL_LOCK;
      default -> INSERT;
    };
  }

  private int pressed(int key, boolean grey) {
    if (isShift(key)) {
      int flag = shiftOf(key, grey);
      caller.bdaBits(Bda.SHIFT_1, flag, flag);
      if (key == ScanCodes.CONTROL || key == ScanCodes.ALT) {
        boolean control = key == ScanCodes.CONTROL;
        if (grey) {
          int right = control ? RIGHT_CONTROL : RIGHT_ALT;
          caller.bdaBits(Bda.KEYBOARD_MODE, right, right);
        } else {
          int left = control ? LEFT_CONTROL : LEFT_ALT;
          caller.bdaBits(Bda.SHIFT_2, left, left);
        }
      }
      return NOTHING;
    }
    boolean control = (shift & CONTROL) != 0;
    boolean alt = (shift & ALT) != 0;
    if (control && alt && key == ScanCodes.DELETE) {
      caller.bda16(Bda.RESET_FLAG, Bda.WARM_BOOT);
      return RESET;
    }
    if ((caller.bda8(Bda.SHIFT_2) & PAUSED) != 0) {
      caller.bdaBits(Bda.SHIFT_2, PAUSED, 0);
      return NOTHING;
    }
    if (key == ScanCodes.SCROLL_LOCK && (control || grey)) {
      return controlBreak();
    }
    if (key == ScanCodes.NUM_LOCK && control) {
      return pause();
    }
    if (key == ScanCodes.PRINT && !control && (grey || (shift & 3) != 0) && !alt) {
      return PRINT_SCREEN;
    }
    if (key == ScanCodes.SYS_REQ) {
      caller.bdaBits(Bda.SHIFT_2, SYS_REQ, SYS_REQ);
      return SYS_REQ_DOWN;
    }
    if (key == ScanCodes.CAPS_LOCK || key == ScanCodes.NUM_LOCK || key == ScanCodes.SCROLL_LOCK) {
      toggle(key);
      return NOTHING;
    }
    if (key == ScanCodes.INSERT && !control && !alt) {
      insert(grey);
    }
    int word = word(key, grey, control, alt);
    if (word != 0) {
      KeyBuffer.put(caller, word);
    }
    return NOTHING;
  }

  private int controlBreak() {
    caller.bda8(Bda.BREAK, 0x80);
    int start = caller.bda16(Bda.KEY_BUFFER_START_POINTER);
    caller.bda16(Bda.KEY_HEAD, start);
    caller.bda16(Bda.KEY_TAIL, start);
    KeyBuffer.put(caller, 0);
    return BREAK;
  }

  private void toggle(int key) {
    int flag = held(key);
    if ((caller.bda8(Bda.SHIFT_2) & flag) != 0) {
      return; // typematic
    }
    caller.bdaBits(Bda.SHIFT_2, flag, flag);
    caller.bda8(Bda.SHIFT_1, caller.bda8(Bda.SHIFT_1) ^ flag);
    showLocks(caller);
  }

  /** Sends the state of the locks to the keyboard's lights; its acknowledgements come as bytes. */
  static void showLocks(Caller caller) {
    int leds = caller.bda8(Bda.SHIFT_1) >>> 4 & 7;
    caller.bda8(Bda.KEYBOARD_LEDS, caller.bda8(Bda.KEYBOARD_LEDS) & ~7 | leds);
    caller.out8(DATA_PORT, SET_LEDS);
    caller.out8(DATA_PORT, leds);
  }

  private void insert(boolean grey) {
    boolean number = ((shift & NUM_LOCK) != 0) != ((shift & 3) != 0);
    if (!grey && number || (caller.bda8(Bda.SHIFT_2) & INSERT) != 0) {
      return;
    }
    caller.bdaBits(Bda.SHIFT_2, INSERT, INSERT);
    caller.bda8(Bda.SHIFT_1, caller.bda8(Bda.SHIFT_1) ^ INSERT);
  }

  private int word(int key, boolean grey, boolean control, boolean alt) {
    boolean shifted = (shift & (LEFT_SHIFT | RIGHT_SHIFT)) != 0;
    if (grey) {
      return greyWord(key, control, alt);
    }
    if (alt) {
      if (ScanCodes.keypad(key) && ScanCodes.keypadDigit(key) >= 0) {
        int typed = caller.bda8(Bda.ALT_KEYPAD) * 10 + ScanCodes.keypadDigit(key);
        caller.bda8(Bda.ALT_KEYPAD, typed);
        return 0;
      }
      return ScanCodes.alt(key);
    }
    if (control) {
      return ScanCodes.control(key);
    }
    if (ScanCodes.keypad(key)) {
      boolean number = ((shift & NUM_LOCK) != 0) != shifted;
      return number ? ScanCodes.keypadNumber(key) : ScanCodes.keypadCursor(key);
    }
    if (ScanCodes.letter(key) && (shift & CAPS_LOCK) != 0) {
      shifted = !shifted;
    }
    return shifted ? ScanCodes.shifted(key) : ScanCodes.plain(key);
  }

  /** Keys that send E0 first: marked with E0h in the lower byte where they double another key. */
  private static int greyWord(int key, boolean control, boolean alt) {
    if (ScanCodes.keypad(key)) {
      if (alt) {
        return ScanCodes.altGrey(key);
      }
      return control ? ScanCodes.control(key) | 0xE0 : key << 8 | 0xE0;
    }
    return switch (key) {
      case 0x1C -> alt ? 0xA600 : control ? 0xE00A : 0xE00D;
      case 0x35 -> alt ? 0xA400 : control ? 0x9500 : 0xE02F;
      case ScanCodes.PRINT -> control ? 0x7200 : 0;
      default -> 0;
    };
  }
}
