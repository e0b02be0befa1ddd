package troupe.devices.kbc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * A PS/2 mouse with three buttons and a wheel: the standard commands ([IBM PS/2 TR] Mouse) and the
 * IntelliMouse extension, switched on by setting the sample rates 200, 100, 80 in a row.
 *
 * <p>Packets go out as fast as the guest fetches them; movement in between adds up, and every
 * change of a button gets a packet of its own.
 */
public final class Mouse implements Chip<Mouse.State> {
  private static final int SCALING_1_1 = 0xE6;
  private static final int SCALING_2_1 = 0xE7;
  private static final int SET_RESOLUTION = 0xE8;
  private static final int STATUS_REQUEST = 0xE9;
  private static final int STREAM_MODE = 0xEA;
  private static final int READ_DATA = 0xEB;
  private static final int RESET_WRAP_MODE = 0xEC;
  private static final int WRAP_MODE = 0xEE;
  private static final int REMOTE_MODE = 0xF0;
  private static final int READ_ID = 0xF2;
  private static final int SET_SAMPLE_RATE = 0xF3;
  private static final int ENABLE = 0xF4;
  private static final int DISABLE = 0xF5;
  private static final int SET_DEFAULT = 0xF6;
  private static final int RESEND = 0xFE;
  private static final int RESET = 0xFF;

  private static final int ACKNOWLEDGE = 0xFA;
  private static final int SELF_TEST_PASSED = 0xAA;
  private static final int ID_STANDARD = 0;
  private static final int ID_WHEEL = 3;

  private static final int STATUS_REMOTE = 0x40;
  private static final int STATUS_ENABLED = 0x20;
  private static final int STATUS_SCALING = 0x10;

  private static final int PACKET_ALWAYS = 0x08;
  private static final int PACKET_X_SIGN = 0x10;
  private static final int PACKET_Y_SIGN = 0x20;

  private static final int LEFT = 1;
  private static final int RIGHT = 2;
  private static final int MIDDLE = 4;

  /** The knock that turns the wheel on. */
  private static final int KNOCK = 200 << 16 | 100 << 8 | 80;

  /** Movement that scaling 2:1 makes of 0 to 5 counts; above it doubles. */
  private static final int[] SCALED = {0, 1, 1, 3, 6, 9};

  private static final int MAX_STEP = 255;
  private static final int MAX_EVENTS = 32;

  /** Counts beyond which movement that nobody fetches is forgotten. */
  private static final int MAX_MOVEMENT = 8 * MAX_STEP;

  /** Movement since the last change of a button, and the buttons after it. */
  public record Event(int dx, int dy, int wheel, int buttons) {}

  private final Runnable changed;
  private final ByteQueue replies = new ByteQueue(16);
  private final ByteQueue packet = new ByteQueue(4);
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private int buttons;
  private int awaiting;
  private int lastSent;
  private boolean remote;
  private boolean reporting;
  private boolean wrapping;
  private boolean doubled;
  private int resolution;
  private int sampleRate;
  private int lastRates;
  private int id;

  /**
   * @param changed run whenever there may be a byte to fetch
   */
  Mouse(Runnable changed) {
    this.changed = changed;
    clear();
  }

  private void clear() {
    replies.clear();
    buttons = 0;
    awaiting = 0;
    lastSent = 0;
    setDefaults();
    id = ID_STANDARD;
    lastRates = 0;
  }

  private void setDefaults() {
    forgetMovement();
    remote = false;
    reporting = false;
    wrapping = false;
    doubled = false;
    resolution = 2;
    sampleRate = 100;
  }

  private void forgetMovement() {
    packet.clear();
    events.clear();
  }

  @Override
  public void reset() {
    clear();
  }

  /**
   * Moves the mouse, in counts: {@code dx} to the right, {@code dy} towards the user (down the
   * screen), {@code wheel} notches towards the user (scrolling down).
   */
  public void move(int dx, int dy, int wheel) {
    note(dx, dy, wheel);
  }

  /** Presses or releases a button: 0 left, 1 right, 2 middle; others are ignored. */
  public void button(int number, boolean down) {
    if (number < 0 || number > 2) {
      return;
    }
    int bit = 1 << number;
    int now = down ? buttons | bit : buttons & ~bit;
    if (now != buttons) {
      buttons = now;
      note(0, 0, 0);
    }
  }

  private void note(int dx, int dy, int wheel) {
    if (!remote && !reporting) {
      return;
    }
    Event last = events.peekLast();
    if (last != null && (last.buttons == buttons || events.size() == MAX_EVENTS)) {
      events.removeLast();
      events.add(
          new Event(
              bounded((long) last.dx + dx),
              bounded((long) last.dy + dy),
              bounded((long) last.wheel + wheel),
              buttons));
    } else {
      events.add(new Event(bounded(dx), bounded(dy), bounded(wheel), buttons));
    }
    changed.run();
  }

  private static int bounded(long movement) {
    return Math.clamp(movement, -MAX_MOVEMENT, MAX_MOVEMENT);
  }

  boolean hasByte() {
    return !replies.isEmpty() || !packet.isEmpty() || streaming() && !events.isEmpty();
  }

  private boolean streaming() {
    return reporting && !remote && !wrapping;
  }

  /** The next byte for the controller; there must be one. */
  int takeByte() {
    if (!replies.isEmpty()) {
      lastSent = replies.remove();
      return lastSent;
    }
    if (packet.isEmpty()) {
      fill(packet, doubled);
    }
    lastSent = packet.remove();
    return lastSent;
  }

