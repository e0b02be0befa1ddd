package troupe.board.firmware;

/** INT 14h: serial ports ([IBM BIOS] INT 14h). */
final class SerialServices {
  // [PC16550D] registers.
  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int LINE_CONTROL = 3;
  private static final int MODEM_CONTROL = 4;
  private static final int LINE_STATUS = 5;
  private static final int MODEM_STATUS = 6;
  private static final int DIVISOR_LATCH = 0x80;
  private static final int TRANSMITTER_EMPTY = 0x20;
  private static final int DATA_READY = 0x01;
  private static final int DTR_RTS = 0x03;

  private static final int TIMED_OUT = 0x80;
  private static final int PORTS = 4;
  private static final int[] DIVISORS = {1047, 768, 384, 192, 96, 48, 24, 12};

  /** A unit of the timeout byte in the data area, about a second. */
  private static final int TIMEOUT_MILLIS = 1_000;

  private SerialServices() {}

  static Outcome call(Caller caller) {
    int number = caller.dx();
    int base = number < PORTS ? caller.bda16(Bda.COM_PORTS + 2 * number) : 0;
    if (base == 0) {
      caller.ah(TIMED_OUT);
      return Outcome.DONE;
    }
    switch (caller.ah()) {
      case 0x00 -> {
        setUp(caller, base, DIVISORS[caller.al() >>> 5], caller.al() & 0x1F);
        status(caller, base);
      }
      case 0x01 -> {
        return send(caller, base);
      }
      case 0x02 -> {
        return receive(caller, base);
      }
      case 0x03 -> status(caller, base);
      default -> {}
    }
    return Outcome.DONE;
  }

  private static void setUp(Caller caller, int base, int divisor, int line) {
    caller.out8(base + LINE_CONTROL, line | DIVISOR_LATCH);
    caller.out8(base + DATA, divisor);
    caller.out8(base + INTERRUPT_ENABLE, divisor >>> 8);
    caller.out8(base + LINE_CONTROL, line);
    caller.out8(base + INTERRUPT_ENABLE, 0);
  }

  private static void status(Caller caller, int base) {
    caller.ah(caller.in8(base + LINE_STATUS));
    caller.al(caller.in8(base + MODEM_STATUS));
  }

  private static Outcome send(Caller caller, int base) {
    caller.out8(base + MODEM_CONTROL, caller.in8(base + MODEM_CONTROL) | DTR_RTS);
    int status = caller.in8(base + LINE_STATUS);
    if ((status & TRANSMITTER_EMPTY) == 0) {
      return wait(caller, status);
    }
    caller.out8(base + DATA, caller.al());
    new Ebda(caller).set8(Ebda.PORT_WAITING, 0);
    caller.ah(status & 0x7F);
    return Outcome.DONE;
  }

  private static Outcome receive(Caller caller, int base) {
    caller.out8(base + MODEM_CONTROL, caller.in8(base + MODEM_CONTROL) | 1);
    int status = caller.in8(base + LINE_STATUS);
    if ((status & DATA_READY) == 0) {
      return wait(caller, status);
    }
    caller.al(caller.in8(base + DATA));
    new Ebda(caller).set8(Ebda.PORT_WAITING, 0);
    caller.ah(status & 0x1E);
    return Outcome.DONE;
  }

  private static Outcome wait(Caller caller, int status) {
    Ebda ebda = new Ebda(caller);
    if (ebda.get8(Ebda.PORT_WAITING) == 0) {
      int timeout = caller.bda8(Bda.COM_TIMEOUT + caller.dx()) * TIMEOUT_MILLIS;
      ebda.set8(Ebda.PORT_WAITING, 1);
      ebda.set32(Ebda.PORT_DEADLINE, caller.millis() + timeout);
    } else if (ebda.get32(Ebda.PORT_DEADLINE) - caller.millis() < 0) {
      ebda.set8(Ebda.PORT_WAITING, 0);
      caller.ah(status | TIMED_OUT);
      return Outcome.DONE;
    }
    return Outcome.POLL;
  }

  /** Finds the ports that are there and enters them in the data area; returns how many. */
  static int detect(Caller caller) {
    int[] bases = {0x3F8, 0x2F8, 0x3E8, 0x2E8};
    int count = 0;
    for (int base : bases) {
      caller.out8(base + INTERRUPT_ENABLE, 0x02);
      boolean there = caller.in8(base + INTERRUPT_ENABLE) == 0x02;
      caller.out8(base + INTERRUPT_ENABLE, 0);
      if (there && caller.in8(base + INTERRUPT_ENABLE) == 0) {
        setUp(caller, base, 48, 3);
        caller.bda16(Bda.COM_PORTS + 2 * count, base);
        caller.bda8(Bda.COM_TIMEOUT + count, 1);
        count++;
      }
    }
    return count;
  }
}
