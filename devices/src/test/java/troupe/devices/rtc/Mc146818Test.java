package troupe.devices.rtc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.BadStateException;
import troupe.devices.state.ChipContractTest;
import troupe.devices.state.StateCodec;

class Mc146818Test extends ChipContractTest<Mc146818.State, Mc146818> {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = seconds("2004-12-31T23:59:50");
  private int interrupts;
  private boolean irq;

  private static long seconds(String time) {
    return LocalDateTime.parse(time).toEpochSecond(ZoneOffset.UTC);
  }

  @Override
  protected Mc146818 create(TimerQueue clock) {
    return new Mc146818(
        clock,
        high -> {
          if (high && !irq) {
            interrupts++;
          }
          irq = high;
        },
        START);
  }

  @Override
  protected void exercise(Mc146818 chip) {
    write(chip, 0x0A, 0x2A);
    write(chip, 0x01, 0x55);
    write(chip, 0x0B, 0x72);
    write(chip, 0x40, 0x99);
    chip.write8(2, 0x22);
    chip.write8(3, 0x77);
    chip.write8(0, 0x8B);
    clock.advanceTo(2_345_678_901L);
  }

  @Override
  protected PortDevice ports(Mc146818 chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 4;
  }

  private final Mc146818 rtc = create(clock);

  private static void write(Mc146818 chip, int register, int value) {
    chip.write8(0, register);
    chip.write8(1, value);
  }

  private void write(int register, int value) {
    write(rtc, register, value);
  }

  private int read(int register) {
    rtc.write8(0, register);
    return rtc.read8(1);
  }

  private String time() {
    return "%02x%02x-%02x-%02x %02x:%02x:%02x"
        .formatted(read(0x32), read(9), read(8), read(7), read(4), read(2), read(0));
  }

  /** RAM, time and date have a battery: reset leaves them and the divider alone. */
  @Override
  @Test
  protected void resetEqualsPowerOn() {
    exercise(rtc);
    write(0x0B, 0x82);
    clock.advanceTo(3 * SECOND);
    rtc.reset();
    assertFalse(irq);
    assertEquals(0x52, rtc.read8(1), "index is back at the seconds, which SET holds");
    assertEquals(0x82, read(0x0B));
    assertEquals(0x99, read(0x40));
    assertEquals(0x77, rtc.ram(0x80 + 0x22));
    assertEquals(0, rtc.read8(2));
  }

  @Test
  void calendarRunsOverTheYear() {
    assertEquals("2004-12-31 23:59:50", time());
    assertEquals(6, read(6), "Friday, Sunday being 1");
    clock.advanceTo(10 * SECOND - 1);
    assertEquals("2004-12-31 23:59:59", time());
    clock.advanceTo(10 * SECOND);
    assertEquals("2005-01-01 00:00:00", time());
    assertEquals(7, read(6));
    clock.advanceTo(10 * SECOND + 86_400L * SECOND * 60);
    assertEquals("2005-03-02 00:00:00", time());
  }

  @Test
  void centuryTurns() {
    write(0x0B, 0x82);
    set(0x99, 0x12, 0x31, 0x23, 0x59, 0x59);
    write(0x32, 0x19);
    write(0x0B, 0x02);
    clock.advanceTo(SECOND);
    assertEquals("2000-01-01 00:00:00", time());
    clock.advanceTo(SECOND + 59L * 86_400 * SECOND);
    assertEquals("2000-02-29 00:00:00", time());
  }

  private void set(int year, int month, int date, int hour, int minute, int second) {
    write(9, year);
    write(8, month);
    write(7, date);
    write(4, hour);
    write(2, minute);
    write(0, second);
  }

  @Test
  void twelveHourBinary() {
    write(0x0B, 0x84);
    set(5, 6, 7, 0x80 | 12, 59, 59);
    write(0x0B, 0x04);
    clock.advanceTo(SECOND);
    assertEquals(0x81, read(4));
    clock.advanceTo(11 * 3600 * SECOND + SECOND);
    assertEquals(12, read(4), "midnight");
    assertEquals(8, read(7));
  }

