package troupe.devices.pit;

import java.util.List;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Frequency;
import troupe.devices.clock.Timer;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The 8254 programmable interval timer of a PC, ports 40h to 43h (offsets 0 to 3). Counters are
 * evaluated when looked at; only the rising edges of OUT 0, the timer interrupt, need an alarm.
 *
 * <p>OUT 0 falls just before each rise, not where the waveform falls: an interrupt controller takes
 * back an edge whose line has fallen, and a guest that keeps interrupts off for half a period must
 * not lose its tick. {@link Counter#out} (status reads) shows the true waveform.
 *
 * <p>Edges follow the ideal schedule from the moment of programming and never drift. When the clock
 * is found to be past several edges at once, one is delivered for all of them and the next alarm is
 * the first ideal edge still to come: whoever advances the clock decides how a stall is made up
 * for.
 */
public final class I8254 implements PortDevice, Chip<I8254.State> {
  private static final int CONTROL = 3;
  private static final int READ_BACK = 3;
  private static final int READ_BACK_NO_COUNT = 0x20;
  private static final int READ_BACK_NO_STATUS = 0x10;

  private final Clock clock;
  private final Wire out0;
  private final Timer rise;
  private final Counter[] counters = {new Counter(true), new Counter(true), new Counter(false)};
  private long nextRise = Counter.NEVER;
  private boolean out0High;

  /**
   * @param out0 the output of counter 0, IRQ 0 on a PC
   */
  public I8254(Clock clock, Wire out0) {
    this.clock = clock;
    this.out0 = out0;
    rise = clock.timer(this::deliverRises);
    clear();
  }

  private void clear() {
    counters[0].clear(true);
    counters[1].clear(true);
    counters[2].clear(false);
    nextRise = Counter.NEVER;
    rise.cancel();
  }

  @Override
  public void reset() {
    clear();
    driveOut0(false);
  }

  /** Drives the gate of counter 2 (port 61h, bit 0). */
  public void setGate2(boolean high) {
    counters[2].setGate(high, now());
  }

  /** The gate of counter 2. */
  public boolean gate2() {
    return counters[2].gate();
  }

  /** The output of counter 2 (port 61h, bit 5, and the speaker). */
  public boolean out2() {
    return counters[2].out(now());
  }

  @Override
  public int read8(int offset) {
    int number = offset & 3;
    return number == CONTROL ? OPEN_BUS : counters[number].read(now());
  }

  @Override
  public void write8(int offset, int value) {
    deliverRises();
    int number = offset & 3;
    long now = now();
    if (number != CONTROL) {
      counters[number].write(value & 0xFF, now);
    } else if ((value >> 6 & 3) == READ_BACK) {
      readBack(value, now);
      return;
    } else {
      number = value >> 6 & 3;
      if ((value >> 4 & 3) == 0) {
        counters[number].latchCount(now);
        return;
      }
      counters[number].writeControl(value);
    }
    if (number == 0) {
      driveOut0(out0AfterWrite(now));
      arm(now);
    }
  }

  /** Read-Back Command: bits 3 to 1 select counters; a clear bit asks for count or status. */
  private void readBack(int value, long now) {
    for (int i = 0; i < counters.length; i++) {
      if ((value & 2 << i) != 0) {
        if ((value & READ_BACK_NO_COUNT) == 0) {
          counters[i].latchCount(now);
        }
        if ((value & READ_BACK_NO_STATUS) == 0) {
          counters[i].latchStatus(now);
        }
      }
    }
  }

  private void deliverRises() {
    long now = now();
    if (now < nextRise) {
      return;
    }
    arm(now);
    driveOut0(false);
    driveOut0(true);
  }

  /** Only modes 0 and 1 hold OUT low; a periodic waveform is shown by its rises alone. */
  private boolean out0AfterWrite(long now) {
    return counters[0].periodic() || counters[0].out(now);
  }

  private void driveOut0(boolean high) {
    out0High = high;
    out0.set(high);
  }

  private void arm(long now) {
    nextRise = counters[0].nextRise(now);
    if (nextRise == Counter.NEVER) {
      rise.cancel();
    } else {
      rise.schedule(Frequency.PIT.nanos(nextRise));
    }
  }

  private long now() {
    return Frequency.PIT.ticks(clock.now());
  }

  @Override
  public State save() {
    long now = now();
    return new State(
        List.of(counters[0].save(now), counters[1].save(now), counters[2].save(now)),
        nextRise,
        out0High);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.counters == null || state.counters.size() != counters.length || state.nextRise < 0) {
      throw new BadStateException("8254: not three counters and an edge");
    }
    for (int i = 0; i < counters.length; i++) {
      counters[i].restore(state.counters.get(i));
    }
    // An edge already past is still due; any other follows from the counter.
    long now = now();
    if (state.nextRise <= now) {
      nextRise = state.nextRise;
      rise.schedule(clock.now());
    } else {
      arm(now);
    }
    driveOut0(state.out0High);
  }

  /** Saved state; {@code nextRise} is the tick of the next edge of OUT 0 to be delivered. */
  public record State(List<Counter.State> counters, long nextRise, boolean out0High) {}
}
