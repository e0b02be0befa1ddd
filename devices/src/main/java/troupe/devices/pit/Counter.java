package troupe.devices.pit;

import troupe.devices.state.BadStateException;

/**
 * One counter of an 8254, as a pure function of time: what was programmed and when, from which OUT
 * and the counting element follow for any later tick. Times are ticks of the counter's clock since
 * power-on and never go back.
 *
 * <p>{@code start} is the tick at which the counting element held the full count. While the gate
 * holds counting (modes 0 and 4) {@code start} moves along, see {@link #frozenAt}.
 */
final class Counter {
  /** No such tick. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int RW_LSB = 1;
  private static final int RW_MSB = 2;
  private static final int RW_BOTH = 3;

  private static final int STATUS_OUT = 0x80;
  private static final int STATUS_NULL_COUNT = 0x40;

  private int mode;
  private boolean bcd;
  private int readWrite;
  private boolean gate;

  /** The count register as written: 1 to 65536 (BCD already converted); 0 when none is written. */
  private int count;

  /** Count that the counting element works with; 0 when nothing was ever loaded. */
  private int period;

  private long start;

  /** Tick at which counting was held, or NEVER. */
  private long frozenAt;

  /** Tick at which {@code count} replaces {@code period}, or NEVER. */
  private long switchAt;

  private boolean highByteNextWrite;
  private int lowByteWritten;
  private boolean highByteNextRead;
  private boolean countLatched;
  private int latchedCount;
  private boolean statusLatched;
  private int latchedStatus;

  Counter(boolean gate) {
    clear(gate);
  }

  void clear(boolean gateLevel) {
    mode = 3;
    bcd = false;
    readWrite = RW_BOTH;
    gate = gateLevel;
    count = 0;
    period = 0;
    start = 0;
    frozenAt = NEVER;
    switchAt = NEVER;
    highByteNextWrite = false;
    lowByteWritten = 0;
    highByteNextRead = false;
    countLatched = false;
    latchedCount = 0;
    statusLatched = false;
    latchedStatus = 0;
  }

  /** A control word for this counter, other than a latch command. */
  void writeControl(int value) {
    readWrite = value >> 4 & 3;
    int m = value >> 1 & 7;
    mode = m > 5 ? m - 4 : m; // 6 and 7 are 2 and 3
    bcd = (value & 1) != 0;
    count = 0;
    period = 0;
    switchAt = NEVER;
    frozenAt = NEVER;
    highByteNextWrite = false;
    highByteNextRead = false;
    countLatched = false;
    statusLatched = false;
  }

  /** A byte to the counter's port. */
  void write(int value, long now) {
    settle(now);
    switch (readWrite) {
      case RW_LSB -> load(value, now);
      case RW_MSB -> load(value << 8, now);
      default -> {
        if (highByteNextWrite) {
          highByteNextWrite = false;
          load(value << 8 | lowByteWritten, now);
        } else {
          highByteNextWrite = true;
          lowByteWritten = value;
          if (mode == 0) {
            period = 0; // the first byte stops counting and takes OUT low
          }
        }
      }
    }
  }

  private void load(int value, long now) {
    count = bcd ? fromBcd(value) : value == 0 ? 0x1_0000 : value;
    switch (mode) {
      case 0, 4 -> begin(now + 1);
      case 1, 5 -> {} // waits for a trigger
      default -> {
        if (period == 0 || now < start) {
          begin(now + 1);
        } else if (gate) {
          switchAt = nextReload(now);
        }
      }
    }
  }

  /** Loads the counting element at tick {@code at}. */
  private void begin(long at) {
    period = count;
    start = at;
    switchAt = NEVER;
    frozenAt = !gate && mode != 1 && mode != 5 ? at : NEVER;
  }

  /** Drives the GATE input. */
  void setGate(boolean high, long now) {
    if (high == gate) {
      return;
    }
    settle(now);
    gate = high;
    if (count == 0) {
      return;
    }
    switch (mode) {
      case 0, 4 -> {
        if (period == 0) {
          return;
        }
        if (!high) {
          frozenAt = Math.max(now, start);
        } else if (frozenAt != NEVER) {
          start += Math.max(now, frozenAt) - frozenAt;
          frozenAt = NEVER;
        }
      }
      case 1, 5 -> {
        if (high) {
          begin(now + 1);
        }
      }
      default -> {
        if (high) {
          begin(now + 1);
        } else {
          frozenAt = now;
          switchAt = NEVER;
        }
      }
    }
  }

  boolean gate() {
    return gate;
  }

  /** Whether OUT repeats: rate generator or square wave. */
  boolean periodic() {
    return mode == 2 || mode == 3;
  }

  /** The OUT output at tick {@code now}. */
  boolean out(long now) {
    settle(now);
    if (period == 0) {
      return mode != 0;
    }
    long elapsed = elapsed(now);
    return switch (mode) {
      case 0, 1 -> elapsed >= period || mode == 1 && elapsed < 0;
      case 2 -> !gate || elapsed < 0 || elapsed % period != period - 1;
      case 3 -> !gate || elapsed < 0 || elapsed % period < highTicks(period);
      default -> elapsed != period;
    };
  }

  /** The first tick after {@code now} at which OUT rises if nothing is written before, or NEVER. */
  long nextRise(long now) {
    settle(now);
    if (period == 0 || frozenAt != NEVER) {
      return NEVER;
    }
    long rise =
        switch (mode) {
          case 0, 1 -> start + period;
          case 2, 3 -> period == 1 ? NEVER : nextPeriod(now);
          default -> start + period + 1;
        };
    return rise > now ? rise : NEVER;
  }

