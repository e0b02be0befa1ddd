package troupe.board.firmware;

import java.util.List;

/** INT 08h, 70h and 1Ah: the tick count, the real-time clock and its alarm. */
final class ClockServices {
  private static final int INDEX = 0x70;
  private static final int DATA = 0x71;

  // [MC146818] registers.
  private static final int SECONDS = 0x00;
  private static final int SECONDS_ALARM = 0x01;
  private static final int MINUTES = 0x02;
  private static final int MINUTES_ALARM = 0x03;
  private static final int HOURS = 0x04;
  private static final int HOURS_ALARM = 0x05;
  private static final int DAY = 0x07;
  private static final int MONTH = 0x08;
  private static final int YEAR = 0x09;
  private static final int A = 0x0A;
  private static final int B = 0x0B;
  private static final int C = 0x0C;
  private static final int CENTURY = 0x32;
  private static final int UPDATE_IN_PROGRESS = 0x80;
  private static final int SET = 0x80;
  private static final int PERIODIC = 0x40;
  private static final int ALARM = 0x20;
  private static final int DAYLIGHT = 0x01;

  private static final int TICKS_PER_DAY = 0x1800B0;

  /** Periodic interrupts come 1,024 times a second. */
  private static final int PERIOD_MICROS = 976;

  private static final int SLAVE_MASK = 0xA1;
  private static final int MOTOR_BITS = 0x0F;
  private static final int DOR = 0x3F2;
  private static final int DOR_ALL_OFF = 0x0C;

  private final PciBios pci;

  ClockServices(PciBios pci) {
    this.pci = pci;
  }

  static int cmos(Caller caller, int register) {
    caller.out8(INDEX, register);
    return caller.in8(DATA);
  }

  static void cmos(Caller caller, int register, int value) {
    caller.out8(INDEX, register);
    caller.out8(DATA, value);
  }

  /** INT 08h: counts the tick, and the time until a floppy motor stops. */
  static void tick(Caller caller) {
    int ticks = caller.bda32(Bda.TICKS) + 1;
    if (Integer.compareUnsigned(ticks, TICKS_PER_DAY) >= 0) {
      ticks = 0;
      caller.bda8(Bda.MIDNIGHT, caller.bda8(Bda.MIDNIGHT) + 1);
    }
    caller.bda32(Bda.TICKS, ticks);
    int left = caller.bda8(Bda.FLOPPY_MOTOR_COUNT);
    if (left != 0) {
      caller.bda8(Bda.FLOPPY_MOTOR_COUNT, left - 1);
      if (left == 1) {
        caller.bdaBits(Bda.FLOPPY_MOTOR, MOTOR_BITS, 0);
        caller.out8(DOR, DOR_ALL_OFF);
      }
    }
  }

  /** INT 70h: gives in AH bit 1 that the alarm is due. */
  static void interrupt(Caller caller) {
    int cause = cmos(caller, C) & cmos(caller, B);
    if ((cause & PERIODIC) != 0 && (caller.bda8(Bda.WAIT_ACTIVE) & 1) != 0) {
      int left = caller.bda32(Bda.WAIT_COUNT) - PERIOD_MICROS;
      caller.bda32(Bda.WAIT_COUNT, left);
      if (left <= 0) {
        int pointer = caller.bda32(Bda.WAIT_FLAG_POINTER);
        int flag = ((pointer >>> 16) << 4) + (pointer & 0xFFFF);
        caller.c.writeLinear8(flag, caller.c.readLinear8(flag) | 0x80);
        caller.bda8(Bda.WAIT_ACTIVE, 0);
        periodic(caller, false);
      }
    }
    caller.ah((cause & ALARM) != 0 ? 2 : 0);
  }

  /** Switches the periodic interrupt, and lets IRQ 8 through. */
  static void periodic(Caller caller, boolean on) {
    int b = cmos(caller, B);
    cmos(caller, B, on ? b | PERIODIC : b & ~PERIODIC);
    if (on) {
      caller.out8(SLAVE_MASK, caller.in8(SLAVE_MASK) & ~1);
    }
  }

  Outcome call(Caller caller) {
    switch (caller.ah()) {
      case 0x00 -> {
        int ticks = caller.bda32(Bda.TICKS);
        caller.cx(ticks >>> 16);
        caller.dx(ticks);
        caller.al(caller.bda8(Bda.MIDNIGHT));
        caller.bda8(Bda.MIDNIGHT, 0);
        caller.carry(false);
      }
      case 0x01 -> {
        caller.bda32(Bda.TICKS, caller.cx() << 16 | caller.dx());
        caller.bda8(Bda.MIDNIGHT, 0);
        caller.carry(false);
      }
      case 0x02, 0x04 -> {
        if ((cmos(caller, A) & UPDATE_IN_PROGRESS) != 0) {
          return Outcome.POLL;
        }
        readClock(caller);
      }
      case 0x03 -> {
        setClock(caller, List.of(SECONDS, MINUTES, HOURS), caller.dh(), caller.cl(), caller.ch());
        int b = cmos(caller, B) & ~DAYLIGHT;
        cmos(caller, B, b | caller.dl() & DAYLIGHT);
        caller.carry(false);
      }
      case 0x05 -> {
        setClock(
            caller,
            List.of(DAY, MONTH, YEAR, CENTURY),
            caller.dl(),
            caller.dh(),
            caller.cl(),
            caller.ch());
        caller.carry(false);
      }
      case 0x06 -> setAlarm(caller);
      case 0x07 -> {
        cmos(caller, B, cmos(caller, B) & ~ALARM);
        caller.carry(false);
      }
      case 0xB1 -> pci.call16(caller);
      default -> caller.carry(true);
    }
    return Outcome.DONE;
  }

  private static void readClock(Caller caller) {
    if (caller.ah() == 0x02) {
      caller.ch(cmos(caller, HOURS));
      caller.cl(cmos(caller, MINUTES));
      caller.dh(cmos(caller, SECONDS));
      caller.dl(cmos(caller, B) & DAYLIGHT);
    } else {
      caller.ch(cmos(caller, CENTURY));
      caller.cl(cmos(caller, YEAR));
      caller.dh(cmos(caller, MONTH));
      caller.dl(cmos(caller, DAY));
    }
    caller.ah(0);
    caller.carry(false);
  }

  private static void setClock(Caller caller, List<Integer> registers, int... values) {
    cmos(caller, B, cmos(caller, B) | SET);
    for (int i = 0; i < values.length; i++) {
      cmos(caller, registers.get(i), values[i]);
    }
    cmos(caller, B, cmos(caller, B) & ~SET);
  }

  private static void setAlarm(Caller caller) {
    if ((cmos(caller, B) & ALARM) != 0) {
      caller.carry(true);
      return;
    }
    cmos(caller, SECONDS_ALARM, caller.dh());
    cmos(caller, MINUTES_ALARM, caller.cl());
    cmos(caller, HOURS_ALARM, caller.ch());
    cmos(caller, B, cmos(caller, B) | ALARM);
    caller.out8(SLAVE_MASK, caller.in8(SLAVE_MASK) & ~1);
    caller.carry(false);
  }

  /** Sets the tick count from the time of day. */
  static void ticksFromClock(Caller caller) {
    long seconds =
        bcd(cmos(caller, HOURS)) * 3600L
            + bcd(cmos(caller, MINUTES)) * 60L
            + bcd(cmos(caller, SECONDS));
    caller.bda32(Bda.TICKS, (int) (seconds * 1_193_182 / 65_536 % TICKS_PER_DAY));
  }

  private static int bcd(int value) {
    return (value >>> 4) * 10 + (value & 0xF);
  }
}
