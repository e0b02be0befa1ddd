package troupe.devices.piix4;

import static troupe.devices.piix4.PowerManagementRegisters.APMC_ACPI_DISABLE;
import static troupe.devices.piix4.PowerManagementRegisters.APMC_ACPI_DISABLE_OTHER;
import static troupe.devices.piix4.PowerManagementRegisters.APMC_ACPI_ENABLE;
import static troupe.devices.piix4.PowerManagementRegisters.APMC_ACPI_ENABLE_OTHER;
import static troupe.devices.piix4.PowerManagementRegisters.BLOCK_SIZE;
import static troupe.devices.piix4.PowerManagementRegisters.CNTA;
import static troupe.devices.piix4.PowerManagementRegisters.DEVACTB;
import static troupe.devices.piix4.PowerManagementRegisters.DEVACTB_APMC_EN;
import static troupe.devices.piix4.PowerManagementRegisters.DEVICE_MONITORS_END;
import static troupe.devices.piix4.PowerManagementRegisters.PMBA;
import static troupe.devices.piix4.PowerManagementRegisters.PMBA_ADDRESS;
import static troupe.devices.piix4.PowerManagementRegisters.PMIOSE;
import static troupe.devices.piix4.PowerManagementRegisters.PMREGMISC;
import static troupe.devices.piix4.PowerManagementRegisters.SMBBA;
import static troupe.devices.piix4.PowerManagementRegisters.SMBBA_ADDRESS;
import static troupe.devices.piix4.PowerManagementRegisters.SMBHSTCFG;
import static troupe.devices.piix4.PowerManagementRegisters.SMBREV;
import static troupe.devices.piix4.PowerManagementRegisters.SMB_HST_EN;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.pci.PciFunction;
import troupe.devices.pci.PciRegisters;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * Function 3 of the PIIX4: power management and SMBus host. There is no system management mode:
 * what firmware would do in it, switching ACPI on and off when APMC is written, the chip does.
 */
public final class PowerManagement implements Chip<PowerManagement.State> {
  /** Saved state. */
  public record State(
      PciFunction.State function,
      PowerManagementBlock.State block,
      SmBusHost.State smBus,
      int apmc,
      int apms) {}

  private static final int CLASS_OTHER_BRIDGE = 0x068000;

  /** Operating systems read the timer three times over on revisions before this one. */
  private static final int REVISION = 0x03;

  private final PciFunction function =
      new PciFunction(0x8086, 0x7113, REVISION, CLASS_OTHER_BRIDGE);
  private final PowerManagementBlock block;
  private final SmBusHost smBus = new SmBusHost();
  private final PortWindow blockWindow;
  private final PortWindow smBusWindow;
  private final AdvancedPowerManagementPorts apm = new AdvancedPowerManagementPorts();

  /**
   * @param ports where the chip opens its I/O blocks
   * @param sci the system control interrupt, IRQ 9
   * @param powerOff called when the guest enters soft off
   */
  public PowerManagement(PortSpace ports, Clock clock, Wire sci, Runnable powerOff) {
    block = new PowerManagementBlock(clock, sci, powerOff);
    blockWindow = new PortWindow(ports, block, BLOCK_SIZE);
    smBusWindow = new PortWindow(ports, smBus, SmBusHost.BLOCK_SIZE);
    function.register(PciRegisters.STATUS, 2, 0x0280, 0);
    function.clearedByOnes(PciRegisters.STATUS, 2, PciRegisters.STATUS_CLEARED_BY_ONES);
    function.permit(PciRegisters.COMMAND_IO_SPACE).interruptPin(1);
    for (int offset = CNTA; offset < DEVICE_MONITORS_END; offset += 4) {
      function.register(offset, 4, offset == DEVACTB ? DEVACTB_APMC_EN : 0, -1);
    }
    function.register(PMBA, 4, 1, PMBA_ADDRESS).register(PMREGMISC, 1, 0, PMIOSE);
    function.register(SMBBA, 4, 1, SMBBA_ADDRESS).register(SMBHSTCFG, 1, 0, 0x0F);
    function.register(SMBHSTCFG + 1, 1, 0, 0xFF).register(SMBHSTCFG + 2, 1, 0, 0xFF);
    function.register(SMBHSTCFG + 3, 1, 0, 0xFF).register(SMBREV, 1, 0, 0);
    function.onWrite(PMBA, SMBHSTCFG, this::moveWindows);
  }

  /** The same chip on QEMU's board, with its subsystem identity. */
  public PowerManagement withQemuSubsystem() {
    function.subsystem(0x1AF4, 0x1100);
    return this;
  }

  /** To be put on the bus as function 3. */
  public PciFunction function() {
    return function;
  }

  /** APMC and APMS, ports B2h and B3h. */
  public PortDevice apmPorts() {
    return apm;
  }

  /** The power button is pressed for a moment. */
  public void pressPowerButton() {
    block.pressPowerButton();
  }

  private void moveWindows() {
    boolean blockOpen = (function.read8(PMREGMISC) & PMIOSE) != 0;
    blockWindow.move(blockOpen ? function.read16(PMBA) & PMBA_ADDRESS : 0);
    boolean smBusOpen = (function.read8(SMBHSTCFG) & SMB_HST_EN) != 0;
    smBusWindow.move(smBusOpen ? function.read16(SMBBA) & SMBBA_ADDRESS : 0);
  }

  @Override
  public void reset() {
    function.reset();
    block.reset();
    smBus.reset();
    apm.apmc = 0;
    apm.apms = 0;
  }

  @Override
  public State save() {
    return new State(function.save(), block.save(), smBus.save(), apm.apmc, apm.apms);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.function() == null || state.block() == null || state.smBus() == null) {
      throw new BadStateException("power management state is incomplete");
    }
    function.restore(state.function());
    block.restore(state.block());
    smBus.restore(state.smBus());
    apm.apmc = state.apmc() & 0xFF;
    apm.apms = state.apms() & 0xFF;
  }

  /** [82371AB] Advanced Power Management Registers. */
  private final class AdvancedPowerManagementPorts implements PortDevice {
    private int apmc;
    private int apms;

    @Override
    public int read8(int offset) {
      return (offset & 1) == 0 ? apmc : apms;
    }

    @Override
    public void write8(int offset, int value) {
      if ((offset & 1) != 0) {
        apms = value;
        return;
      }
      apmc = value;
      switch (value) {
        case APMC_ACPI_ENABLE, APMC_ACPI_ENABLE_OTHER -> block.setSciEnable(true);
        case APMC_ACPI_DISABLE, APMC_ACPI_DISABLE_OTHER -> block.setSciEnable(false);
        default -> {}
      }
    }
  }
}
