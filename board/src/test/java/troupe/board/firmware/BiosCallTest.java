package troupe.board.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import troupe.board.RunEnd;
import troupe.board.firmware.BiosGuest.Registers;
import troupe.devices.kbc.Key;
import troupe.processor.Processor;

/** Services but disks and video, called by a program in real mode. */
class BiosCallTest {
  private static final int SMAP = 0x534D4150;
  private final BiosGuest guest = new BiosGuest().start();

  @Test
  void dataAreaTellsWhatIsThere() {
    assertEquals(639, guest.call(0x12, 0).ax());
    int equipment = guest.call(0x11, 0).ax();
    assertEquals(1, equipment & 0xC1, "one floppy drive");
    assertEquals(0x20, equipment & 0x30, "80 columns in colour");
    assertEquals(0x9FC0, guest.read16(0x40E));
    assertEquals(0x3F8, guest.read16(0x400));
    assertEquals(0x378, guest.read16(0x408));
  }

  @Test
  void cachesAreOnWhenTheSystemStarts() {
    int off = Processor.CR0_CD | Processor.CR0_NW;
    assertEquals(0, guest.machine.processor().cr0 & off);
  }

  @Test
  void memoryMapHasNoGapInRamAndEndsWithZero() {
    List<long[]> ranges = new ArrayList<>();
    int next = 0;
    do {
      Registers in = BiosGuest.registers(0xE820, next, 20, SMAP);
      in.edi = 0x8000;
      Registers out = guest.call(0x15, in);
      assertFalse(out.carry());
      assertEquals(SMAP, out.eax);
      assertEquals(20, out.ecx);
      ranges.add(
          new long[] {
            guest.read32(0x8000) & 0xFFFFFFFFL,
            guest.read32(0x8008) & 0xFFFFFFFFL,
            guest.read32(0x8010)
          });
      next = out.ebx;
    } while (next != 0);
    long ram = ranges.stream().filter(r -> r[2] == 1).mapToLong(r -> r[1]).sum();
    assertEquals((32L << 20) - (1 << 20) - 0x10000 + 0x9FC00, ram);
    assertEquals(2, ranges.stream().filter(r -> r[2] > 2).count());
    assertTrue(guest.call(0x15, 0xE820, 0, 20, 0x12345678).carry());
  }

  @Test
  void olderMemorySizesAgree() {
    Registers e801 = guest.call(0x15, 0xE801);
    assertEquals(15 * 1024, e801.ax());
    assertEquals((32 - 16) * 16 - 1, e801.bx());
    assertEquals(31 * 1024 - 64, guest.call(0x15, 0x8800).ax());
  }

  @Test
  void keysArriveWithTheirScanCodes() {
    guest.begin(0x16, BiosGuest.registers(0, 0, 0, 0));
    guest.machine.keyboard().press(Key.A);
    guest.machine.keyboard().release(Key.A);
    guest.runUntil(guest::done);
    assertEquals(0x1E61, guest.out().ax());
    assertTrue(guest.call(0x16, 0x0100).zero());
  }

  @Test
  void shiftedAndGreyKeys() {
    press(Key.SHIFT, Key.B);
    press(Key.UP);
    assertEquals(0x3042, guest.call(0x16, 0x1000).ax());
    assertEquals(0x48E0, guest.call(0x16, 0x1000).ax());
    press(Key.UP);
    assertEquals(0x4800, guest.call(0x16, 0x0000).ax(), "the old function hides E0h");
    assertEquals(0, guest.call(0x16, 0x0200).al());
  }

  @Test
  void capsLockLightsAndCapitals() {
    guest.machine.keyboard().press(Key.CAPS_LOCK);
    guest.machine.keyboard().release(Key.CAPS_LOCK);
    guest.runUntil(() -> (guest.read8(0x418) & 0x40) == 0 && (guest.read8(0x417) & 0x40) != 0);
    press(Key.A);
    assertEquals(0x1E41, guest.call(0x16, 0).ax());
    assertEquals(0x40, guest.call(0x16, 0x0200).al() & 0x40);
    assertEquals(4, guest.read8(0x497) & 7);
    assertEquals(4, guest.machine.keyboard().leds());
  }

  private void press(Key... keys) {
    for (Key key : keys) {
      guest.machine.keyboard().press(key);
    }
    for (int i = keys.length - 1; i >= 0; i--) {
      guest.machine.keyboard().release(keys[i]);
    }
    int tail = guest.read16(0x41C);
    guest.runUntil(() -> guest.read16(0x41C) != tail);
    guest.runUntil(() -> (guest.read8(0x417) & 0x0F) == 0);
  }

