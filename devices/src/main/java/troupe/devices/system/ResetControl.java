package troupe.devices.system;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.state.Chip;

/**
 * The reset control register, port CF9h ([82371AB] RC): a reset happens when bit 2 goes from 0 to
 * 1, of the whole PC if bit 1 is set, else of the processor alone.
 */
public final class ResetControl implements PortDevice, Chip<ResetControl.State> {
  private static final int HARD = 0x02;
  private static final int RESET_CPU = 0x04;

  private final Wire hardReset;
  private final Wire softReset;
  private int value;

  /**
   * @param hardReset pulsed high to reset the whole PC
   * @param softReset pulsed high to reset the processor (INIT)
   */
  public ResetControl(Wire hardReset, Wire softReset) {
    this.hardReset = hardReset;
    this.softReset = softReset;
  }

  @Override
  public void reset() {
    value = 0;
  }

  @Override
  public int read8(int offset) {
    return value;
  }

  @Override
  public void write8(int offset, int written) {
    boolean rises = (written & ~value & RESET_CPU) != 0;
    value = written & (HARD | RESET_CPU);
    if (rises) {
      ((value & HARD) != 0 ? hardReset : softReset).pulse();
    }
  }

  @Override
  public State save() {
    return new State(value);
  }

  @Override
  public void restore(State state) {
    value = state.value & (HARD | RESET_CPU);
  }

  /** Saved state. */
  public record State(int value) {}
}
