package troupe.devices.ide;

import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortDevice;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The bus master of a PCI IDE controller: sixteen ports, eight for each channel. [SFF-8038i]
 * section 3, [PIIX4] section 4.2 "IDE Controller Registers".
 *
 * <p>The ports are those that base address register 4 of the PCI function places; the function
 * passes on its Bus Master Enable bit with {@link #setEnabled}.
 */
public final class BusMasterIde implements PortDevice, Chip<BusMasterIde.State> {
  /** Ports in all. */
  public static final int PORTS = 16;

  private static final int CHANNEL_PORTS = 8;

  private final BusMasterChannel primary;
  private final BusMasterChannel secondary;
  private boolean enabled;

  /** Saved state. */
  public record State(
      BusMasterChannel.State primary, BusMasterChannel.State secondary, boolean enabled) {}

  /** The bus master of two channels, moving data to and from {@code memory}. */
  public BusMasterIde(BusMaster memory, IdeChannel primary, IdeChannel secondary) {
    this.primary = new BusMasterChannel(memory, primary);
    this.secondary = new BusMasterChannel(memory, secondary);
  }

  /** Bus Master Enable of the PCI command register: transfers wait while it is off. */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
    primary.setEnabled(enabled);
    secondary.setEnabled(enabled);
  }

  @Override
  public void reset() {
    primary.reset();
    secondary.reset();
    setEnabled(false);
  }

  @Override
  public int read8(int offset) {
    return channel(offset).read8(offset % CHANNEL_PORTS);
  }

  @Override
  public void write8(int offset, int value) {
    channel(offset).write8(offset % CHANNEL_PORTS, value);
  }

  private BusMasterChannel channel(int offset) {
    return (offset & CHANNEL_PORTS) == 0 ? primary : secondary;
  }

  @Override
  public State save() {
    return new State(primary.save(), secondary.save(), enabled);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.primary == null || state.secondary == null) {
      throw new BadStateException("bus master IDE without its channels");
    }
    setEnabled(false);
    primary.restore(state.primary);
    secondary.restore(state.secondary);
    setEnabled(state.enabled);
  }
}
