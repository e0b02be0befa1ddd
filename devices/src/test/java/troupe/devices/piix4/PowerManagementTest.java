package troupe.devices.piix4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.clock.Frequency;
import troupe.devices.clock.TimerQueue;
import troupe.devices.pci.MemoryWindows;
import troupe.devices.pci.PciBus;
import troupe.devices.state.ChipContractTest;

class PowerManagementTest extends ChipContractTest<PowerManagement.State, PowerManagement> {
  private static final int PM = 0x600;
  private static final int SMB = 0x700;

  private PortSpace ports = new PortSpace();
  private final List<Boolean> sci = new ArrayList<>();
  private int poweredOff;

  @Override
  protected PowerManagement create(TimerQueue clock) {
    ports = new PortSpace();
    PowerManagement chip = new PowerManagement(ports, clock, this::sci, () -> poweredOff++);
    ports.attach(0xB2, 2, chip.apmPorts());
    return chip;
  }

  private void sci(boolean high) {
    if (sci.isEmpty() ? high : sci.getLast() != high) {
      sci.add(high);
    }
  }

  @Override
  protected void exercise(PowerManagement chip) {
    open(chip);
    ports.write16(PM + 2, 0x0101);
    ports.write8(0xB2, 0xF1);
    ports.write8(SMB, 0x1E);
    ports.write8(SMB + 2, 0x48);
    clock.advanceTo(clock.now() + 3_000_000_000L);
  }

  /** Opens the blocks as SeaBIOS does. */
  private void open(PowerManagement chip) {
    PciBus bus = new PciBus(ports, new MemoryWindows());
    bus.attach(7, 3, chip.function());
    bus.write32(0, 0x8000_3B40);
    bus.write32(4, PM | 1);
    bus.write32(0, 0x8000_3B80);
    bus.write8(4, 1);
    bus.write32(0, 0x8000_3B90);
    bus.write32(4, SMB | 1);
    bus.write32(0, 0x8000_3BD0);
    bus.write8(4 + 2, 0x09);
  }

  @Override
  protected PortDevice ports(PowerManagement chip) {
    return new PortDevice() {
      @Override
      public int read8(int offset) {
        return ports.read8(PM + offset);
      }

      @Override
      public void write8(int offset, int value) {
        ports.write8(PM + offset, value);
      }
    };
  }

  @Override
  protected int portCount() {
    return 0x40;
  }

  @Test
  void theTimerRunsAtItsFrequencyAndWraps() {
    open(create(clock));
    clock.advanceTo(1_000_000_000);
    assertEquals(3_579_545, ports.read32(PM + 8));
    clock.advanceTo(Frequency.PM_TIMER.nanos(0x100_0005));
    assertEquals(5, ports.read32(PM + 8));
  }

  @Test
  void overflowRaisesTheInterruptOnceEnabled() {
    open(create(clock));
    long half = Frequency.PM_TIMER.nanos(0x80_0000);
    clock.advanceTo(half);
    assertEquals(1, ports.read16(PM), "status is kept without being enabled");
    ports.write16(PM, 1);
    assertEquals(0, ports.read16(PM));
    ports.write16(PM + 2, 1);
    ports.write16(PM + 4, 1);
    clock.advanceTo(2 * half - 1000);
    assertEquals(List.of(), sci);
    clock.advanceTo(2 * half);
    assertEquals(List.of(true), sci);
    ports.write16(PM, 1);
    assertEquals(List.of(true, false), sci);
  }

  @Test
  void powerButton() {
    PowerManagement chip = create(clock);
    open(chip);
    ports.write16(PM + 2, 0x100);
    chip.pressPowerButton();
    assertEquals(List.of(), sci, "ACPI is off");
    ports.write8(0xB2, 0xF1);
    assertEquals(1, ports.read16(PM + 4) & 1);
    assertEquals(List.of(true), sci);
    ports.write16(PM, 0x100);
    assertEquals(List.of(true, false), sci);
    ports.write8(0xB2, 0xF0);
    assertEquals(0, ports.read16(PM + 4) & 1);
  }

  @Test
  void softOff() {
    open(create(clock));
    ports.write16(PM + 4, 0x1401 | 0x2000);
    assertEquals(0, poweredOff, "type 5 is the working state");
    ports.write16(PM + 4, 0x0001);
    assertEquals(0, poweredOff);
    ports.write16(PM + 4, 0x2001);
    assertEquals(1, poweredOff);
    assertEquals(0x0001, ports.read16(PM + 4), "SUS_EN reads as zero");
  }

  @Test
  void suspendingWakesAtOnce() {
    open(create(clock));
    ports.write16(PM + 4, 0x2401);
    assertEquals(0, poweredOff);
    assertTrue((ports.read16(PM) & 0x8000) != 0);
  }

  @Test
  void nothingAnswersOnTheSmBus() {
    open(create(clock));
    ports.write8(SMB + 4, 0xA1);
    ports.write8(SMB + 2, 0x48);
    int status = ports.read8(SMB);
    assertFalse((status & 1) != 0, "not busy");
    assertTrue((status & 4) != 0, "device error");
    ports.write8(SMB, status);
    assertEquals(0, ports.read8(SMB));
  }

  @Test
  void closedBlocksDoNotAnswer() {
    PowerManagement chip = create(clock);
    assertEquals(0xFFFF, ports.read16(PM));
    open(chip);
    assertEquals(0, ports.read16(PM));
    chip.reset();
    assertEquals(0xFFFF, ports.read16(PM));
    assertEquals(0xFF, ports.read8(SMB));
  }
}