  /** Puts a packet of the oldest movement into {@code out} and leaves what does not fit in one. */
  private void fill(ByteQueue out, boolean scaled) {
    Event event = events.isEmpty() ? new Event(0, 0, 0, buttons) : events.remove();
    int dx = Math.clamp(event.dx, -MAX_STEP, MAX_STEP);
    int dy = Math.clamp(event.dy, -MAX_STEP, MAX_STEP);
    int wheel = Math.clamp(event.wheel, -8, 7);
    int restX = event.dx - dx;
    int restY = event.dy - dy;
    int restWheel = id == ID_WHEEL ? event.wheel - wheel : 0;
    if (restX != 0 || restY != 0 || restWheel != 0) {
      events.addFirst(new Event(restX, restY, restWheel, event.buttons));
    }
    int x = scaled ? scale(dx) : dx;
    int y = scaled ? scale(-dy) : -dy; // the mouse counts upwards
    out.add(
        PACKET_ALWAYS | event.buttons | (x < 0 ? PACKET_X_SIGN : 0) | (y < 0 ? PACKET_Y_SIGN : 0));
    out.add(x);
    out.add(y);
    if (id == ID_WHEEL) {
      out.add(wheel);
    }
  }

  private static int scale(int counts) {
    int size = Math.abs(counts);
    int scaled = size < SCALED.length ? SCALED[size] : Math.min(2 * size, MAX_STEP);
    return counts < 0 ? -scaled : scaled;
  }

  /** A byte from the controller. */
  void write(int value) {
    packet.clear(); // a command takes back a packet on its way
    if (wrapping && value != RESET_WRAP_MODE && value != RESET) {
      replies.add(value);
    } else if (awaiting != 0) {
      writeParameter(value);
    } else {
      writeCommand(value);
    }
    changed.run();
  }

  private void writeParameter(int value) {
    replies.add(ACKNOWLEDGE);
    if (awaiting == SET_RESOLUTION) {
      resolution = value & 3;
    } else {
      sampleRate = value;
      lastRates = (lastRates << 8 | value) & 0xFFFFFF;
      if (lastRates == KNOCK) {
        id = ID_WHEEL;
      }
    }
    awaiting = 0;
  }

  private void writeCommand(int command) {
    if (command == RESEND) {
      replies.add(lastSent);
      return;
    }
    replies.add(ACKNOWLEDGE);
    switch (command) {
      case SCALING_1_1 -> doubled = false;
      case SCALING_2_1 -> doubled = true;
      case SET_RESOLUTION, SET_SAMPLE_RATE -> awaiting = command;
      case STATUS_REQUEST -> {
        replies.add(
            (remote ? STATUS_REMOTE : 0)
                | (reporting ? STATUS_ENABLED : 0)
                | (doubled ? STATUS_SCALING : 0)
                | ((buttons & LEFT) != 0 ? 4 : 0)
                | ((buttons & MIDDLE) != 0 ? 2 : 0)
                | ((buttons & RIGHT) != 0 ? 1 : 0));
        replies.add(resolution);
        replies.add(sampleRate);
      }
      case STREAM_MODE -> {
        remote = false;
        forgetMovement();
      }
      case READ_DATA -> fill(replies, false);
      case RESET_WRAP_MODE -> wrapping = false;
      case WRAP_MODE -> wrapping = true;
      case REMOTE_MODE -> {
        remote = true;
        forgetMovement();
      }
      case READ_ID -> replies.add(id);
      case ENABLE -> {
        reporting = true;
        forgetMovement();
      }
      case DISABLE -> reporting = false;
      case SET_DEFAULT -> setDefaults();
      case RESET -> {
        replies.clear();
        replies.add(ACKNOWLEDGE);
        setDefaults();
        id = ID_STANDARD;
        lastRates = 0;
        replies.add(SELF_TEST_PASSED);
        replies.add(id);
      }
      default -> { // not a command: no acknowledgement after all
        replies.clear();
        replies.add(RESEND);
      }
    }
  }

  @Override
  public State save() {
    return new State(
        replies.save(),
        packet.save(),
        List.copyOf(events),
        buttons,
        awaiting,
        lastSent,
        remote,
        reporting,
        wrapping,
        doubled,
        resolution,
        sampleRate,
        lastRates,
        id);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.events == null || state.events.size() > MAX_EVENTS) {
      throw new BadStateException("mouse: more than " + MAX_EVENTS + " events");
    }
    replies.restore(state.replies);
    packet.restore(state.packet);
    List<Event> restored = new ArrayList<>();
    for (Event event : state.events) {
      restored.add(
          new Event(bounded(event.dx), bounded(event.dy), bounded(event.wheel), event.buttons & 7));
    }
    events.clear();
    events.addAll(restored);
    buttons = state.buttons & 7;
    awaiting =
        state.awaiting == SET_RESOLUTION || state.awaiting == SET_SAMPLE_RATE ? state.awaiting : 0;
    lastSent = state.lastSent & 0xFF;
    remote = state.remote;
    reporting = state.reporting;
    wrapping = state.wrapping;
    doubled = state.doubled;
    resolution = state.resolution & 3;
    sampleRate = state.sampleRate & 0xFF;
    lastRates = state.lastRates & 0xFFFFFF;
    id = state.id == ID_WHEEL ? ID_WHEEL : ID_STANDARD;
  }

  /** Saved state; {@code awaiting} is the command whose parameter comes next, or 0. */
  public record State(
      byte[] replies,
      byte[] packet,
      List<Event> events,
      int buttons,
      int awaiting,
      int lastSent,
      boolean remote,
      boolean reporting,
      boolean wrapping,
      boolean doubled,
      int resolution,
      int sampleRate,
      int lastRates,
      int id) {}
}
