package troupe.devices.piix4;

import static troupe.devices.piix4.PowerManagementRegisters.BIOS_RLS;
import static troupe.devices.piix4.PowerManagementRegisters.BLOCK_SIZE;
import static troupe.devices.piix4.PowerManagementRegisters.BRLD_EN_BM;
import static troupe.devices.piix4.PowerManagementRegisters.DEVCTL;
import static troupe.devices.piix4.PowerManagementRegisters.DEVSTS;
import static troupe.devices.piix4.PowerManagementRegisters.GBL;
import static troupe.devices.piix4.PowerManagementRegisters.GLBCTL;
import static troupe.devices.piix4.PowerManagementRegisters.GLBEN;
import static troupe.devices.piix4.PowerManagementRegisters.GLBSTS;
import static troupe.devices.piix4.PowerManagementRegisters.GPEN;
import static troupe.devices.piix4.PowerManagementRegisters.GPIREG;
import static troupe.devices.piix4.PowerManagementRegisters.GPIREG_INPUTS;
import static troupe.devices.piix4.PowerManagementRegisters.GPOREG;
import static troupe.devices.piix4.PowerManagementRegisters.GPOREG_RESET;
import static troupe.devices.piix4.PowerManagementRegisters.GPSTS;
import static troupe.devices.piix4.PowerManagementRegisters.GP_BITS;
import static troupe.devices.piix4.PowerManagementRegisters.PCNTRL;
import static troupe.devices.piix4.PowerManagementRegisters.PMCNTRL;
import static troupe.devices.piix4.PowerManagementRegisters.PMEN;
import static troupe.devices.piix4.PowerManagementRegisters.PMEN_BITS;
import static troupe.devices.piix4.PowerManagementRegisters.PMSTS;
import static troupe.devices.piix4.PowerManagementRegisters.PMSTS_BITS;
import static troupe.devices.piix4.PowerManagementRegisters.PMTMR;
import static troupe.devices.piix4.PowerManagementRegisters.PMTMR_HALF;
import static troupe.devices.piix4.PowerManagementRegisters.PMTMR_MASK;
import static troupe.devices.piix4.PowerManagementRegisters.PWRBTN;
import static troupe.devices.piix4.PowerManagementRegisters.RSM_STS;
import static troupe.devices.piix4.PowerManagementRegisters.SCI_EN;
import static troupe.devices.piix4.PowerManagementRegisters.SOFT_OFF;
import static troupe.devices.piix4.PowerManagementRegisters.SUSPEND_TO_DISK;
import static troupe.devices.piix4.PowerManagementRegisters.SUS_EN;
import static troupe.devices.piix4.PowerManagementRegisters.SUS_TYP;
import static troupe.devices.piix4.PowerManagementRegisters.SUS_TYP_SHIFT;
import static troupe.devices.piix4.PowerManagementRegisters.TMROF;
import static troupe.devices.piix4.PowerManagementRegisters.WORKING;

import java.util.Arrays;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Frequency;
import troupe.devices.clock.Timer;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The power management I/O block of function 3 ([82371AB] Power Management I/O Registers): the ACPI
 * event and control registers and the 24-bit timer. Suspended states other than soft off end at
 * once, as if something had woken the PC.
 */
final class PowerManagementBlock implements PortDevice, Chip<PowerManagementBlock.State> {
  /**
   * Saved state; {@code nextOverflow} in timer ticks since power-on, {@code plain} the registers
   * that only keep what is written.
   */
  record State(
      int status,
      int enable,
      int control,
      long nextOverflow,
      int gpStatus,
      int gpEnable,
      byte[] plain) {}

  private final Clock clock;
  private final Wire sci;
  private final Runnable powerOff;
  private final Timer overflow;
  private final byte[] plain = new byte[BLOCK_SIZE];
  private int status;
  private int enable;
  private int control;
  private int gpStatus;
  private int gpEnable;
  private long nextOverflow;

  PowerManagementBlock(Clock clock, Wire sci, Runnable powerOff) {
    this.clock = clock;
    this.sci = sci;
    this.powerOff = powerOff;
    overflow = clock.timer(this::evaluate);
    reset();
  }

  void setSciEnable(boolean enabled) {
    control = enabled ? control | SCI_EN : control & ~SCI_EN;
    evaluate();
  }

  void pressPowerButton() {
    status |= PWRBTN;
    evaluate();
  }

  private long ticks() {
    return Frequency.PM_TIMER.ticks(clock.now());
  }

  /** Brings TMROF_STS up to date, drives SCI, and arms the alarm of the next overflow. */
  private void evaluate() {
    if (ticks() >= nextOverflow) {
      status |= TMROF;
    }
    boolean event = (status & enable & PMEN_BITS) != 0 || (gpStatus & gpEnable) != 0;
    sci.set(event && (control & SCI_EN) != 0);
    if ((enable & TMROF) != 0 && (status & TMROF) == 0) {
      overflow.schedule(Frequency.PM_TIMER.nanos(nextOverflow));
    } else {
      overflow.cancel();
    }
  }

