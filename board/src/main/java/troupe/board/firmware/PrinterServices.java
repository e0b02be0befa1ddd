package troupe.board.firmware;

/** INT 17h: parallel ports ([IBM BIOS] INT 17h). */
final class PrinterServices {
  private static final int DATA = 0;
  private static final int STATUS = 1;
  private static final int CONTROL = 2;
  private static final int NOT_BUSY = 0x80;
  private static final int STROBE = 0x01;
  private static final int INITIALIZE = 0x04;
  private static final int SELECT = 0x08;
  private static final int STATUS_INVERTED = 0x48;
  private static final int STATUS_BITS = 0xF8;
  private static final int TIMED_OUT = 0x01;
  private static final int PORTS = 3;
  private static final int DEFAULT_TIMEOUT = 20;
  private static final int TIMEOUT_MILLIS = 1_000;

  private PrinterServices() {}

  static Outcome call(Caller caller) {
    int number = caller.dx();
    int base = number < PORTS ? caller.bda16(Bda.LPT_PORTS + 2 * number) : 0;
    if (base == 0) {
      caller.ah(TIMED_OUT);
      return Outcome.DONE;
    }
    switch (caller.ah()) {
      case 0x00 -> {
        return print(caller, base);
      }
      case 0x01 -> {
        caller.out8(base + CONTROL, SELECT);
        caller.out8(base + CONTROL, SELECT | INITIALIZE);
        status(caller, base, 0);
      }
      case 0x02 -> status(caller, base, 0);
      default -> {}
    }
    return Outcome.DONE;
  }

  private static void status(Caller caller, int base, int extra) {
    caller.ah((caller.in8(base + STATUS) ^ STATUS_INVERTED) & STATUS_BITS | extra);
  }

  private static Outcome print(Caller caller, int base) {
    Ebda ebda = new Ebda(caller);
    if ((caller.in8(base + STATUS) & NOT_BUSY) == 0) {
      if (ebda.get8(Ebda.PORT_WAITING) == 0) {
        int timeout = caller.bda8(Bda.LPT_TIMEOUT + caller.dx()) * TIMEOUT_MILLIS;
        ebda.set8(Ebda.PORT_WAITING, 1);
        ebda.set32(Ebda.PORT_DEADLINE, caller.millis() + timeout);
      } else if (ebda.get32(Ebda.PORT_DEADLINE) - caller.millis() < 0) {
        ebda.set8(Ebda.PORT_WAITING, 0);
        status(caller, base, TIMED_OUT);
        return Outcome.DONE;
      }
      return Outcome.WAIT;
    }
    ebda.set8(Ebda.PORT_WAITING, 0);
    caller.out8(base + DATA, caller.al());
    caller.out8(base + CONTROL, SELECT | INITIALIZE | STROBE);
    caller.out8(base + CONTROL, SELECT | INITIALIZE);
    status(caller, base, 0);
    return Outcome.DONE;
  }

  /** Finds the ports that are there and enters them in the data area; returns how many. */
  static int detect(Caller caller) {
    int[] bases = {0x378, 0x278, 0x3BC};
    int count = 0;
    for (int base : bases) {
      caller.out8(base + DATA, 0xAA);
      if (caller.in8(base + DATA) == 0xAA) {
        caller.out8(base + CONTROL, SELECT | INITIALIZE);
        caller.bda16(Bda.LPT_PORTS + 2 * count, base);
        caller.bda8(Bda.LPT_TIMEOUT + count, DEFAULT_TIMEOUT);
        count++;
      }
    }
    return count;
  }
}
