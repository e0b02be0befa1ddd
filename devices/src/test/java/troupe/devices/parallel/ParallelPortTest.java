package troupe.devices.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class ParallelPortTest extends ChipContractTest<ParallelPort.State, ParallelPort> {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private boolean full;
  private int interrupts;

  @Override
  protected ParallelPort create(TimerQueue timers) {
    return new ParallelPort(
        timers,
        high -> interrupts += high ? 1 : 0,
        value -> {
          if (!full) {
            printed.write(value);
          }
          return !full;
        });
  }

  @Override
  protected void exercise(ParallelPort chip) {
    chip.write8(0, 0x55);
    chip.write8(2, 0x1D);
  }

  @Override
  protected PortDevice ports(ParallelPort chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 3;
  }

  private final ParallelPort port = create(clock);

  private void print(int value) {
    port.write8(0, value);
    port.write8(2, 0x1D);
    port.write8(2, 0x1C);
  }

  @Test
  void byteIsPrintedAtTheStrobe() {
    assertEquals(0xDF, port.read8(1));
    print('A');
    assertEquals(0x5F, port.read8(1), "busy");
    assertEquals(0, interrupts);
    clock.advanceTo(ParallelPort.BYTE_TIME);
    assertEquals(0xDF, port.read8(1));
    assertEquals("A", printed.toString());
    assertEquals(1, interrupts);
  }

  @Test
  void fullSinkKeepsItBusy() {
    full = true;
    print('A');
    clock.advanceTo(1_000_000);
    assertEquals(0x5F, port.read8(1));
    print('B');
    full = false;
    port.sinkReady();
    assertEquals(0xDF, port.read8(1));
    assertEquals("A", printed.toString());
  }

  /** Linux's probe for a standard port. */
  @Test
  void registersReadBack() {
    port.write8(2, 0x0C);
    assertEquals(0x0C, port.read8(2) & 0x0F);
    port.write8(2, 0x0E);
    assertEquals(0x0E, port.read8(2) & 0x0F);
    port.write8(0, 0xAA);
    assertEquals(0xAA, port.read8(0));
    port.write8(2, 0x2C);
    port.write8(0, 0x55);
    assertEquals(0x55, port.read8(0), "no bidirectional mode");
  }
}
