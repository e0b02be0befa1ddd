package troupe.devices.kbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class I8042Test extends ChipContractTest<I8042.State, I8042> {
  private boolean irq1;
  private boolean irq12;
  private boolean a20 = true;
  private int resets;

  @Override
  protected I8042 create(TimerQueue clock) {
    return new I8042(
        clock,
        high -> irq1 = high,
        high -> irq12 = high,
        high -> a20 = high,
        high -> resets += high ? 1 : 0);
  }

  @Override
  protected void exercise(I8042 chip) {
    chip.write8(4, 0x60);
    chip.write8(0, 0x47);
    chip.write8(4, 0xD4);
    chip.write8(0, 0xF4);
    chip.write8(0, 0xF0);
    chip.write8(0, 0x03);
    chip.keyboard().press(Key.CTRL);
    chip.keyboard().press(Key.PAUSE);
    chip.mouse().move(300, -20, 1);
    chip.mouse().button(2, true);
    clock.advanceTo(clock.now() + 3_000_000);
    chip.read8(0);
    clock.advanceTo(clock.now() + 3_000_000);
    chip.read8(0);
    chip.write8(0, 0xFB);
    chip.write8(0, 0x1C);
    chip.write8(4, 0xD1);
    chip.write8(0, 0xDD);
    chip.write8(4, 0xD1);
  }

  @Override
  protected PortDevice ports(I8042 chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 5;
  }

  private final I8042 kbc = create(clock);

  private void command(int value) {
    kbc.write8(4, value);
  }

  private void command(int value, int parameter) {
    kbc.write8(4, value);
    kbc.write8(0, parameter);
  }

  private void mouse(int value) {
    command(0xD4, value);
  }

  /** All bytes there are, as hexadecimal; those of the mouse in brackets. */
  private String drain() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      int status = kbc.read8(4);
      if ((status & 1) == 0) {
        clock.advanceTo(clock.now() + 1_000_000);
        status = kbc.read8(4);
      }
      if ((status & 1) == 0) {
        break;
      }
      String format = (status & 0x20) != 0 ? "[%02X]" : "%02X ";
      text.append(format.formatted(kbc.read8(0)));
    }
    return text.toString().trim();
  }

  @Test
  void translatedKeys() {
    kbc.keyboard().press(Key.A);
    assertTrue(irq1);
    kbc.keyboard().release(Key.A);
    kbc.keyboard().press(Key.UP);
    kbc.keyboard().release(Key.UP);
    kbc.keyboard().press(Key.F7);
    assertEquals("1E 9E E0 48 E0 C8 41", drain());
    assertFalse(irq1);
  }

  @Test
  void secondByteTakesItsTime() {
    kbc.keyboard().press(Key.A);
    kbc.keyboard().release(Key.A);
    assertEquals(0x1E, kbc.read8(0));
    assertEquals(0x1E, kbc.read8(0), "still the same byte for a second handler");
    assertEquals(0, kbc.read8(4) & 1);
    clock.advanceTo(clock.now() + I8042.BYTE_TIME);
    assertTrue(irq1);
    assertEquals(0x9E, kbc.read8(0));
  }

  @Test
  void untranslatedSet2() {
    command(0x60, 0x01);
    kbc.keyboard().press(Key.A);
    kbc.keyboard().release(Key.A);
    kbc.keyboard().press(Key.DELETE);
    kbc.keyboard().release(Key.DELETE);
    assertEquals("1C F0 1C E0 71 E0 F0 71", drain());
  }

  @Test
  void sets1And3() {
    command(0x60, 0x01);
    kbc.write8(0, 0xF0);
    kbc.write8(0, 1);
    assertEquals("FA FA", drain());
    kbc.keyboard().press(Key.RIGHT_CTRL);
    kbc.keyboard().release(Key.RIGHT_CTRL);
    assertEquals("E0 1D E0 9D", drain());
    kbc.write8(0, 0xF0);
    kbc.write8(0, 3);
    kbc.write8(0, 0xF0);
    kbc.write8(0, 0);
    assertEquals("FA FA FA FA 03", drain());
    kbc.keyboard().press(Key.RIGHT_CTRL);
    kbc.keyboard().release(Key.RIGHT_CTRL);
    assertEquals("58 F0 58", drain());
    kbc.write8(0, 0xFD);
    kbc.write8(0, 0x58);
    kbc.keyboard().press(Key.RIGHT_CTRL);
    kbc.keyboard().release(Key.RIGHT_CTRL);
    assertEquals("FA FA 58", drain());
  }

  @Test
  void pauseAndPrintScreen() {
    kbc.keyboard().press(Key.PAUSE);
    kbc.keyboard().release(Key.PAUSE);
    assertEquals("E1 1D 45 E1 9D C5", drain());
    kbc.keyboard().press(Key.PRINT_SCREEN);
    kbc.keyboard().release(Key.PRINT_SCREEN);
    assertEquals("E0 2A E0 37 E0 B7 E0 AA", drain());
    kbc.keyboard().press(Key.CTRL);
    kbc.keyboard().press(Key.PAUSE);
    assertEquals("1D E0 46 E0 C6", drain());
    kbc.keyboard().release(Key.CTRL);
    kbc.keyboard().press(Key.ALT);
    kbc.keyboard().press(Key.PRINT_SCREEN);
    kbc.keyboard().release(Key.PRINT_SCREEN);
    assertEquals("9D 38 54 D4", drain());
  }

  @Test
  void keyboardCommands() {
    kbc.write8(0, 0xFF);
    assertEquals("FA AA", drain());
    kbc.write8(0, 0xF2);
    assertEquals("FA AB 41", drain());
    kbc.write8(0, 0xEE);
    assertEquals("EE", drain());
    kbc.write8(0, 0xED);
    kbc.write8(0, 0x05);
    assertEquals("FA FA", drain());
    assertEquals(5, kbc.keyboard().leds());
    kbc.write8(0, 0xFE);
    assertEquals("FA", drain());
    kbc.write8(0, 0xF5);
    kbc.keyboard().press(Key.A);
    assertEquals("FA", drain());
    kbc.write8(0, 0xF4);
    kbc.keyboard().press(Key.B);
    assertEquals("FA 30", drain());
    kbc.write8(0, 0xE0);
    assertEquals("FE", drain());
  }

  /** The steps of Linux's i8042 driver at probe time. */
  @Test
  void linuxProbe() {
    assertEquals("", drain());
    command(0x20);
    int mode = kbc.read8(0);
    command(0x60, mode & ~0x03 | 0x30);
    command(0xAA);
    assertEquals("55", drain());
    command(0xD3, 0x5A);
    assertEquals("[5A]", drain());
    command(0xA7);
    command(0x20);
    assertEquals(0x20, kbc.read8(0) & 0x20);
    command(0xA8);
    command(0x20);
    assertEquals(0, kbc.read8(0) & 0x20);
    command(0x60, 0x12);
    command(0xD3, 0xA5);
    assertTrue(irq12);
    assertEquals("[A5]", drain());
    assertFalse(irq12);
    for (int probe : new int[] {0xF0, 0x56, 0xA4}) {
      command(0xD3, probe);
      assertEquals("[%02X]".formatted(probe), drain(), "not a multiplexer");
    }
    command(0xA9);
    assertEquals("00", drain());
    command(0xAB);
    assertEquals("00", drain());
  }

  @Test
  void disabledKeyboardKeepsItsBytes() {
    command(0xAD);
    kbc.keyboard().press(Key.A);
    assertEquals("", drain());
    command(0xAE);
    assertEquals("1E", drain());
  }

  @Test
  void a20AndReset() {
    command(0xD1, 0xDD);
    assertFalse(a20);
    command(0xD0);
    assertEquals(0, kbc.read8(0) & 2);
    command(0xDF);
    assertTrue(a20);
    command(0xFE);
    assertEquals(1, resets);
    command(0xFF);
    assertEquals(1, resets);
    command(0xD1, 0xDE);
    assertEquals(2, resets);
  }

  @Test
  void mouseResetAndId() {
    mouse(0xFF);
    assertEquals("[FA][AA][00]", drain());
    mouse(0xF2);
    assertEquals("[FA][00]", drain());
    for (int rate : new int[] {200, 100, 80}) {
      mouse(0xF3);
      mouse(rate);
    }
    assertEquals("[FA][FA][FA][FA][FA][FA]", drain());
    mouse(0xF2);
    assertEquals("[FA][03]", drain());
    mouse(0xE9);
    assertEquals("[FA][00][02][50]", drain());
    mouse(0xE1);
    assertEquals("[FE]", drain());
  }

  @Test
  void mousePackets() {
    mouse(0xF4);
    assertEquals("[FA]", drain());
    kbc.mouse().move(5, 3, 1);
    assertEquals("[28][05][FD]", drain(), "no wheel before the knock");
    kbc.mouse().move(-300, 0, 0);
    assertEquals("[18][01][00][18][D3][00]", drain());
    kbc.mouse().button(0, true);
    kbc.mouse().button(0, false);
    assertEquals("[09][00][00][08][00][00]", drain());
    kbc.mouse().move(1, 0, 0);
    kbc.mouse().move(2, 0, 0);
    assertEquals("[08][01][00][08][02][00]", drain(), "the first is on its way at once");
    mouse(0xF5);
    kbc.mouse().move(1, 0, 0);
    assertEquals("[FA]", drain());
  }

  @Test
  void wheelPackets() {
    for (int rate : new int[] {200, 100, 80}) {
      mouse(0xF3);
      mouse(rate);
    }
    mouse(0xF4);
    drain();
    kbc.mouse().move(0, 0, -1);
    assertEquals("[08][00][00][FF]", drain());
  }

  @Test
  void remoteMode() {
    mouse(0xF0);
    assertEquals("[FA]", drain());
    kbc.mouse().move(7, 0, 0);
    assertEquals("", drain());
    mouse(0xEB);
    assertEquals("[FA][08][07][00]", drain());
    mouse(0xEE);
    mouse(0x12);
    mouse(0xEC);
    assertEquals("[FA][12][FA]", drain());
  }

  @Test
  void floodOfKeysIsBoundedAndPaced() {
    for (int i = 0; i < 1000; i++) {
      kbc.keyboard().press(Key.A);
      kbc.keyboard().release(Key.A);
    }
    assertFalse(kbc.keyboard().canAccept());
    int[] room = {0};
    kbc.keyboard().onRoom(() -> room[0]++);
    String all = drain();
    assertTrue(all.endsWith("9E"), "no key is left down");
    assertTrue(kbc.keyboard().canAccept());
    assertEquals(1, room[0]);
  }

  @Test
  void usLayoutTypesAllOfAscii() {
    for (char c = ' '; c <= '~'; c++) {
      assertTrue(UsLayout.stroke(c).isPresent(), "character " + c);
    }
    assertEquals(new UsLayout.Stroke(Key.DIGIT_2, true), UsLayout.stroke('@').orElseThrow());
    assertEquals(new UsLayout.Stroke(Key.Z, true), UsLayout.stroke('Z').orElseThrow());
    assertTrue(UsLayout.stroke('é').isEmpty());
  }

  @Test
  void keyNames() {
    assertEquals(Key.CTRL, Key.named("ctrl").orElseThrow());
    assertEquals(Key.DELETE, Key.named("Delete").orElseThrow());
    assertEquals(Key.DIGIT_7, Key.named("7").orElseThrow());
    assertEquals(Key.F11, Key.named("f11").orElseThrow());
    assertTrue(Key.named("nonsense").isEmpty());
    for (Key key : Key.values()) {
      assertEquals(key, Key.named(key.scriptName()).orElseThrow());
    }
  }
}