  @Test
  void setHoldsTheTime() {
    write(0x0B, 0x82);
    clock.advanceTo(5 * SECOND);
    assertEquals("2004-12-31 23:59:50", time());
    write(0x0B, 0x02);
    clock.advanceTo(6 * SECOND);
    assertEquals("2004-12-31 23:59:51", time());
  }

  @Test
  void updateInProgressAnnouncesTheSecond() {
    clock.advanceTo(SECOND - 300_000);
    assertEquals(0x26, read(0x0A));
    clock.advanceTo(SECOND - 200_000);
    assertEquals(0xA6, read(0x0A));
    clock.advanceTo(SECOND);
    assertEquals(0x26, read(0x0A));
  }

  @Test
  void updateEndedInterruptOncePerSecond() {
    write(0x0B, 0x12);
    clock.advanceTo(SECOND);
    assertTrue(irq);
    assertEquals(0xD0, read(0x0C));
    assertFalse(irq);
    assertEquals(0, read(0x0C));
    clock.advanceTo(2 * SECOND);
    assertEquals(2, interrupts);
  }

  @Test
  void flagsAreSetWithoutInterruptsToo() {
    clock.advanceTo(SECOND);
    assertEquals(0x50, read(0x0C));
    assertEquals(0, interrupts);
    assertEquals(Long.MAX_VALUE, clock.nextAlarm(), "nothing to wake for");
  }

  @Test
  void alarmOnExactTimeAndWithDontCares() {
    write(1, 0x05);
    write(3, 0x00);
    write(5, 0xFF);
    write(0x0B, 0x22);
    clock.advanceTo(15 * SECOND - 1);
    assertEquals(0, interrupts);
    clock.advanceTo(15 * SECOND);
    assertEquals(1, interrupts);
    assertEquals(0xA0, read(0x0C) & 0xA0);
    clock.advanceTo(3615 * SECOND - 1);
    assertEquals(1, interrupts);
    clock.advanceTo(3615 * SECOND);
    assertEquals(2, interrupts);
  }

  @Test
  void periodicInterruptKeepsItsRate() {
    write(0x0A, 0x26); // 1024 Hz
    write(0x0B, 0x42);
    int count = 0;
    while (clock.nextAlarm() <= SECOND) {
      clock.advanceTo(clock.nextAlarm());
      assertEquals(0xC0, read(0x0C) & 0xC0);
      count++;
    }
    assertEquals(1024, count);
  }

  @Test
  void dividerResetStopsAndRestartsAtHalfASecond() {
    clock.advanceTo(300_000_000);
    write(0x0A, 0x76);
    clock.advanceTo(5 * SECOND);
    assertEquals("2004-12-31 23:59:50", time());
    write(0x0A, 0x26);
    clock.advanceTo(5 * SECOND + SECOND / 2 - 100_000);
    assertEquals("2004-12-31 23:59:50", time());
    clock.advanceTo(5 * SECOND + SECOND / 2);
    assertEquals("2004-12-31 23:59:51", time());
  }

  @Test
  void registersReadOnlyAndRam() {
    write(0x0D, 0);
    write(0x0C, 0xFF);
    assertEquals(0x80, read(0x0D));
    assertEquals(0, read(0x0C));
    rtc.preset(0x15, 0x80);
    assertEquals(0x80, read(0x15));
    rtc.preset(0xFF, 0x42);
    rtc.write8(2, 0x7F);
    assertEquals(0x42, rtc.read8(3));
    assertThrows(IllegalArgumentException.class, () -> rtc.preset(4, 0));
  }

  @Test
  void stateOfTheFutureIsRefused() {
    clock.advanceTo(10 * SECOND);
    read(0);
    Mc146818.State state = rtc.save();
    Mc146818 young = create(new TimerQueue());
    assertThrows(BadStateException.class, () -> young.restore(state));
    assertArrayEquals(StateCodec.encode(state), StateCodec.encode(rtc.save()));
  }
}
