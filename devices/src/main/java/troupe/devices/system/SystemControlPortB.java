package troupe.devices.system;

import troupe.devices.bus.PortDevice;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Frequency;
import troupe.devices.pit.I8254;
import troupe.devices.state.Chip;

/**
 * Port 61h, the NMI status and control register ([82371AB] NMISC): gate and output of timer 2,
 * speaker data, refresh toggle. No parity or channel check is ever raised.
 */
public final class SystemControlPortB implements PortDevice, Chip<SystemControlPortB.State> {
  private static final int TIMER_2_GATE = 0x01;
  private static final int SPEAKER_DATA = 0x02;
  private static final int PARITY_CHECK_OFF = 0x04;
  private static final int CHANNEL_CHECK_OFF = 0x08;
  private static final int REFRESH_TOGGLE = 0x10;
  private static final int TIMER_2_OUT = 0x20;
  private static final int KEPT = SPEAKER_DATA | PARITY_CHECK_OFF | CHANNEL_CHECK_OFF;

  /** Timer ticks between two refresh requests: 15.085 us. */
  private static final long REFRESH_TICKS = 18;

  private final Clock clock;
  private final I8254 timer;
  private int control;

  public SystemControlPortB(Clock clock, I8254 timer) {
    this.clock = clock;
    this.timer = timer;
  }

  /** Closes the gate of timer 2, which may be reset before or after this register. */
  @Override
  public void reset() {
    control = 0;
    timer.setGate2(false);
  }

  /** Whether the speaker follows timer 2: data bit and gate on. */
  public boolean speakerOn() {
    return (control & SPEAKER_DATA) != 0 && timer.gate2();
  }

  @Override
  public int read8(int offset) {
    boolean refresh = (Frequency.PIT.ticks(clock.now()) / REFRESH_TICKS & 1) != 0;
    return control
        | (timer.gate2() ? TIMER_2_GATE : 0)
        | (refresh ? REFRESH_TOGGLE : 0)
        | (timer.out2() ? TIMER_2_OUT : 0);
  }

  @Override
  public void write8(int offset, int value) {
    control = value & KEPT;
    timer.setGate2((value & TIMER_2_GATE) != 0);
  }

  @Override
  public State save() {
    return new State(control);
  }

  @Override
  public void restore(State state) {
    control = state.control & KEPT;
  }

  /** Saved state; the gate is part of the timer's. */
  public record State(int control) {}
}
