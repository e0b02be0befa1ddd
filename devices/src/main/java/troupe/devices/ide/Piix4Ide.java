package troupe.devices.ide;

import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.pci.PciFunction;
import troupe.devices.pci.PciRegisters;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The IDE function of the PIIX4 (or PIIX3): PCI function 1, two channels at their fixed ports, and
 * the bus master at base address register 4. [PIIX4] chapter 4 "IDE Controller".
 *
 * <p>A channel answers at 1F0h/3F6h or 170h/376h while I/O space is enabled in the command register
 * and IDE Decode Enable is set in its timing register; after a reset neither is, and firmware sets
 * them. Drivers look at the same bit to tell whether a channel is in use. The timings themselves
 * have no effect.
 */
public final class Piix4Ide implements Chip<Piix4Ide.State> {
  /** IDETIM of the primary channel, 16 bits; the secondary's follows. */
  public static final int IDETIM_PRIMARY = 0x40;

  public static final int IDETIM_SECONDARY = 0x42;

  /** IDETIM bit 15. */
  public static final int IDE_DECODE_ENABLE = 0x8000;

  private static final int SIDETIM = 0x44;
  private static final int UDMACTL = 0x48;
  private static final int UDMATIM = 0x4A;

  private static final int IDETIM_WRITABLE = 0xF3FF;
  private static final int UDMACTL_WRITABLE = 0x0F;
  private static final int UDMATIM_WRITABLE = 0x3333;

  /** Mass storage, IDE, bus master, both channels at compatible addresses. */
  private static final int CLASS_CODE = 0x01_01_80;

  private static final int BUS_MASTER_BAR = 4;
  private static final int VENDOR_INTEL = 0x8086;

  private final IdeChannel primary;
  private final IdeChannel secondary;
  private final BusMasterIde busMaster;
  private final PciFunction function;
  private final FixedPorts primaryPorts;
  private final FixedPorts secondaryPorts;

  /** Which chip the function is part of. */
  public enum Model {
    PIIX3(0x7010, 0x00),
    PIIX4(0x7111, 0x01);

    private final int deviceId;
    private final int revision;

    Model(int deviceId, int revision) {
      this.deviceId = deviceId;
      this.revision = revision;
    }
  }

  /** Saved state. */
  public record State(
      PciFunction.State function,
      BusMasterIde.State busMaster,
      IdeChannel.State primary,
      IdeChannel.State secondary) {}

  /**
   * The function with its two channels.
   *
   * @param memory what the bus master reads and writes
   * @param ports where the channels answer
   */
  public Piix4Ide(
      Model model, BusMaster memory, PortSpace ports, IdeChannel primary, IdeChannel secondary) {
    this.primary = primary;
    this.secondary = secondary;
    busMaster = new BusMasterIde(memory, primary, secondary);
    primaryPorts = new FixedPorts(ports, 0x1F0, 0x3F6, primary);
    secondaryPorts = new FixedPorts(ports, 0x170, 0x376, secondary);
    function =
        new PciFunction(VENDOR_INTEL, model.deviceId, model.revision, CLASS_CODE)
            .ioBar(BUS_MASTER_BAR, BusMasterIde.PORTS, busMaster)
            .register(IDETIM_PRIMARY, 2, 0, IDETIM_WRITABLE)
            .register(IDETIM_SECONDARY, 2, 0, IDETIM_WRITABLE)
            .register(SIDETIM, 1, 0, 0xFF);
    if (model == Model.PIIX4) {
      function.register(UDMACTL, 1, 0, UDMACTL_WRITABLE).register(UDMATIM, 2, 0, UDMATIM_WRITABLE);
    }
    function.onWrite(PciRegisters.COMMAND, IDETIM_SECONDARY + 1, this::configured);
  }

  /** The configuration space, for the PCI bus. */
  public PciFunction function() {
    return function;
  }

  public IdeChannel primary() {
    return primary;
  }

  public IdeChannel secondary() {
    return secondary;
  }

  /** True when no media transfer is under way on either channel. */
  public boolean idle() {
    return primary.idle() && secondary.idle();
  }

  private void configured() {
    busMaster.setEnabled(function.busMasterEnabled());
    primaryPorts.open(decodes(IDETIM_PRIMARY));
    secondaryPorts.open(decodes(IDETIM_SECONDARY));
  }

  private boolean decodes(int timingRegister) {
    return function.ioEnabled() && (function.read16(timingRegister) & IDE_DECODE_ENABLE) != 0;
  }

  @Override
  public void reset() {
    primary.reset();
    secondary.reset();
    busMaster.reset();
    function.reset();
  }

  @Override
  public State save() {
    return new State(function.save(), busMaster.save(), primary.save(), secondary.save());
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.function == null
        || state.busMaster == null
        || state.primary == null
        || state.secondary == null) {
      throw new BadStateException("IDE controller is incomplete");
    }
    primary.restore(state.primary);
    secondary.restore(state.secondary);
    busMaster.restore(state.busMaster);
    function.restore(state.function);
  }

  /** A channel's compatible addresses, open or closed. */
  private static final class FixedPorts {
    private final PortSpace ports;
    private final int command;
    private final int control;
    private final IdeChannel channel;
    private final PortDevice controlBlock;
    private boolean open;

    FixedPorts(PortSpace ports, int command, int control, IdeChannel channel) {
      this.ports = ports;
      this.command = command;
      this.control = control;
      this.channel = channel;
      controlBlock = channel.control();
    }

    void open(boolean wanted) {
      if (wanted == open) {
        return;
      }
      open = wanted;
      if (open) {
        ports.attach(command, IdeChannel.COMMAND_BLOCK_PORTS, channel);
        ports.attach(control, 1, controlBlock);
      } else {
        ports.detach(command, IdeChannel.COMMAND_BLOCK_PORTS, channel);
        ports.detach(control, 1, controlBlock);
      }
    }
  }
}