  private long overflowAfter(long ticks) {
    return (ticks | PMTMR_HALF - 1) + 1;
  }

  @Override
  public int read32(int offset) {
    // The timer is latched: its bytes belong together.
    return (offset & BLOCK_SIZE - 1) == PMTMR ? timer() : PortDevice.super.read32(offset);
  }

  @Override
  public int read16(int offset) {
    return switch (offset & BLOCK_SIZE - 1) {
      case PMTMR -> timer() & 0xFFFF;
      case PMTMR + 2 -> timer() >>> 16;
      default -> PortDevice.super.read16(offset);
    };
  }

  @Override
  public int read8(int offset) {
    int at = offset & BLOCK_SIZE - 1;
    return switch (at & ~3) {
      case PMSTS -> {
        evaluate();
        yield (status | enable << 16) >>> 8 * (at & 3) & 0xFF;
      }
      case PMCNTRL -> control >>> 8 * (at & 3) & 0xFF;
      case PMTMR -> timer() >>> 8 * (at & 3) & 0xFF;
      case GPSTS -> (gpStatus | gpEnable << 16) >>> 8 * (at & 3) & 0xFF;
      case GPIREG -> GPIREG_INPUTS >>> 8 * (at & 3) & 0xFF;
      default -> plain[at] & 0xFF;
    };
  }

  private int timer() {
    return (int) ticks() & PMTMR_MASK;
  }

  @Override
  public void write8(int offset, int value) {
    int at = offset & BLOCK_SIZE - 1;
    int high = at & 1;
    switch (at & ~1) {
      case PMSTS -> clearStatus(value << 8 * high);
      case PMEN -> enable = merge(enable, high, value) & PMEN_BITS;
      case PMCNTRL -> writeControl(high, value);
      case GPSTS -> gpStatus &= ~(value << 8 * high);
      case GPEN -> gpEnable = merge(gpEnable, high, value) & GP_BITS;
      case PMTMR, PMTMR + 2, GPIREG, GPIREG + 2 -> {}
      case GLBSTS, DEVSTS, DEVSTS + 2 -> plain[at] &= (byte) ~value;
      case GLBCTL -> {
        plain[at] = (byte) (high == 0 ? value & ~BIOS_RLS : value);
        if (high == 0 && (value & BIOS_RLS) != 0) {
          status |= GBL;
        }
      }
      case PCNTRL, PCNTRL + 2, GLBEN, GLBCTL + 2, DEVCTL, DEVCTL + 2, GPOREG, GPOREG + 2 ->
          plain[at] = (byte) value;
      default -> {}
    }
    evaluate();
  }

  private static int merge(int register, int high, int value) {
    return register & ~(0xFF << 8 * high) | value << 8 * high;
  }

  private void clearStatus(int ones) {
    evaluate();
    status &= ~ones;
    if ((ones & TMROF) != 0) {
      nextOverflow = overflowAfter(ticks());
    }
  }

  private void writeControl(int high, int value) {
    control = merge(control, high, value) & (SCI_EN | BRLD_EN_BM | SUS_TYP);
    if (high == 0 || (value << 8 & SUS_EN) == 0) {
      return;
    }
    switch ((control & SUS_TYP) >>> SUS_TYP_SHIFT) {
      case SOFT_OFF, SUSPEND_TO_DISK -> powerOff.run();
      case WORKING -> {}
      default -> status |= RSM_STS;
    }
  }

  @Override
  public void reset() {
    status = 0;
    enable = 0;
    control = 0;
    gpStatus = 0;
    gpEnable = 0;
    Arrays.fill(plain, (byte) 0);
    for (int i = 0; i < Integer.BYTES; i++) {
      plain[GPOREG + i] = (byte) (GPOREG_RESET >>> 8 * i);
    }
    nextOverflow = overflowAfter(ticks());
    evaluate();
  }

  @Override
  public State save() {
    evaluate();
    return new State(status, enable, control, nextOverflow, gpStatus, gpEnable, plain.clone());
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.plain() == null || state.plain().length != BLOCK_SIZE) {
      throw new BadStateException("power management registers are not 64 bytes");
    }
    if (state.nextOverflow() < 0 || state.nextOverflow() > overflowAfter(ticks())) {
      throw new BadStateException("power management timer overflow out of range");
    }
    status = state.status() & PMSTS_BITS;
    enable = state.enable() & PMEN_BITS;
    control = state.control() & (SCI_EN | BRLD_EN_BM | SUS_TYP);
    gpStatus = state.gpStatus() & GP_BITS;
    gpEnable = state.gpEnable() & GP_BITS;
    nextOverflow = state.nextOverflow();
    System.arraycopy(state.plain(), 0, plain, 0, BLOCK_SIZE);
    evaluate();
  }
}