  /** Start of the next period after {@code now}, for modes 2 and 3. */
  private long nextPeriod(long now) {
    if (switchAt != NEVER) {
      // The period running now ends with the old count or, in mode 3, in its second half.
      long whole = start + (Math.floorDiv(switchAt - 1 - start, period) + 1) * period;
      return whole == switchAt ? whole : switchAt + count - highTicks(count);
    }
    return now < start ? start + period : start + ((now - start) / period + 1) * period;
  }

  /** When a count written now takes over: the end of the period, in mode 3 of the half period. */
  private long nextReload(long now) {
    long periodStart = start + (now - start) / period * period;
    if (mode == 3 && now - periodStart < highTicks(period)) {
      return periodStart + highTicks(period);
    }
    return periodStart + period;
  }

  /** Takes over a count whose time has come. */
  private void settle(long now) {
    if (now < switchAt) {
      return;
    }
    boolean secondHalf = mode == 3 && switchAt > start && (switchAt - start) % period != 0;
    start = secondHalf ? switchAt - highTicks(count) : switchAt;
    period = count;
    switchAt = NEVER;
  }

  private static long highTicks(int period) {
    return (period + 1) / 2;
  }

  private long elapsed(long now) {
    return (frozenAt != NEVER ? frozenAt : now) - start;
  }

  /** The counting element, in the form that is read. */
  private int countingElement(long now) {
    settle(now);
    if (period == 0) {
      return 0;
    }
    long elapsed = Math.max(0, elapsed(now));
    long value =
        switch (mode) {
          case 2 -> period - elapsed % period;
          case 3 -> squareWaveCount(elapsed % period);
          default -> Math.floorMod(period - elapsed, bcd ? 10_000L : 0x1_0000L);
        };
    return bcd ? toBcd((int) value % 10_000) : (int) value & 0xFFFF;
  }

  /** Mode 3 counts by two, twice a period, from the count made even ([82C54] Mode 3). */
  private long squareWaveCount(long phase) {
    long high = highTicks(period);
    int even = period & ~1;
    return even - 2 * (phase < high ? phase : phase - high);
  }

  /** Counter latch command: ignored while an earlier one is unread. */
  void latchCount(long now) {
    if (!countLatched) {
      countLatched = true;
      latchedCount = countingElement(now);
    }
  }

  void latchStatus(long now) {
    if (!statusLatched) {
      statusLatched = true;
      boolean out = out(now);
      boolean nullCount = count == 0 || period != count || switchAt != NEVER || now < start;
      latchedStatus =
          (out ? STATUS_OUT : 0)
              | (nullCount ? STATUS_NULL_COUNT : 0)
              | readWrite << 4
              | mode << 1
              | (bcd ? 1 : 0);
    }
  }

  /** A read of the counter's port. */
  int read(long now) {
    if (statusLatched) {
      statusLatched = false;
      return latchedStatus;
    }
    int value = countLatched ? latchedCount : countingElement(now);
    boolean high = readWrite == RW_MSB;
    if (readWrite == RW_BOTH) {
      high = highByteNextRead;
      highByteNextRead = !highByteNextRead;
    }
    if (readWrite != RW_BOTH || high) {
      countLatched = false;
    }
    return high ? value >> 8 : value & 0xFF;
  }

  private static int fromBcd(int value) {
    int decimal =
        (value >> 12 & 15) * 1000 + (value >> 8 & 15) * 100 + (value >> 4 & 15) * 10 + (value & 15);
    return decimal == 0 ? 10_000 : decimal;
  }

  private static int toBcd(int value) {
    return value / 1000 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
  }

  State save(long now) {
    settle(now);
    return new State(
        mode,
        bcd,
        readWrite,
        gate,
        count,
        period,
        start,
        frozenAt,
        switchAt,
        highByteNextWrite,
        lowByteWritten,
        highByteNextRead,
        countLatched,
        latchedCount,
        statusLatched,
        latchedStatus);
  }

  void restore(State state) throws BadStateException {
    if (state.mode < 0
        || state.mode > 5
        || !isCount(state.count)
        || !isCount(state.period)
        || state.start < -0x1_0000
        || state.start > MAX_TICK
        || !isTick(state.frozenAt)
        || !isTick(state.switchAt)) {
      throw new BadStateException("8254: counter out of range");
    }
    mode = state.mode;
    bcd = state.bcd;
    readWrite = state.readWrite & 3;
    gate = state.gate;
    count = state.count;
    period = state.period;
    start = state.start;
    frozenAt = state.frozenAt;
    switchAt = count == 0 || period == 0 ? NEVER : state.switchAt;
    highByteNextWrite = state.highByteNextWrite;
    lowByteWritten = state.lowByteWritten & 0xFF;
    highByteNextRead = state.highByteNextRead;
    countLatched = state.countLatched;
    latchedCount = state.latchedCount & 0xFFFF;
    statusLatched = state.statusLatched;
    latchedStatus = state.latchedStatus & 0xFF;
  }

  /** 146 years of ticks: sums of two stay far from overflow. */
  private static final long MAX_TICK = 1L << 52;

  private static boolean isCount(int value) {
    return value >= 0 && value <= 0x1_0000;
  }

  private static boolean isTick(long value) {
    return value == NEVER || value >= 0 && value <= MAX_TICK;
  }

  /** Saved state of one counter; times in ticks since power-on, Long.MAX_VALUE for never. */
  public record State(
      int mode,
      boolean bcd,
      int readWrite,
      boolean gate,
      int count,
      int period,
      long start,
      long frozenAt,
      long switchAt,
      boolean highByteNextWrite,
      int lowByteWritten,
      boolean highByteNextRead,
      boolean countLatched,
      int latchedCount,
      boolean statusLatched,
      int latchedStatus) {}
}
