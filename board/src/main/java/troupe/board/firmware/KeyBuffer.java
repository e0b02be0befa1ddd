package troupe.board.firmware;

/** The ring of key words in the BIOS data area that INT 09h fills and INT 16h empties. */
final class KeyBuffer {
  private KeyBuffer() {}

  private static int after(Caller caller, int at) {
    int next = at + 2;
    return next >= caller.bda16(Bda.KEY_BUFFER_END_POINTER)
        ? caller.bda16(Bda.KEY_BUFFER_START_POINTER)
        : next;
  }

  /** False if the ring is full. */
  static boolean put(Caller caller, int word) {
    int tail = caller.bda16(Bda.KEY_TAIL);
    int next = after(caller, tail);
    if (next == caller.bda16(Bda.KEY_HEAD)) {
      return false;
    }
    caller.bda16(tail, word);
    caller.bda16(Bda.KEY_TAIL, next);
    return true;
  }

  static boolean empty(Caller caller) {
    return caller.bda16(Bda.KEY_HEAD) == caller.bda16(Bda.KEY_TAIL);
  }

  static int peek(Caller caller) {
    return caller.bda16(caller.bda16(Bda.KEY_HEAD));
  }

  static void drop(Caller caller) {
    caller.bda16(Bda.KEY_HEAD, after(caller, caller.bda16(Bda.KEY_HEAD)));
  }
}
