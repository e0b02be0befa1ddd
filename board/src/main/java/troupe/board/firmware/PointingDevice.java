package troupe.board.firmware;

import troupe.processor.Processor;

/** INT 15h AH=C2h and INT 74h: the PS/2 mouse ([IBM PS/2] Pointing Device BIOS interface). */
final class PointingDevice {
  private static final int DATA = 0x60;
  private static final int STATUS = 0x64;
  private static final int OUTPUT_FULL = 0x01;
  private static final int AUX_DATA = 0x20;
  private static final int READ_MODE = 0x20;
  private static final int WRITE_MODE = 0x60;
  private static final int WRITE_AUX = 0xD4;
  private static final int AUX_ENABLE = 0xA8;
  private static final int MODE_AUX_INTERRUPT = 0x02;
  private static final int MODE_AUX_OFF = 0x20;
  private static final int MASTER_MASK = 0x21;
  private static final int SLAVE_MASK = 0xA1;
  private static final int IRQ_1 = 1 << 1;
  private static final int IRQ_12 = 1 << 4;

  private static final int ACKNOWLEDGE = 0xFA;
  private static final int TIMEOUT_MILLIS = 1_000;

  // Status of AH=C2h.
  private static final int INVALID_FUNCTION = 0x01;
  private static final int INVALID_INPUT = 0x02;
  private static final int INTERFACE_ERROR = 0x03;
  private static final int NO_HANDLER = 0x05;

  private static final int HAS_HANDLER = 0x80;
  private static final int PACKET_LENGTH = 0x07;
  private static final int[] RATES = {10, 20, 40, 60, 80, 100, 200};

  private static void done(Caller caller, int status) {
    caller.ah(status);
    caller.carry(status != 0);
  }

  Outcome call(Caller caller) {
    Ebda ebda = new Ebda(caller);
    int bh = caller.bh();
    return switch (caller.al()) {
      case 0x00 -> {
        if (bh > 1) {
          yield fail(caller, INVALID_INPUT);
        }
        if (bh == 1 && (ebda.get8(Ebda.MOUSE_FLAGS) & HAS_HANDLER) == 0) {
          yield fail(caller, NO_HANDLER);
        }
        yield exchange(caller, ebda, 0, bh == 1 ? 0xF4 : 0xF5);
      }
      case 0x01 -> exchange(caller, ebda, 2, 0xFF);
      case 0x02 ->
          bh < RATES.length
              ? exchange(caller, ebda, 0, 0xF3, RATES[bh])
              : fail(caller, INVALID_INPUT);
      case 0x03 -> bh <= 3 ? exchange(caller, ebda, 0, 0xE8, bh) : fail(caller, INVALID_INPUT);
      case 0x04 -> exchange(caller, ebda, 1, 0xF2);
      case 0x05 -> {
        if (bh < 1 || bh > 8) {
          yield fail(caller, INVALID_INPUT);
        }
        ebda.set8(
            Ebda.MOUSE_FLAGS,
            ebda.get8(Ebda.MOUSE_FLAGS) & ~PACKET_LENGTH | bh - 1 & PACKET_LENGTH);
        ebda.set8(Ebda.MOUSE_INDEX, 0);
        yield exchange(caller, ebda, 2, 0xFF);
      }
      case 0x06 ->
          switch (bh) {
            case 0 -> exchange(caller, ebda, 3, 0xE9);
            case 1 -> exchange(caller, ebda, 0, 0xE6);
            case 2 -> exchange(caller, ebda, 0, 0xE7);
            default -> fail(caller, INVALID_INPUT);
          };
      case 0x07 -> {
        int segment = caller.c.segments.selector[Processor.ES];
        boolean some = segment != 0 || caller.bx() != 0;
        ebda.set32(Ebda.MOUSE_HANDLER, segment << 16 | caller.bx());
        int flags = ebda.get8(Ebda.MOUSE_FLAGS) & ~HAS_HANDLER;
        ebda.set8(Ebda.MOUSE_FLAGS, flags | (some ? HAS_HANDLER : 0));
        done(caller, 0);
        yield Outcome.DONE;
      }
      default -> fail(caller, INVALID_FUNCTION);
    };
  }

  private static Outcome fail(Caller caller, int status) {
    done(caller, status);
    return Outcome.DONE;
  }

