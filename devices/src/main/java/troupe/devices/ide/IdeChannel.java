package troupe.devices.ide;

import static troupe.devices.ide.AtaRegisters.BSY;
import static troupe.devices.ide.AtaRegisters.DATA;
import static troupe.devices.ide.AtaRegisters.DEVICE;
import static troupe.devices.ide.AtaRegisters.DEVICE_DEV;
import static troupe.devices.ide.AtaRegisters.DEVICE_OBSOLETE;
import static troupe.devices.ide.AtaRegisters.DRQ;
import static troupe.devices.ide.AtaRegisters.ERROR_FEATURES;
import static troupe.devices.ide.AtaRegisters.HOB;
import static troupe.devices.ide.AtaRegisters.NIEN;
import static troupe.devices.ide.AtaRegisters.SRST;
import static troupe.devices.ide.AtaRegisters.STATUS_COMMAND;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * One IDE channel: the cable with up to two drives. The chip itself is the command block (eight
 * ports, 1F0h or 170h); {@link #control()} is the control block (one port, 3F6h or 376h).
 *
 * <p>Parameter writes reach both drives, commands only the selected one, except EXECUTE DEVICE
 * DIAGNOSTIC. With an absent drive selected every register reads 00h, which is what software takes
 * for "no drive" on lone masters, lone slaves and empty channels. INTRQ follows the selected drive.
 *
 * <p>State can be saved only while {@link #idle()}: whoever saves stops the processor and waits for
 * the transfers under way.
 */
public final class IdeChannel implements PortDevice, Chip<IdeChannel.State> {
  /** Ports of the command block. */
  public static final int COMMAND_BLOCK_PORTS = 8;

  private static final int ABSENT = 0x00;

  private final Wire intrq;
  private final IdeDrive[] drives;
  private final PortDevice control = new ControlBlock();
  private Host host = Host.NONE;
  private int selected;
  private int deviceControl;
  private boolean line;

  /** The controller's end of the channel's DMARQ and INTRQ lines. */
  interface Host {
    /** A host without bus mastering. */
    Host NONE =
        new Host() {
          @Override
          public void dmaRequested() {}

          @Override
          public void interruptRaised() {}
        };

    /** DMARQ: {@link IdeChannel#dmaDrive()} has data to move. */
    void dmaRequested();

    /** The drive raised INTRQ, whether or not the line was low before. */
    void interruptRaised();
  }

  /** Saved state of one drive slot: exactly one is not null, or none for an absent drive. */
  record DriveSlot(AtaDisk.State disk, AtapiCdRom.State cdRom) {}

  /** Saved state. */
  public record State(int selected, int deviceControl, DriveSlot device0, DriveSlot device1) {}

  /**
   * A channel with its drives.
   *
   * @param intrq the interrupt request line (IRQ 14 or 15)
   * @param device0 the master, or null
   * @param device1 the slave, or null
   */
  @SuppressWarnings("this-escape")
  public IdeChannel(Wire intrq, IdeDrive device0, IdeDrive device1) {
    this.intrq = intrq;
    drives = new IdeDrive[] {device0, device1};
    for (IdeDrive drive : drives) {
      if (drive != null) {
        drive.plug(this);
      }
    }
    reset();
  }

  /** The control block: Device Control, and Alternate Status when read. One port. */
  public PortDevice control() {
    return control;
  }

  /** The drive in {@code slot} 0 or 1, or null. */
  public IdeDrive drive(int slot) {
    return drives[slot];
  }

  /** True when no media transfer is under way. */
  public boolean idle() {
    for (IdeDrive drive : drives) {
      if (drive != null && !drive.idle()) {
        return false;
      }
    }
    return true;
  }

  /** Hardware reset (RESET-), and power-on. Media stay where they are. */
  @Override
  public void reset() {
    selected = 0;
    deviceControl = 0;
    for (IdeDrive drive : drives) {
      if (drive != null) {
        drive.powerOnReset();
      }
    }
    interruptChanged();
  }

  @Override
  public int read8(int offset) {
    IdeDrive drive = drives[selected];
    if (drive == null) {
      return ABSENT;
    }
    return switch (offset) {
      case DATA -> drive.readData(1);
      case ERROR_FEATURES -> drive.error;
      case DEVICE ->
          drive.taskFile.device() & ~DEVICE_DEV
              | DEVICE_OBSOLETE
              | (selected == 0 ? 0 : DEVICE_DEV);
      case STATUS_COMMAND -> {
        int status = drive.status;
        drive.acknowledgeInterrupt();
        interruptChanged();
        yield status;
      }
      default -> drive.taskFile.read(offset & 7, (deviceControl & HOB) != 0);
    };
  }

  @Override
  public int read16(int offset) {
    if (offset != DATA) {
      return PortDevice.super.read16(offset);
    }
    IdeDrive drive = drives[selected];
    return drive == null ? ABSENT : drive.readData(2);
  }

  @Override
  public int read32(int offset) {
    if (offset != DATA) {
      return PortDevice.super.read32(offset);
    }
    IdeDrive drive = drives[selected];
    return drive == null ? ABSENT : drive.readData(4);
  }

  @Override
  public void write8(int offset, int value) {
    if (offset == DATA) {
      writeData(1, value);
      return;
    }
    deviceControl &= ~HOB;
    if (offset == STATUS_COMMAND) {
      writeCommand(value & 0xFF);
      return;
    }
    for (IdeDrive drive : drives) {
      if (drive != null) {
        drive.writeParameter(offset & 7, value);
      }
    }
    if (offset == DEVICE) {
      selected = (value & DEVICE_DEV) == 0 ? 0 : 1;
      interruptChanged();
    }
  }

  @Override
  public void write16(int offset, int value) {
    if (offset == DATA) {
      writeData(2, value);
    } else {
      PortDevice.super.write16(offset, value);
    }
  }

  @Override
  public void write32(int offset, int value) {
    if (offset == DATA) {
      writeData(4, value);
    } else {
      PortDevice.super.write32(offset, value);
    }
  }

  private void writeData(int size, int value) {
    IdeDrive drive = drives[selected];
    if (drive != null) {
      drive.writeData(size, value);
    }
  }

  private void writeCommand(int command) {
    IdeDrive drive = drives[selected];
    if (command == AtaCommands.EXECUTE_DEVICE_DIAGNOSTIC) {
      if (drive == null || (drive.status & (BSY | DRQ)) == 0) {
        executeDiagnostic();
      }
    } else if (drive != null) {
      drive.writeCommand(command);
    }
  }

  /** Both drives run it whichever is selected; device 0 reports. [ATA/ATAPI-6] section 8.9. */
  private void executeDiagnostic() {
    endReset();
    if (drives[0] != null) {
      drives[0].raiseInterrupt();
    }
  }

  private void endReset() {
    selected = 0;
    for (IdeDrive drive : drives) {
      if (drive != null) {
        drive.endReset();
      }
    }
    interruptChanged();
  }

  private void beginReset() {
    for (IdeDrive drive : drives) {
      if (drive != null) {
        drive.beginReset();
      }
    }
    interruptChanged();
  }

  // Called by the drives

  void interruptRaised() {
    interruptChanged();
    if (line) {
      host.interruptRaised();
    }
  }

  void interruptChanged() {
    IdeDrive drive = drives[selected];
    boolean level = drive != null && drive.interruptPending() && (deviceControl & NIEN) == 0;
    if (level && !line) {
      line = true;
      intrq.set(true);
      host.interruptRaised();
    } else if (!level) {
      line = false;
      intrq.set(false);
    }
  }

  void dmaRequested() {
    host.dmaRequested();
  }

  // Called by the bus master

  void attach(Host bySide) {
    host = bySide;
  }

  /** The drive that asserts DMARQ, or null. */
  IdeDrive dmaDrive() {
    for (IdeDrive drive : drives) {
      if (drive != null && drive.dmaBytes() > 0) {
        return drive;
      }
    }
    return null;
  }

  @Override
  public State save() {
    return new State(selected, deviceControl, saveSlot(0), saveSlot(1));
  }

  private DriveSlot saveSlot(int slot) {
    return drives[slot] == null ? new DriveSlot(null, null) : drives[slot].saveSlot();
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.device0 == null || state.device1 == null) {
      throw new BadStateException("IDE channel without drive slots");
    }
    restoreSlot(0, state.device0);
    restoreSlot(1, state.device1);
    selected = state.selected & 1;
    deviceControl = state.deviceControl & (HOB | SRST | NIEN);
    interruptLevelAfterRestore();
  }

  /** Sets the line without telling the bus master, whose interrupt bit is in its own state. */
  private void interruptLevelAfterRestore() {
    Host kept = host;
    host = Host.NONE;
    interruptChanged();
    host = kept;
  }

  private void restoreSlot(int slot, DriveSlot state) throws BadStateException {
    if (drives[slot] != null) {
      drives[slot].restoreInto(state);
    } else if (state.disk != null || state.cdRom != null) {
      throw new BadStateException("saved IDE channel has a device " + slot + ", this one has not");
    }
  }

  private final class ControlBlock implements PortDevice {
    @Override
    public int read8(int offset) {
      IdeDrive drive = drives[selected];
      return drive == null ? ABSENT : drive.status;
    }

    @Override
    public void write8(int offset, int value) {
      boolean wasReset = (deviceControl & SRST) != 0;
      boolean isReset = (value & SRST) != 0;
      deviceControl = value & (HOB | SRST | NIEN);
      if (isReset && !wasReset) {
        beginReset();
      } else if (wasReset && !isReset) {
        endReset();
      }
      interruptChanged();
    }
  }
}
