package troupe.devices.kbc;

import java.util.BitSet;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * A PS/2 keyboard of 104 keys: scan code sets 1 to 3 and every command ([IBM PS/2 TR] Keyboard).
 *
 * <p>It does not repeat held keys by itself: whoever drives it presses a held key again for a
 * repeat. Codes that the guest has not fetched wait in a bounded queue; a press that finds no room
 * is dropped, and so is its release. To type text, press only while {@link #canAccept}.
 */
public final class Keyboard implements Chip<Keyboard.State> {
  private static final int SET_LEDS = 0xED;
  private static final int ECHO = 0xEE;
  private static final int SELECT_SET = 0xF0;
  private static final int READ_ID = 0xF2;
  private static final int SET_TYPEMATIC = 0xF3;
  private static final int ENABLE = 0xF4;
  private static final int DEFAULT_DISABLE = 0xF5;
  private static final int SET_DEFAULT = 0xF6;
  private static final int ALL_TYPEMATIC = 0xF7;
  private static final int ALL_MAKE_BREAK = 0xF8;
  private static final int ALL_MAKE = 0xF9;
  private static final int ALL_TYPEMATIC_MAKE_BREAK = 0xFA;
  private static final int KEY_TYPEMATIC = 0xFB;
  private static final int KEY_MAKE_BREAK = 0xFC;
  private static final int KEY_MAKE = 0xFD;
  private static final int RESEND = 0xFE;
  private static final int RESET = 0xFF;

  private static final int ACKNOWLEDGE = 0xFA;
  private static final int SELF_TEST_PASSED = 0xAA;

  /** First ID byte, then the second. */
  private static final int[] ID = {0xAB, 0x83};

  private static final int DEFAULT_TYPEMATIC = 0x2B;
  private static final int CODES = 128;

  /** Bytes kept free for the releases of keys that are down. */
  private static final int RELEASE_RESERVE = 64;

  /** Bytes that a real keyboard would hold. */
  private static final int BUSY = 16;

  private final Runnable changed;
  private Runnable roomListener = () -> {};
  private final ByteQueue replies = new ByteQueue(16);
  private final ByteQueue codes = new ByteQueue(CODES);
  private final BitSet down = new BitSet();

  /** Set 3 codes of keys that do not send break codes in set 3. */
  private final BitSet makeOnly = new BitSet();

  private int scanCodeSet;
  private boolean scanning;
  private int leds;
  private int typematic;
  private int awaiting;
  private int lastSent;

  /**
   * @param changed run whenever there may be a byte to fetch
   */
  Keyboard(Runnable changed) {
    this.changed = changed;
    clear();
  }

  private void clear() {
    replies.clear();
    down.clear();
    leds = 0;
    awaiting = 0;
    lastSent = 0;
    setDefaults();
  }

  private void setDefaults() {
    codes.clear();
    makeOnly.clear();
    scanCodeSet = 2;
    scanning = true;
    typematic = DEFAULT_TYPEMATIC;
  }

  @Override
  public void reset() {
    clear();
    roomListener.run();
  }

  /** A key goes down; again while it is down, it repeats. */
  public void press(Key key) {
    if (codes.room() < RELEASE_RESERVE) {
      return;
    }
    down.set(key.ordinal());
    send(key, true);
  }

  /** A key comes up. Nothing happens if it was not down. */
  public void release(Key key) {
    if (down.get(key.ordinal())) {
      down.clear(key.ordinal());
      send(key, false);
    }
  }

  /** Whether a key is down. */
  public boolean isPressed(Key key) {
    return down.get(key.ordinal());
  }

  private void send(Key key, boolean pressed) {
    boolean silent = scanCodeSet == 3 && !pressed && makeOnly.get(key.set3());
    if (scanning && !silent) {
      boolean ctrl = isPressed(Key.CTRL) || isPressed(Key.RIGHT_CTRL);
      boolean alt = isPressed(Key.ALT) || isPressed(Key.RIGHT_ALT);
      ScanCodes.send(codes, scanCodeSet, key, pressed, ctrl, alt);
      changed.run();
    }
  }

  /** Whether the guest has fetched nearly all there was, so that more may be typed. */
  public boolean canAccept() {
    return codes.room() > CODES - BUSY;
  }

  /** {@code listener} runs when {@link #canAccept} has become true. */
  public void onRoom(Runnable listener) {
    roomListener = listener;
  }

  /** Lit LEDs: bit 0 Scroll Lock, bit 1 Num Lock, bit 2 Caps Lock. */
  public int leds() {
    return leds;
  }

  boolean hasByte() {
    return !replies.isEmpty() || !codes.isEmpty();
  }

  /** The next byte for the controller; there must be one. */
  int takeByte() {
    if (!replies.isEmpty()) {
      lastSent = replies.remove();
    } else {
      boolean busy = !canAccept();
      lastSent = codes.remove();
      if (busy && canAccept()) {
        roomListener.run();
      }
    }
    return lastSent;
  }

  /** A byte from the controller. */
  void write(int value) {
    if (awaiting != 0 && value < SET_LEDS) {
      writeParameter(value);
    } else {
      awaiting = 0;
      writeCommand(value);
    }
    changed.run();
  }

  private void writeCommand(int command) {
    switch (command) {
      case ECHO -> replies.add(ECHO);
      case RESEND -> replies.add(lastSent);
      case SET_LEDS, SELECT_SET, SET_TYPEMATIC, KEY_TYPEMATIC, KEY_MAKE_BREAK, KEY_MAKE -> {
        awaiting = command;
        replies.add(ACKNOWLEDGE);
      }
      case READ_ID -> {
        replies.add(ACKNOWLEDGE);
        replies.add(ID[0]);
        replies.add(ID[1]);
      }
      case ENABLE -> {
        codes.clear();
        scanning = true;
        replies.add(ACKNOWLEDGE);
      }
      case DEFAULT_DISABLE -> {
        setDefaults();
        scanning = false;
        replies.add(ACKNOWLEDGE);
      }
      case SET_DEFAULT -> {
        setDefaults();
        replies.add(ACKNOWLEDGE);
      }
      case ALL_TYPEMATIC, ALL_MAKE -> {
        makeOnly.set(0, 256);
        replies.add(ACKNOWLEDGE);
      }
      case ALL_MAKE_BREAK, ALL_TYPEMATIC_MAKE_BREAK -> {
        makeOnly.clear();
        replies.add(ACKNOWLEDGE);
      }
      case RESET -> {
        leds = 0;
        setDefaults();
        replies.clear();
        replies.add(ACKNOWLEDGE);
        replies.add(SELF_TEST_PASSED);
      }
      default -> replies.add(RESEND); // what it does not know it asks to hear again
    }
  }

  private void writeParameter(int value) {
    int command = awaiting;
    awaiting = 0;
    replies.add(ACKNOWLEDGE);
    switch (command) {
      case SET_LEDS -> leds = value & 7;
      case SET_TYPEMATIC -> typematic = value & 0x7F;
      case SELECT_SET -> {
        if (value == 0) {
          replies.add(scanCodeSet);
        } else if (value <= 3) {
          codes.clear();
          scanCodeSet = value;
        }
      }
      default -> { // a list of keys, ended by the next command
        makeOnly.set(value, command != KEY_MAKE_BREAK);
        awaiting = command;
      }
    }
  }

  @Override
  public State save() {
    return new State(
        replies.save(),
        codes.save(),
        down.toByteArray(),
        makeOnly.toByteArray(),
        scanCodeSet,
        scanning,
        leds,
        typematic,
        awaiting,
        lastSent);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.down == null || state.makeOnly == null) {
      throw new BadStateException("keyboard: keys missing");
    }
    if (state.scanCodeSet < 1 || state.scanCodeSet > 3) {
      throw new BadStateException("keyboard: no scan code set " + state.scanCodeSet);
    }
    replies.restore(state.replies);
    codes.restore(state.codes);
    copy(state.down, down, Key.values().length);
    copy(state.makeOnly, makeOnly, 256);
    scanCodeSet = state.scanCodeSet;
    scanning = state.scanning;
    leds = state.leds & 7;
    typematic = state.typematic & 0x7F;
    awaiting = state.awaiting & 0xFF;
    lastSent = state.lastSent & 0xFF;
  }

  private static void copy(byte[] from, BitSet to, int size) {
    to.clear();
    to.or(BitSet.valueOf(from));
    to.clear(size, Math.max(size, to.length()));
  }

  /** Saved state; {@code down} and {@code makeOnly} are bit sets, lowest bit first. */
  public record State(
      byte[] replies,
      byte[] codes,
      byte[] down,
      byte[] makeOnly,
      int scanCodeSet,
      boolean scanning,
      int leds,
      int typematic,
      int awaiting,
      int lastSent) {}
}
