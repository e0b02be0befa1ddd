package troupe.devices.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class ResetPortsTest {
  private static final class Pulses implements Wire {
    int count;

    @Override
    public void set(boolean high) {
      count += high ? 1 : 0;
    }
  }

  @Nested
  class PortA extends ChipContractTest<SystemControlPortA.State, SystemControlPortA> {
    private boolean a20;
    private final Pulses pulses = new Pulses();

    @Override
    protected SystemControlPortA create(TimerQueue timers) {
      return new SystemControlPortA(high -> a20 = high, pulses);
    }

    @Override
    protected void exercise(SystemControlPortA chip) {
      chip.write8(0, 0x03);
    }

    @Override
    protected PortDevice ports(SystemControlPortA chip) {
      return chip;
    }

    @Override
    protected int portCount() {
      return 1;
    }

    @Test
    void gateAndReset() {
      SystemControlPortA port = create(clock);
      port.write8(0, 2);
      assertTrue(a20);
      port.write8(0, 1);
      assertFalse(a20);
      assertEquals(1, pulses.count);
      port.write8(0, 3);
      assertEquals(1, pulses.count, "only the rise counts");
      assertEquals(3, port.read8(0));
    }
  }

  @Nested
  class Rc extends ChipContractTest<ResetControl.State, ResetControl> {
    private final Pulses hard = new Pulses();
    private final Pulses soft = new Pulses();

    @Override
    protected ResetControl create(TimerQueue timers) {
      return new ResetControl(hard, soft);
    }

    @Override
    protected void exercise(ResetControl chip) {
      chip.write8(0, 0x06);
    }

    @Override
    protected PortDevice ports(ResetControl chip) {
      return chip;
    }

    @Override
    protected int portCount() {
      return 1;
    }

    @Test
    void hardAndSoft() {
      ResetControl port = create(clock);
      port.write8(0, 2);
      port.write8(0, 6);
      assertEquals(1, hard.count);
      port.write8(0, 6);
      assertEquals(1, hard.count);
      port.write8(0, 0);
      port.write8(0, 4);
      assertEquals(1, soft.count);
    }
  }

  @Nested
  class PostCode extends ChipContractTest<PostCodeLatch.State, PostCodeLatch> {
    private int told = -1;

    @Override
    protected PostCodeLatch create(TimerQueue timers) {
      return new PostCodeLatch(code -> told = code);
    }

    @Override
    protected void exercise(PostCodeLatch chip) {
      chip.write8(0, 0x42);
    }

    @Override
    protected PortDevice ports(PostCodeLatch chip) {
      return chip;
    }

    @Override
    protected int portCount() {
      return 1;
    }

    @Test
    void keepsAndTells() {
      PostCodeLatch latch = create(clock);
      latch.write8(0, 0xAB);
      assertEquals(0xAB, told);
      assertEquals(0xAB, latch.read8(0));
    }
  }
}