  @Test
  void controlAltDeleteResets() {
    guest.machine.keyboard().press(Key.CTRL);
    guest.machine.keyboard().press(Key.ALT);
    guest.machine.keyboard().press(Key.DELETE);
    boolean[] reset = new boolean[1];
    for (int i = 0; i < 1000 && !reset[0]; i++) {
      reset[0] = guest.machine.run(1_000_000) instanceof RunEnd.ResetRequested;
      if (!reset[0]) {
        int[] once = new int[1];
        try {
          guest.runUntil(() -> guest.read16(0x472) == 0x1234 || once[0]++ > 0);
        } catch (AssertionError e) {
          throw new AssertionError("no reset", e);
        }
      }
    }
    assertTrue(reset[0]);
    assertEquals(0x1234, guest.read16(0x472));
  }

  @Test
  void ticksRunAndTheClockIsBcd() {
    int before = guest.call(0x1A, 0).dx();
    guest.runUntil(() -> (guest.read16(0x46C) - before & 0xFFFF) >= 18);
    Registers date = guest.call(0x1A, 0x0400);
    assertFalse(date.carry());
    assertEquals(0x2004, date.cx());
    assertEquals(0x1109, date.dx());
  }

  @Test
  void waitTakesItsTime() {
    long before = guest.machine.nanos();
    assertFalse(guest.call(0x15, 0x8600, 0, 0x0003, 0x0000).carry());
    long waited = guest.machine.nanos() - before;
    assertTrue(waited >= 0x3_0000 * 1000L && waited < 0x3_0000 * 1000L + 120_000_000, "" + waited);
  }

  @Test
  void anEventIsFlaggedAfterItsTime() {
    long before = guest.machine.nanos();
    Registers in = BiosGuest.registers(0x8300, 0x9000, 0, 50_000);
    assertFalse(guest.call(0x15, in).carry());
    assertTrue(guest.call(0x15, in).carry(), "one at a time");
    guest.runUntil(() -> guest.read8(0x9000) == 0x80);
    long waited = guest.machine.nanos() - before;
    assertTrue(waited >= 49_000_000 && waited < 150_000_000, "" + waited);
    assertEquals(0, guest.read8(0x4A0));
  }

  @Test
  void theAlarmCallsItsInterrupt() {
    guest.call(0x1A, 0x0300, 0, 0x1200, 0x0000);
    // INT 4Ah: MOV BYTE CS:[9000h],1; IRET.
    int[] handler = {0x2E, 0xC6, 0x06, 0x00, 0x90, 0x01, 0xCF};
    for (int i = 0; i < handler.length; i++) {
      guest.machine.memory().write8(0x9100 + i, handler[i]);
    }
    guest.machine.memory().write32(4 * 0x4A, 0x9100);
    assertFalse(guest.call(0x1A, 0x0600, 0, 0x1200, 0x0300).carry());
    assertTrue(guest.call(0x1A, 0x0600, 0, 0x1200, 0x0300).carry(), "one at a time");
    guest.runUntil(() -> guest.read8(0x9000) == 1);
    assertFalse(guest.call(0x1A, 0x0700).carry());
  }

  @Test
  void blocksMoveAboveOneMib() {
    guest.machine.memory().write32(0x9000, 0x11223344);
    for (int i = 0; i < 0x30; i++) {
      guest.machine.memory().write8(0x8000 + i, 0);
    }
    descriptor(0x8010, 0x9000);
    descriptor(0x8018, 0x20_0000);
    Registers in = BiosGuest.registers(0x8700, 0, 2, 0);
    in.esi = 0x8000;
    assertFalse(guest.call(0x15, in).carry());
    assertEquals(0x11223344, guest.read32(0x20_0000));
  }

  private void descriptor(int at, int base) {
    guest.machine.memory().write16(at, 0xFFFF);
    guest.machine.memory().write32(at + 2, base & 0xFFFFFF | 0x93 << 24);
    guest.machine.memory().write16(at + 6, base >>> 24 << 8);
  }

