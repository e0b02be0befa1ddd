package troupe.board.firmware;

/** INT 16h ([IBM PS/2] Keyboard BIOS). */
final class KeyboardServices {
  private static final int CAPABILITIES = 0x30; // INT 16h AH=10h to 12h, and 0Ah

  private KeyboardServices() {}

  static Outcome call(Caller caller) {
    switch (caller.ah()) {
      case 0x00, 0x10 -> {
        return read(caller, caller.ah() == 0x10);
      }
      case 0x01, 0x11 -> check(caller, caller.ah() == 0x11);
      case 0x02 -> caller.al(caller.bda8(Bda.SHIFT_1));
      case 0x03 -> typematic(caller);
      case 0x05 -> caller.al(KeyBuffer.put(caller, caller.cx()) ? 0 : 1);
      case 0x09 -> caller.al(CAPABILITIES);
      case 0x0A -> caller.bx(0x41AB); // MF2 keyboard, translated
      case 0x12 -> {
        int shift2 = caller.bda8(Bda.SHIFT_2);
        int mode = caller.bda8(Bda.KEYBOARD_MODE);
        caller.al(caller.bda8(Bda.SHIFT_1));
        caller.ah(shift2 & 0x73 | (shift2 & 0x04) << 5 | mode & 0x0C);
      }
      case 0x92 -> caller.ah(0x80);
      default -> {}
    }
    return Outcome.DONE;
  }

  /**
   * The word as a caller of the old functions may see it: keys that an 83-key keyboard has not are
   * dropped (-1), doubles lose their mark.
   */
  private static int old(int word) {
    int scan = word >>> 8;
    int character = word & 0xFF;
    if (scan == 0xE0) {
      return character == 0x2F ? 0x352F : 0x1C00 | character;
    }
    if (character == 0xE0 && scan != 0) {
      return scan << 8;
    }
    if (character == 0 && scan >= 0x85 || character == 0xF0 && scan != 0) {
      return -1;
    }
    return word;
  }

  private static Outcome read(Caller caller, boolean enhanced) {
    while (!KeyBuffer.empty(caller)) {
      int word = KeyBuffer.peek(caller);
      KeyBuffer.drop(caller);
      int seen = enhanced ? word : old(word);
      if (seen >= 0) {
        caller.ax(seen);
        return Outcome.DONE;
      }
    }
    return Outcome.WAIT;
  }

  private static void check(Caller caller, boolean enhanced) {
    while (!KeyBuffer.empty(caller)) {
      int word = KeyBuffer.peek(caller);
      int seen = enhanced ? word : old(word);
      if (seen >= 0) {
        caller.zero(false);
        caller.ax(seen);
        return;
      }
      KeyBuffer.drop(caller);
    }
    caller.zero(true);
  }

  private static void typematic(Caller caller) {
    if (caller.al() == 5) {
      caller.out8(0x60, 0xF3);
      caller.out8(0x60, (caller.bh() & 3) << 5 | caller.bl() & 0x1F);
    }
  }
}
