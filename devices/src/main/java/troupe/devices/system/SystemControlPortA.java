package troupe.devices.system;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.state.Chip;

/**
 * Port 92h: fast A20 gate and fast processor reset. A20 passes when this or the keyboard controller
 * lets it: the two wires are meant to meet in an OR.
 */
public final class SystemControlPortA implements PortDevice, Chip<SystemControlPortA.State> {
  private static final int FAST_RESET = 0x01;
  private static final int FAST_A20 = 0x02;

  private final Wire a20;
  private final Wire reset;
  private int value;

  /**
   * @param a20 high when this port lets A20 pass; low at reset
   * @param reset pulsed high when bit 0 goes from 0 to 1
   */
  public SystemControlPortA(Wire a20, Wire reset) {
    this.a20 = a20;
    this.reset = reset;
  }

  @Override
  public void reset() {
    value = 0;
    a20.set(false);
  }

  @Override
  public int read8(int offset) {
    return value;
  }

  @Override
  public void write8(int offset, int written) {
    boolean rises = (written & ~value & FAST_RESET) != 0;
    value = written & 0xFF;
    a20.set((value & FAST_A20) != 0);
    if (rises) {
      reset.pulse();
    }
  }

  @Override
  public State save() {
    return new State(value);
  }

  @Override
  public void restore(State state) {
    value = state.value & 0xFF;
    a20.set((value & FAST_A20) != 0);
  }

  /** Saved state. */
  public record State(int value) {}
}