  @Test
  void pciBiosFindsTheBoard() {
    Registers present = guest.call(0x1A, 0xB101);
    assertEquals(0x20494350, present.edx);
    assertEquals(0x0210, present.bx());
    Registers bridge = guest.call(0x1A, 0xB102, 0, 0x7110, 0x8086);
    assertFalse(bridge.carry());
    assertEquals(0x38, bridge.bx());
    Registers in = BiosGuest.registers(0xB108, 0x38, 0, 0);
    in.edi = 0x60;
    assertEquals(11, guest.call(0x1A, in).ecx & 0xFF, "PIRQA goes to IRQ 11");
    Registers none = guest.call(0x1A, 0xB102, 0, 0x1234, 0x8086);
    assertTrue(none.carry());
    assertEquals(0x86, none.ah());
    Registers display = BiosGuest.registers(0xB103, 0, 0x030000, 0);
    assertFalse(guest.call(0x1A, display).carry());
  }

  @Test
  void advancedPowerManagementSwitchesOff() {
    Registers check = guest.call(0x15, 0x5300);
    assertEquals(0x504D, check.bx());
    assertEquals(0x0102, check.ax());
    assertFalse(guest.call(0x15, 0x5301).carry());
    guest.begin(0x15, BiosGuest.registers(0x5307, 1, 3, 0));
    RunEnd[] end = new RunEnd[1];
    for (int i = 0; i < 100 && !(end[0] instanceof RunEnd.PoweredOff); i++) {
      end[0] = guest.machine.run(1_000_000);
      if (end[0] instanceof RunEnd.Halted) {
        int[] once = new int[1];
        guest.runUntil(() -> once[0]++ > 0);
      }
    }
    assertTrue(end[0] instanceof RunEnd.PoweredOff);
  }

  @Test
  void unknownFunctionsAreRefused() {
    Registers out = guest.call(0x15, 0x7700);
    assertTrue(out.carry());
    assertEquals(0x86, out.ah());
  }

  @Test
  void a20IsReportedAndSwitched() {
    assertFalse(guest.call(0x15, 0x2400).carry());
    assertEquals(0, guest.call(0x15, 0x2402).al());
    assertFalse(guest.call(0x15, 0x2401).carry());
    assertEquals(1, guest.call(0x15, 0x2402).al());
    assertEquals(3, guest.call(0x15, 0x2403).bx());
  }

  @Test
  void theMouseAnswers() {
    assertFalse(guest.call(0x15, 0xC205, 0x0300, 0, 0).carry());
    Registers type = guest.call(0x15, 0xC204);
    assertFalse(type.carry());
    assertEquals(0, type.bx() >>> 8);
    assertTrue(guest.call(0x15, 0xC200, 0x0100, 0, 0).carry(), "no handler yet");
    Registers handler = BiosGuest.registers(0xC207, 0x1234, 0, 0);
    handler.es = 0x2000;
    assertFalse(guest.call(0x15, handler).carry());
    assertFalse(guest.call(0x15, 0xC200, 0x0100, 0, 0).carry());
    assertFalse(guest.call(0x15, 0xC202, 0x0500, 0, 0).carry());
    Registers status = guest.call(0x15, 0xC206, 0, 0, 0);
    assertEquals(0x20, status.bx() & 0x20, "enabled");
    assertEquals(100, status.edx & 0xFF, "samples a second");
  }

  /** The 32-bit entries, as if called far: their results are in the processor's own flags. */
  @Test
  void protectedModeEntries() {
    Processor c = guest.machine.processor();
    TroupeFirmware firmware =
        new TroupeFirmware(
            new FirmwareSettings(32L << 20, List.of(), new UUID(1, 2), ""), KernelStart.NONE);
    c.r[Processor.EAX] = 0x49435024; // $PCI
    c.r[Processor.EBX] = 0;
    firmware.call(c, Call.BIOS32);
    assertEquals(0, c.r[Processor.EAX] & 0xFF);
    assertEquals(0xF0000, c.r[Processor.EBX]);
    int entry = c.r[Processor.EBX] + c.r[Processor.EDX];
    assertEquals(0xB13F0F, guest.read32(entry) & 0xFFFFFF);
    c.r[Processor.EAX] = 0xB102;
    c.r[Processor.ECX] = 0x7113;
    c.r[Processor.EDX] = 0x8086;
    c.r[Processor.ESI] = 0;
    firmware.call(c, Call.PCI_BIOS);
    assertEquals(0, c.carry());
    assertEquals(0x3B, c.r[Processor.EBX] & 0xFFFF);
    c.r[Processor.EAX] = 0x5305;
    firmware.call(c, Call.APM);
    assertTrue(c.zero(), "the stub is to halt");
    assertEquals(0, c.carry());
    c.r[Processor.EAX] = 0x530B;
    firmware.call(c, Call.APM);
    assertFalse(c.zero());
    assertEquals(1, c.carry());
    assertEquals(0x80, c.get8(4), "no events");
  }
}
