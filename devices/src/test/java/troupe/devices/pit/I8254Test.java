package troupe.devices.pit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.Frequency;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class I8254Test extends ChipContractTest<I8254.State, I8254> {
  private final List<Long> rises = new ArrayList<>();
  private boolean out0;

  @Override
  protected I8254 create(TimerQueue timers) {
    return new I8254(
        timers,
        high -> {
          if (high && !out0) {
            rises.add(Frequency.PIT.ticks(timers.now()));
          }
          out0 = high;
        });
  }

  @Override
  protected void exercise(I8254 chip) {
    chip.write8(3, 0x34);
    chip.write8(0, 0x9C);
    chip.write8(0, 0x2E);
    clock.advanceTo(10_123_456);
    chip.write8(0, 0x10);
    chip.write8(3, 0x76);
    chip.write16(1, 0x0101);
    chip.setGate2(true);
    chip.write8(3, 0xB0);
    chip.write8(2, 0x12);
    chip.write8(2, 0x34);
    clock.advanceTo(11_000_000);
    chip.setGate2(false);
    chip.write8(3, 0xC8);
    chip.read8(2);
  }

  @Override
  protected PortDevice ports(I8254 chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 4;
  }

  private final I8254 pit = create(clock);

  private void program(int counter, int mode, int count) {
    pit.write8(3, counter << 6 | 0x30 | mode << 1);
    pit.write8(counter, count & 0xFF);
    pit.write8(counter, count >> 8);
  }

  private void toTick(long tick) {
    clock.advanceTo(Frequency.PIT.nanos(tick));
  }

  private int latched(int counter) {
    pit.write8(3, counter << 6);
    return pit.read8(counter) | pit.read8(counter) << 8;
  }

  private int status(int counter) {
    pit.write8(3, 0xE0 | 2 << counter);
    return pit.read8(counter);
  }

  @Test
  void rateGeneratorTicksOnTheIdealScheduleForever() {
    program(0, 2, 11_932);
    rises.clear();
    toTick(11_932L * 1000 + 1);
    assertEquals(1000, rises.size());
    for (int i = 0; i < 1000; i++) {
      assertEquals(11_932L * (i + 1) + 1, rises.get(i));
    }
  }

  @Test
  void rateGeneratorCountsDownToOne() {
    program(0, 2, 100);
    toTick(1);
    assertEquals(100, latched(0));
    toTick(100);
    assertEquals(1, latched(0));
    assertEquals(0x34, status(0));
    toTick(101);
    assertEquals(100, latched(0));
    assertEquals(0xB4, status(0));
  }

  @Test
  void newCountOfRateGeneratorWaitsForTheEndOfThePeriod() {
    program(0, 2, 100);
    rises.clear();
    toTick(50);
    pit.write8(0, 10);
    pit.write8(0, 0);
    assertEquals(0xC0, status(0) & 0xC0, "null count");
    toTick(99);
    assertEquals(2, latched(0));
    toTick(122);
    assertEquals(List.of(101L, 111L, 121L), rises);
    assertEquals(0x80, status(0) & 0xC0);
  }

  @Test
  void squareWaveCountsByTwo() {
    program(0, 3, 10);
    rises.clear();
    int[] counts = new int[10];
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      toTick(1 + i);
      counts[i] = latched(0);
      out.append(status(0) >> 7);
    }
    assertEquals("[10, 8, 6, 4, 2, 10, 8, 6, 4, 2]", java.util.Arrays.toString(counts));
    assertEquals("1111100000", out.toString());
    toTick(31);
    assertEquals(List.of(11L, 21L, 31L), rises);
  }

  @Test
  void oddSquareWaveIsHighOneTickLonger() {
    program(2, 3, 5);
    pit.setGate2(true);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      toTick(1 + i);
      out.append(pit.out2() ? 1 : 0);
    }
    assertEquals("1110011100", out.toString());
  }

  @Test
  void newCountOfSquareWaveTakesOverAtTheHalf() {
    program(0, 3, 100);
    rises.clear();
    toTick(20);
    pit.write8(0, 20);
    pit.write8(0, 0);
    toTick(90);
    assertEquals(List.of(61L, 81L), rises); // high until 51, then low for 10
  }

  @Test
  void terminalCountRaisesOutOnceAndGoesOnCounting() {
    program(0, 0, 1000);
    assertFalse(out0);
    toTick(1000);
    assertFalse(out0);
    toTick(1001);
    assertTrue(out0);
    assertEquals(0, latched(0));
    toTick(1002);
    assertEquals(0xFFFF, latched(0));
    toTick(200_000);
    assertEquals(1, rises.size());
  }

  @Test
  void gateHoldsMode0() {
    pit.setGate2(true);
    program(2, 0, 100);
    toTick(41);
    assertEquals(60, latched(2));
    pit.setGate2(false);
    toTick(1000);
    assertEquals(60, latched(2));
    assertFalse(pit.out2());
    pit.setGate2(true);
    toTick(1059);
    assertFalse(pit.out2());
    toTick(1060);
    assertTrue(pit.out2());
  }

  @Test
  void oneShotIsTriggeredByTheGate() {
    program(2, 1, 10);
    toTick(100);
    assertTrue(pit.out2());
    pit.setGate2(true);
    toTick(101);
    assertFalse(pit.out2());
    toTick(110);
    assertFalse(pit.out2());
    toTick(111);
    assertTrue(pit.out2());
  }

  @Test
  void softwareStrobeIsLowForOneTick() {
    program(0, 4, 50);
    rises.clear();
    toTick(51);
    assertEquals(0, status(0) & 0x80);
    toTick(52);
    assertEquals(0x80, status(0) & 0x80);
    toTick(100_000);
    assertEquals(List.of(52L), rises);
  }

  @Test
  void hardwareStrobe() {
    program(2, 5, 4);
    pit.setGate2(true);
    toTick(5);
    assertFalse(pit.out2());
    toTick(6);
    assertTrue(pit.out2());
  }

  @Test
  void bcdCounts() {
    pit.write8(3, 0x31); // mode 0, BCD
    pit.write8(0, 0x00);
    pit.write8(0, 0x10); // 1000
    toTick(2);
    assertEquals(0x0999, latched(0));
    pit.write8(0, 0);
    pit.write8(0, 0);
    toTick(4);
    assertEquals(0x9999, latched(0));
  }

  @Test
  void countOfZeroIsTheLongest() {
    program(0, 2, 0);
    rises.clear();
    toTick(65_537);
    assertEquals(List.of(65_537L), rises);
  }

  @Test
  void latchHoldsUntilRead() {
    program(0, 2, 1000);
    toTick(11);
    pit.write8(3, 0x00);
    toTick(101);
    pit.write8(3, 0x00); // ignored
    assertEquals(990 & 0xFF, pit.read8(0));
    assertEquals(990 >> 8, pit.read8(0));
    assertEquals(900 & 0xFF, pit.read8(0));
    assertEquals(900 >> 8, pit.read8(0));
  }

  @Test
  void readBackGivesStatusThenCount() {
    program(0, 2, 1000);
    toTick(11);
    pit.write8(3, 0xC2);
    assertEquals(0xB4, pit.read8(0));
    assertEquals(990 & 0xFF, pit.read8(0));
    assertEquals(990 >> 8, pit.read8(0));
  }

  @Test
  void singleByteAccess() {
    pit.write8(3, 0x14); // low byte only, mode 2
    pit.write8(0, 200);
    toTick(2);
    assertEquals(199, pit.read8(0));
    assertEquals(199, pit.read8(0));
    pit.write8(3, 0x24); // high byte only
    pit.write8(0, 0x12);
    toTick(4);
    assertEquals(0x11, pit.read8(0));
  }

  @Test
  void lateClockDeliversOneEdgeAndKeepsThePhase() {
    program(0, 2, 1000);
    rises.clear();
    long[] present = {0};
    clock.setSource(() -> present[0]);
    present[0] = Frequency.PIT.nanos(5_500);
    clock.advanceTo(present[0]);
    assertEquals(1, rises.size());
    assertEquals(Frequency.PIT.nanos(6_001), clock.nextAlarm());
  }

  @Test
  void edgeThatIsDueIsNotLostByReprogramming() {
    program(0, 0, 1000);
    long[] present = {Frequency.PIT.nanos(1_001)};
    clock.setSource(() -> present[0]);
    program(0, 0, 1000);
    assertEquals(1, rises.size());
  }
}
