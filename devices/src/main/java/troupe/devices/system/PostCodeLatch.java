package troupe.devices.system;

import java.util.function.IntConsumer;
import troupe.devices.bus.PortDevice;
import troupe.devices.state.Chip;

/** Port 80h: firmware writes progress codes here, and the last one can be read back. */
public final class PostCodeLatch implements PortDevice, Chip<PostCodeLatch.State> {
  private final IntConsumer listener;
  private int last;

  /**
   * @param listener told of each code, 0 to 255
   */
  public PostCodeLatch(IntConsumer listener) {
    this.listener = listener;
  }

  @Override
  public void reset() {
    last = 0;
  }

  @Override
  public int read8(int offset) {
    return last;
  }

  @Override
  public void write8(int offset, int value) {
    last = value & 0xFF;
    listener.accept(last);
  }

  @Override
  public State save() {
    return new State(last);
  }

  @Override
  public void restore(State state) {
    last = state.last & 0xFF;
  }

  /** Saved state. */
  public record State(int last) {}
}
