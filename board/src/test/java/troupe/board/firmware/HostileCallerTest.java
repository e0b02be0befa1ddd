package troupe.board.firmware;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import troupe.board.Drive;
import troupe.board.DriveSlot;
import troupe.devices.outside.MemoryBlockPort;
import troupe.processor.Fault;
import troupe.processor.Processor;

/** Whatever a guest calls with whatever registers and data areas, nothing but faults comes out. */
class HostileCallerTest {
  private static final int CALLS = 3_000;
  private static final int[] SERVICES = {
    Call.TICK,
    Call.KEYBOARD,
    Call.PAUSED,
    Call.SPURIOUS,
    Call.FLOPPY_INTERRUPT,
    Call.VIDEO,
    Call.VIDEO,
    Call.EQUIPMENT,
    Call.MEMORY,
    Call.DISK,
    Call.DISK,
    Call.SERIAL,
    Call.SYSTEM,
    Call.KEYS,
    Call.PRINTER,
    Call.TIME,
    Call.FLOPPY,
    Call.RTC_INTERRUPT,
    Call.MOUSE_INTERRUPT,
    Call.DISK_INTERRUPT,
    Call.APM,
    Call.BIOS32,
    Call.PCI_BIOS,
    Call.BOOT,
    Call.BOOT_FAILED,
    Call.POST
  };

  @Test
  void nothingThrows() {
    BiosGuest guest = new BiosGuest();
    guest.drives.put(
        DriveSlot.IDE_0_0, new Drive.HardDisk(new MemoryBlockPort(new byte[1 << 20], 512, false)));
    guest.drives.put(
        DriveSlot.IDE_1_0,
        new Drive.CdRom(Optional.of(new MemoryBlockPort(new byte[1 << 20], 2048, true))));
    guest.start();
    Processor c = guest.machine.processor();
    TroupeFirmware firmware =
        new TroupeFirmware(
            new FirmwareSettings(
                32L << 20,
                List.of(BootDevice.FLOPPY, BootDevice.CD, BootDevice.DISK),
                new UUID(1, 2),
                ""),
            KernelStart.NONE);
    Random random = new Random(1);
    for (int i = 0; i < CALLS; i++) {
      int number = SERVICES[random.nextInt(SERVICES.length)];
      for (int register = 0; register < 8; register++) {
        c.r[register] = random.nextInt() >>> random.nextInt(32);
      }
      c.set8(4, random.nextInt(random.nextBoolean() ? 0x20 : 0x100));
      if (random.nextInt(8) == 0) {
        c.set8(2, 0x80);
      }
      for (int segment : new int[] {Processor.ES, Processor.DS, Processor.SS}) {
        c.segments.setReal(segment, random.nextInt(0x1_0000));
      }
      if (random.nextInt(20) == 0) {
        // The data areas are the guest's too.
        int area = random.nextBoolean() ? 0x400 : Ebda.SEGMENT << 4;
        guest.machine.memory().write8(area + random.nextInt(0x100), random.nextInt(0x100));
      }
      String call = "call %d: %02X, AX %04X".formatted(i, number, c.r[0] & 0xFFFF);
      try {
        firmware.call(c, number);
      } catch (Fault fault) {
        // An ordinary event: the guest's handler runs.
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(call, e);
      }
    }
  }
}
