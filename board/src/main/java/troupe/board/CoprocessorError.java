package troupe.board;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.state.Chip;

/**
 * The way of an x87 error to IRQ 13 while CR0.NE is clear: FERR# raises the request, a write to
 * port F0h takes it back ([82371AB] Coprocessor Error Register).
 */
final class CoprocessorError implements PortDevice, Chip<CoprocessorError.State> {
  /** Saved state. */
  record State(boolean requested) {}

  private final Wire irq;
  private boolean requested;

  CoprocessorError(Wire irq) {
    this.irq = irq;
  }

  /** FERR#. */
  void floatingPointError(boolean asserted) {
    if (asserted) {
      drive(true);
    }
  }

  private void drive(boolean request) {
    requested = request;
    irq.set(request);
  }

  @Override
  public int read8(int offset) {
    return OPEN_BUS;
  }

  @Override
  public void write8(int offset, int value) {
    drive(false);
  }

  @Override
  public void reset() {
    drive(false);
  }

  @Override
  public State save() {
    return new State(requested);
  }

  @Override
  public void restore(State state) {
    drive(state.requested());
  }
}
