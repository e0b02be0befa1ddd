package troupe.board;

import java.util.ArrayList;
import java.util.List;
import troupe.devices.bus.Wire;
import troupe.devices.bus.WiredOr;
import troupe.devices.pic.PicPair;

/** The sixteen interrupt request lines, each shared by whoever takes an input of it. */
final class InterruptLines {
  static final int TIMER = 0;
  static final int KEYBOARD = 1;
  static final int COM2 = 3;
  static final int COM1 = 4;
  static final int FLOPPY = 6;
  static final int LPT1 = 7;
  static final int REAL_TIME_CLOCK = 8;

  /** SCI. */
  static final int SYSTEM_CONTROL = 9;

  static final int MOUSE = 12;
  static final int COPROCESSOR = 13;
  static final int IDE_PRIMARY = 14;
  static final int IDE_SECONDARY = 15;

  private static final int COUNT = 16;

  private final List<WiredOr> lines = new ArrayList<>();

  InterruptLines(PicPair pic) {
    for (int i = 0; i < COUNT; i++) {
      lines.add(new WiredOr(pic.irq(i)));
    }
  }

  /** A new source of IRQ {@code number}. */
  Wire input(int number) {
    return lines.get(number).input();
  }

  /** A new source of each line. */
  List<Wire> inputs() {
    return lines.stream().map(WiredOr::input).toList();
  }
}
