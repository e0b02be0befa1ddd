package troupe.devices.piix4;

import java.util.Arrays;
import troupe.devices.bus.PortDevice;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The SMBus host controller of function 3 ([82371AB] SMBus I/O Registers), with nothing on its bus:
 * every transaction ends at once with a device error, since no device acknowledges its address.
 */
final class SmBusHost implements PortDevice, Chip<SmBusHost.State> {
  /** The sixteen registers and the block buffer. */
  record State(byte[] registers) {}

  static final int BLOCK_SIZE = 16;
  private static final int SMBHSTSTS = 0;
  private static final int SMBSLVSTS = 1;
  private static final int SMBHSTCNT = 2;
  private static final int DEV_ERR = 1 << 2;
  private static final int FAILED = 1 << 4;
  private static final int HOST_STATUS_CLEARED_BY_ONES = 0x1E;
  private static final int START = 1 << 6;
  private static final int KILL = 1 << 1;
  private static final int CONTROL_KEPT = 0x1F;

  private final byte[] registers = new byte[BLOCK_SIZE];

  @Override
  public int read8(int offset) {
    return registers[offset & BLOCK_SIZE - 1] & 0xFF;
  }

  @Override
  public void write8(int offset, int value) {
    int register = offset & BLOCK_SIZE - 1;
    switch (register) {
      case SMBHSTSTS -> registers[SMBHSTSTS] &= (byte) ~(value & HOST_STATUS_CLEARED_BY_ONES);
      case SMBSLVSTS -> registers[SMBSLVSTS] = 0;
      case SMBHSTCNT -> {
        registers[SMBHSTCNT] = (byte) (value & CONTROL_KEPT);
        if ((value & KILL) != 0) {
          registers[SMBHSTSTS] |= FAILED;
        } else if ((value & START) != 0) {
          registers[SMBHSTSTS] |= DEV_ERR;
        }
      }
      default -> registers[register] = (byte) value;
    }
  }

  @Override
  public void reset() {
    Arrays.fill(registers, (byte) 0);
  }

  @Override
  public State save() {
    return new State(registers.clone());
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.registers() == null || state.registers().length != BLOCK_SIZE) {
      throw new BadStateException("SMBus registers are not 16 bytes");
    }
    System.arraycopy(state.registers(), 0, registers, 0, BLOCK_SIZE);
  }
}
