package troupe.devices.rtc;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Frequency;
import troupe.devices.clock.Timer;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The real-time clock of a PC, an MC146818 with 256 bytes of battery-backed RAM. Ports: offsets 0
 * and 1 (70h, 71h) index and data of the first 128 bytes, offsets 2 and 3 (72h, 73h) of the second.
 *
 * <p>Time is the start time given to the constructor plus the virtual time since. The second is
 * added at one instant; UIP announces it 244 us ahead ([MC146818] Update Cycle). Flags are brought
 * up to date when looked at; an alarm on the clock exists only while an interrupt is enabled.
 *
 * <p>{@link #reset} is the RESET# pin: RAM, time and date have a battery and live on.
 */
public final class Mc146818 implements PortDevice, Chip<Mc146818.State> {
  private static final int REGISTER_A = 0x0A;
  private static final int REGISTER_B = 0x0B;
  private static final int REGISTER_C = 0x0C;
  private static final int REGISTER_D = 0x0D;

  private static final int A_UPDATE_IN_PROGRESS = 0x80;
  private static final int A_DIVIDER = 0x70;
  private static final int A_DIVIDER_RESET = 0x60;
  private static final int A_RATE = 0x0F;

  /** 32.768 kHz time base and 1024 Hz, as every PC BIOS sets it. */
  private static final int A_USUAL = 0x26;

  private static final int B_SET = 0x80;
  private static final int B_SQUARE_WAVE = 0x08;

  /** PF, AF and UF in register C, and in register B the bits that enable them. */
  private static final int PERIODIC = 0x40;

  private static final int ALARM = 0x20;
  private static final int UPDATE = 0x10;
  private static final int INTERRUPTS = PERIODIC | ALARM | UPDATE;
  private static final int C_REQUEST = 0x80;
  private static final int D_VALID_RAM = 0x80;

  private static final int BANK = 128;

  /** Ticks of the crystal a second. */
  private static final long SECOND = 32_768;

  /** 244 us. */
  private static final long UPDATE_WARNING = 8;

  /** An alarm of hours, minutes and seconds comes round within a day. */
  private static final long DAY = 86_400;

  private final Clock clock;
  private final Wire irq;
  private final Timer timer;
  private final byte[] ram = new byte[2 * BANK];
  private final Calendar calendar = new Calendar(ram);
  private int index;
  private int extendedIndex;
  private int flags;

  /** Tick at which the divider chain was last at zero: seconds and periods count from here. */
  private long phase;

  /** Seconds since {@link #phase} that are in the registers. */
  private long secondsDone;

  /** Tick up to which the periodic flag is known. */
  private long periodicDone;

  /**
   * @param irq interrupt request, active high
   * @param startSeconds time and date at this moment of {@code clock}, in seconds since 1970
   */
  public Mc146818(Clock clock, Wire irq, long startSeconds) {
    this.clock = clock;
    this.irq = irq;
    timer = clock.timer(this::alarm);
    ram[REGISTER_A] = A_USUAL;
    ram[REGISTER_B] = Calendar.HOURS_24;
    phase = tick();
    periodicDone = phase;
    calendar.set(startSeconds, ram[REGISTER_B]);
  }

  @Override
  public void reset() {
    settle();
    index = 0;
    extendedIndex = 0;
    flags = 0;
    ram[REGISTER_B] &= (byte) ~(INTERRUPTS | B_SQUARE_WAVE);
    update();
  }

  /** Writes one byte of RAM (0 to 255), as a set-up program would; not for registers below 0Eh. */
  public void preset(int address, int value) {
    if (address <= REGISTER_D || address >= ram.length) {
      throw new IllegalArgumentException("%xh is not an address of CMOS RAM".formatted(address));
    }
    ram[address] = (byte) value;
  }

  /** One byte of RAM (0Eh to 255). */
  public int ram(int address) {
    return ram[address] & 0xFF;
  }

  @Override
  public int read8(int offset) {
    return switch (offset & 3) {
      case 1 -> readRegister(index);
      case 2 -> extendedIndex;
      case 3 -> ram[BANK + extendedIndex] & 0xFF;
      default -> OPEN_BUS; // the index can only be written
    };
  }

  private int readRegister(int register) {
    if (register > REGISTER_D && register != Calendar.CENTURY) {
      return ram[register] & 0xFF;
    }
    settle();
    return switch (register) {
      case REGISTER_A ->
          ram[REGISTER_A] & ~A_UPDATE_IN_PROGRESS | (updating() ? A_UPDATE_IN_PROGRESS : 0);
      case REGISTER_C -> {
        int value = flags | (requested() ? C_REQUEST : 0);
        flags = 0;
        update();
        yield value;
      }
      case REGISTER_D -> D_VALID_RAM;
      default -> ram[register] & 0xFF;
    };
  }

  @Override
  public void write8(int offset, int value) {
    switch (offset & 3) {
      case 0 -> index = value & BANK - 1; // bit 7 masks NMI, which nothing raises
      case 1 -> writeRegister(index, value & 0xFF);
      case 2 -> extendedIndex = value & BANK - 1;
      default -> ram[BANK + extendedIndex] = (byte) value;
    }
  }

  private void writeRegister(int register, int value) {
    if (register > REGISTER_D && register != Calendar.CENTURY) {
      ram[register] = (byte) value;
      return;
    }
    settle();
    switch (register) {
      case REGISTER_A -> writeRegisterA(value & ~A_UPDATE_IN_PROGRESS);
      case REGISTER_B -> writeRegisterB(value);
      case REGISTER_C, REGISTER_D -> {} // read only
      default -> ram[register] = (byte) value;
    }
    update();
  }

  /** Leaving divider reset starts the chain so that the first second ends after half of one. */
  private void writeRegisterA(int value) {
    boolean wasStopped = stopped();
    ram[REGISTER_A] = (byte) value;
    if (wasStopped && !stopped()) {
      phase = tick() - SECOND / 2;
      secondsDone = 0;
    }
    periodicDone = tick();
  }

  private void writeRegisterB(int value) {
    ram[REGISTER_B] = (byte) value;
    if ((value & B_SET) != 0) {
      ram[REGISTER_B] &= ~UPDATE; // SET clears UIE
    }
  }

  private boolean stopped() {
    return (ram[REGISTER_A] & A_DIVIDER & A_DIVIDER_RESET) == A_DIVIDER_RESET;
  }

  private boolean updating() {
    return !stopped()
        && (ram[REGISTER_B] & B_SET) == 0
        && Math.floorMod(tick() - phase, SECOND) >= SECOND - UPDATE_WARNING;
  }

  /** Ticks a period of the periodic interrupt, or 0 for none ([MC146818] Periodic Rate). */
  private long period() {
    int rate = ram[REGISTER_A] & A_RATE;
    if (rate == 0 || stopped()) {
      return 0;
    }
    return 1L << (rate <= 2 ? rate + 6 : rate - 1);
  }

  /** Brings time, date and flags up to now. */
  private void settle() {
    long now = tick();
    long period = period();
    if (period != 0
        && Math.floorDiv(now - phase, period) != Math.floorDiv(periodicDone - phase, period)) {
      flags |= PERIODIC;
    }
    periodicDone = now;
    if (stopped()) {
      return;
    }
    long seconds = (now - phase) / SECOND;
    long passed = seconds - secondsDone;
    if (passed <= 0) {
      return;
    }
    secondsDone = seconds;
    if ((ram[REGISTER_B] & B_SET) != 0) {
      return;
    }
    flags |= UPDATE;
    for (long ahead = 1; ahead <= Math.min(passed, DAY); ahead++) {
      if (calendar.alarmAfter(ahead, ram[REGISTER_B])) {
        flags |= ALARM;
        break;
      }
    }
    calendar.add(passed, ram[REGISTER_B]);
  }

  private boolean requested() {
    return (flags & ram[REGISTER_B] & INTERRUPTS) != 0;
  }

  private void alarm() {
    settle();
    update();
  }

  /** Drives the interrupt line, and arms the timer for the next flag that would raise it. */
  private void update() {
    boolean requested = requested();
    irq.set(requested);
    long next = requested ? Long.MAX_VALUE : nextInterrupt();
    if (next == Long.MAX_VALUE) {
      timer.cancel();
    } else {
      timer.schedule(Frequency.RTC.nanos(next));
    }
  }

  /** Tick of the next event that might interrupt. */
  private long nextInterrupt() {
    int enabled = ram[REGISTER_B] & INTERRUPTS;
    long next = Long.MAX_VALUE;
    long period = period();
    if ((enabled & PERIODIC) != 0 && period != 0) {
      next = phase + (Math.floorDiv(tick() - phase, period) + 1) * period;
    }
    if ((enabled & (ALARM | UPDATE)) != 0 && !stopped() && (ram[REGISTER_B] & B_SET) == 0) {
      next = Math.min(next, phase + (secondsDone + secondsToInterrupt(enabled)) * SECOND);
    }
    return next;
  }

  private long secondsToInterrupt(int enabled) {
    long ahead = 1;
    if ((enabled & UPDATE) == 0) {
      while (ahead < DAY && !calendar.alarmAfter(ahead, ram[REGISTER_B])) {
        ahead++;
      }
    }
    return ahead;
  }

  private long tick() {
    return Frequency.RTC.ticks(clock.now());
  }

  @Override
  public State save() {
    settle();
    return new State(ram.clone(), index, extendedIndex, flags, phase, secondsDone, periodicDone);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.ram == null || state.ram.length != ram.length) {
      throw new BadStateException("RTC: RAM is not 256 bytes");
    }
    long now = tick();
    if (state.phase > now
        || state.phase < -SECOND
        || state.secondsDone < 0
        || state.secondsDone > (now - state.phase) / SECOND
        || state.periodicDone > now
        || state.periodicDone < -SECOND) {
      throw new BadStateException("RTC: time is in the future");
    }
    System.arraycopy(state.ram, 0, ram, 0, ram.length);
    index = state.index & BANK - 1;
    extendedIndex = state.extendedIndex & BANK - 1;
    flags = state.flags & INTERRUPTS;
    phase = state.phase;
    secondsDone = state.secondsDone;
    periodicDone = state.periodicDone;
    update();
  }

  /** Saved state; times in ticks of 32,768 Hz since power-on. */
  public record State(
      byte[] ram,
      int index,
      int extendedIndex,
      int flags,
      long phase,
      long secondsDone,
      long periodicDone) {}
}
