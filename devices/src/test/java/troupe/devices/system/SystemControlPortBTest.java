package troupe.devices.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.pit.I8254;
import troupe.devices.state.ChipContractTest;

class SystemControlPortBTest
    extends ChipContractTest<SystemControlPortB.State, SystemControlPortB> {
  @Override
  protected SystemControlPortB create(TimerQueue timers) {
    return new SystemControlPortB(timers, new I8254(timers, Wire.NONE));
  }

  @Override
  protected void exercise(SystemControlPortB chip) {
    chip.write8(0, 0x0F);
  }

  @Override
  protected PortDevice ports(SystemControlPortB chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 1;
  }

  /** As Linux measures its time stamp counter: timer 2 in mode 0, then polling bit 5. */
  @Test
  void timer2CanBePolled() {
    I8254 pit = new I8254(clock, Wire.NONE);
    SystemControlPortB port = new SystemControlPortB(clock, pit);
    port.write8(0, port.read8(0) & ~0x02 | 0x01);
    pit.write8(3, 0xB0);
    pit.write8(2, 59_659 & 0xFF);
    pit.write8(2, 59_659 >> 8);
    clock.advanceTo(49_900_000);
    assertEquals(0, port.read8(0) & 0x20);
    clock.advanceTo(50_100_000);
    assertEquals(0x21, port.read8(0) & 0x2F);
  }

  @Test
  void speakerAndRefresh() {
    SystemControlPortB port = create(clock);
    assertFalse(port.speakerOn());
    port.write8(0, 3);
    assertTrue(port.speakerOn());
    int toggles = 0;
    int last = port.read8(0) & 0x10;
    for (int i = 0; i < 1000; i++) {
      clock.advanceTo(clock.now() + 1000);
      int bit = port.read8(0) & 0x10;
      toggles += bit == last ? 0 : 1;
      last = bit;
    }
    assertEquals(66, toggles);
  }
}