  /** Sends bytes, each acknowledged, then takes {@code replies} more. Polls, interrupts off. */
  private Outcome exchange(Caller caller, Ebda ebda, int replies, int... bytes) {
    int step = ebda.get8(Ebda.MOUSE_STEP);
    if (step == 0) {
      if (!begin(caller)) {
        return Outcome.WAIT;
      }
      send(caller, ebda, bytes, 0);
      return Outcome.POLL;
    }
    int status = caller.in8(STATUS);
    if ((status & OUTPUT_FULL) == 0) {
      if (ebda.get32(Ebda.MOUSE_DEADLINE) - caller.millis() < 0) {
        return end(caller, ebda, INTERFACE_ERROR);
      }
      return Outcome.POLL;
    }
    int value = caller.in8(DATA);
    if ((status & AUX_DATA) == 0) {
      return Outcome.POLL; // a key comes too late
    }
    int taken = ebda.get8(Ebda.MOUSE_REPLIES);
    if (step < bytes.length || taken == 0) {
      if (value != ACKNOWLEDGE) {
        return end(caller, ebda, INTERFACE_ERROR);
      }
      if (step < bytes.length) {
        send(caller, ebda, bytes, step);
        return Outcome.POLL;
      }
    } else {
      ebda.set8(Ebda.MOUSE_REPLY + taken - 1, value);
    }
    ebda.set8(Ebda.MOUSE_REPLIES, taken + 1);
    if (taken < replies) {
      return Outcome.POLL;
    }
    results(caller, ebda);
    return end(caller, ebda, 0);
  }

  /** Empties the controller's output and keeps IRQ 12 quiet. False while a key is to be taken. */
  private static boolean begin(Caller caller) {
    int status = caller.in8(STATUS);
    if ((status & OUTPUT_FULL) != 0) {
      boolean key = (status & AUX_DATA) == 0;
      if (key && (caller.in8(MASTER_MASK) & IRQ_1) == 0) {
        return false;
      }
      caller.in8(DATA);
    }
    mode(caller, MODE_AUX_INTERRUPT | MODE_AUX_OFF, 0);
    caller.out8(STATUS, AUX_ENABLE);
    return true;
  }

  private static void mode(Caller caller, int mask, int value) {
    caller.out8(STATUS, READ_MODE);
    int mode = caller.in8(DATA) & ~mask | value;
    caller.out8(STATUS, WRITE_MODE);
    caller.out8(DATA, mode);
  }

  private void send(Caller caller, Ebda ebda, int[] bytes, int index) {
    caller.out8(STATUS, WRITE_AUX);
    caller.out8(DATA, bytes[index]);
    ebda.set8(Ebda.MOUSE_STEP, index + 1);
    ebda.set8(Ebda.MOUSE_REPLIES, 0);
    ebda.set32(Ebda.MOUSE_DEADLINE, caller.millis() + TIMEOUT_MILLIS);
  }

  private static void results(Caller caller, Ebda ebda) {
    int first = ebda.get8(Ebda.MOUSE_REPLY);
    int second = ebda.get8(Ebda.MOUSE_REPLY + 1);
    switch (caller.al()) {
      case 0x01, 0x05 -> {
        caller.bl(first);
        caller.bh(second);
      }
      case 0x04 -> caller.bh(first);
      case 0x06 -> {
        if (caller.bh() == 0) {
          caller.bl(first);
          caller.cl(second);
          caller.dl(ebda.get8(Ebda.MOUSE_REPLY + 2));
        }
      }
      default -> {}
    }
  }

  private static Outcome end(Caller caller, Ebda ebda, int status) {
    ebda.set8(Ebda.MOUSE_STEP, 0);
    ebda.set8(Ebda.MOUSE_INDEX, 0);
    if ((ebda.get8(Ebda.MOUSE_FLAGS) & HAS_HANDLER) != 0) {
      mode(caller, MODE_AUX_INTERRUPT, MODE_AUX_INTERRUPT);
      caller.out8(SLAVE_MASK, caller.in8(SLAVE_MASK) & ~IRQ_12);
    }
    done(caller, status);
    return Outcome.DONE;
  }

  /** INT 74h: AL is a byte of a packet. Gives carry and the handler's parameters with the last. */
  static void interrupt(Caller caller) {
    Ebda ebda = new Ebda(caller);
    int flags = ebda.get8(Ebda.MOUSE_FLAGS);
    int index = ebda.get8(Ebda.MOUSE_INDEX) & 7;
    int data = caller.al();
    caller.c.setCarry(false);
    if ((flags & HAS_HANDLER) == 0) {
      return;
    }
    int length = (flags & PACKET_LENGTH) + 1;
    // The first byte of a packet of three has bit 3 set: resynchronizes after a lost byte.
    if (index == 0 && length == 3 && (data & 0x08) == 0) {
      return;
    }
    ebda.set8(Ebda.MOUSE_DATA + index, data);
    if (++index < length) {
      ebda.set8(Ebda.MOUSE_INDEX, index);
      return;
    }
    ebda.set8(Ebda.MOUSE_INDEX, 0);
    caller.ax(ebda.get8(Ebda.MOUSE_DATA));
    caller.bx(ebda.get8(Ebda.MOUSE_DATA + 1));
    caller.cx(ebda.get8(Ebda.MOUSE_DATA + 2));
    caller.dx(0);
    caller.si(caller.bda16(Bda.EBDA_SEGMENT));
    caller.c.setCarry(true);
  }
}
