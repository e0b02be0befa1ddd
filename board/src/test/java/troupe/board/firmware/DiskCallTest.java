package troupe.board.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.board.Drive;
import troupe.board.DriveSlot;
import troupe.board.firmware.BiosGuest.Registers;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.MemoryBlockPort;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.memory.PhysicalMemory;

/** INT 13h, called by a program in real mode; and starting from each kind of medium. */
class DiskCallTest {
  private static final int SECTOR = 512;
  private static final int DISK_SECTORS = 20 * 16 * 63;
  private static final int CD_SECTOR = 2048;

  private final BiosGuest guest = new BiosGuest();
  private final byte[] disk = new byte[DISK_SECTORS * SECTOR];
  private final byte[] cd = new byte[64 * CD_SECTOR];

  private void mark(byte[] image, int sectorBytes) {
    for (int at = sectorBytes; at + 4 <= image.length; at += sectorBytes) {
      int number = at / sectorBytes;
      image[at] = (byte) number;
      image[at + 1] = (byte) (number >>> 8);
      image[at + sectorBytes - 1] = (byte) 0xA5;
    }
  }

  private void withDisk() {
    mark(disk, SECTOR);
    guest.drives.put(
        DriveSlot.IDE_0_0, new Drive.HardDisk(new MemoryBlockPort(disk, SECTOR, false)));
  }

  private void withCd() {
    guest.drives.put(
        DriveSlot.IDE_1_0, new Drive.CdRom(Optional.of(new MemoryBlockPort(cd, CD_SECTOR, true))));
  }

  @Test
  void hardDiskByCylinderHeadAndSector() {
    withDisk();
    guest.start();
    Registers parameters = guest.call(0x13, 0x0800, 0, 0, 0x80);
    assertFalse(parameters.carry());
    assertEquals(1, parameters.edx & 0xFF);
    int sectors = parameters.cx() & 0x3F;
    int heads = (parameters.dx() >>> 8) + 1;
    Registers read = guest.call(0x13, 0x0203, 0x8000, 0x0102, 0x0180);
    assertFalse(read.carry());
    assertEquals(3, read.al());
    int lba = (1 * heads + 1) * sectors + 1;
    assertEquals(lba, guest.read16(0x8000));
    assertEquals(lba + 2, guest.read16(0x8400));
    assertEquals(0xA5, guest.read8(0x85FF));
  }

  @Test
  void hardDiskWritesAndVerifies() {
    withDisk();
    guest.start();
    guest.machine.memory().write32(0x8000, 0xCAFEBABE);
    guest.machine.memory().write32(0x81FC, 0x12345678);
    assertFalse(guest.call(0x13, 0x0301, 0x8000, 0x0001, 0x0080).carry());
    assertEquals((byte) 0xBE, disk[0]);
    assertEquals((byte) 0x12, disk[511]);
    assertFalse(guest.call(0x13, 0x0405, 0x8000, 0x0001, 0x0080).carry());
  }

  private Registers packet(int function, int drive, int count, long lba) {
    guest.machine.memory().write16(0x8000, 0x10);
    guest.machine.memory().write16(0x8002, count);
    guest.machine.memory().write16(0x8004, 0x0000);
    guest.machine.memory().write16(0x8006, 0x0900);
    guest.machine.memory().write32(0x8008, (int) lba);
    guest.machine.memory().write32(0x800C, (int) (lba >>> 32));
    Registers in = BiosGuest.registers(function << 8, 0, 0, drive);
    in.esi = 0x8000;
    return guest.call(0x13, in);
  }

  @Test
  void hardDiskByBlockNumber() {
    withDisk();
    guest.start();
    Registers check = guest.call(0x13, 0x4100, 0x55AA, 0, 0x80);
    assertEquals(0xAA55, check.bx());
    assertEquals(0x30, check.ah());
    assertFalse(packet(0x42, 0x80, 127, 1000).carry());
    assertEquals(1000, guest.read16(0x9000));
    assertEquals(1126, guest.read16(0x9000 + 126 * SECTOR));
    Registers beyond = packet(0x42, 0x80, 2, DISK_SECTORS - 1);
    assertTrue(beyond.carry());
    assertEquals(0x04, beyond.ah());
    guest.machine.memory().write16(0x8000, 0x1A);
    Registers in = BiosGuest.registers(0x4800, 0, 0, 0x80);
    in.esi = 0x8000;
    assertFalse(guest.call(0x13, in).carry());
    assertEquals(DISK_SECTORS, guest.read32(0x8010));
    assertEquals(SECTOR, guest.read16(0x8018));
    assertEquals(0, guest.call(0x13, 0x0100, 0, 0, 0x80).ah());
  }

  @Test
  void absentDrivesAreRefused() {
    guest.start();
    assertTrue(guest.call(0x13, 0x0201, 0x8000, 1, 0x80).carry());
    assertEquals(0, guest.call(0x13, 0x1500, 0, 0, 0x81).ah());
    assertTrue(guest.call(0x13, 0x0201, 0x8000, 1, 0x01).carry());
  }

  @Test
  void floppyReadsAndWrites() {
    mark(guest.floppy, SECTOR);
    guest.start();
    Registers parameters = guest.call(0x13, 0x0800, 0, 0, 0);
    assertEquals(4, parameters.ebx & 0xFF);
    assertEquals(0x4F12, parameters.cx());
    assertEquals(0x0101, parameters.dx());
    Registers read = guest.call(0x13, 0x0212, 0x9000, 0x0501, 0x0100);
    assertFalse(read.carry());
    assertEquals(18, read.al());
    int lba = (5 * 2 + 1) * 18;
    assertEquals(lba, guest.read16(0x9000));
    assertEquals(lba + 17, guest.read16(0x9000 + 17 * SECTOR));
    guest.machine.memory().write32(0x9000, 0xCAFEBABE);
    assertFalse(guest.call(0x13, 0x0301, 0x9000, 0x0003, 0x0000).carry());
    assertEquals((byte) 0xBE, guest.floppy[2 * SECTOR]);
    // Across a boundary of 64 KiB too.
    Registers crossing = BiosGuest.registers(0x0202, 0xFF00, 0x0501, 0x0100);
    crossing.es = 0x1000;
    assertFalse(guest.call(0x13, crossing).carry());
    assertEquals(lba + 1, guest.read16(0x1FF00 + SECTOR));
  }

  @Test
  void startsFromTheHardDisk() {
    System.arraycopy(BiosGuest.program(), 0, disk, 0, SECTOR);
    withDiskUnmarked();
    guest.bootOrder = List.of(BootDevice.CD, BootDevice.DISK);
    guest.start();
    assertFalse(guest.call(0x13, 0x0201, 0x8000, 0x0001, 0x0080).carry());
    assertEquals(0xAA55, guest.read16(0x81FE));
  }

  @Test
  void emptyDrivesArePassedOver() {
    System.arraycopy(BiosGuest.program(), 0, disk, 0, SECTOR);
    withDiskUnmarked();
    guest.drives.put(DriveSlot.FLOPPY_A, new Drive.Floppy(Optional.empty()));
    guest.drives.put(DriveSlot.IDE_1_0, new Drive.CdRom(Optional.empty()));
    guest.bootOrder = List.of(BootDevice.FLOPPY, BootDevice.CD, BootDevice.DISK);
    guest.start();
    assertTrue(guest.machine.nanos() < 5_000_000_000L, "not after a long wait");
    Registers read = guest.call(0x13, 0x0201, 0x8000, 0x0001, 0x0000);
    assertTrue(read.carry());
    assertEquals(6, guest.call(0x13, 0x1600, 0, 0, 0).ah());
  }

  private void withDiskUnmarked() {
    guest.drives.put(
        DriveSlot.IDE_0_0, new Drive.HardDisk(new MemoryBlockPort(disk, SECTOR, false)));
  }

  private void bootCatalog(int media, int loadSectors) {
    byte[] record = "\0CD001\1EL TORITO SPECIFICATION".getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(record, 0, cd, 17 * CD_SECTOR, record.length);
    cd[17 * CD_SECTOR + 0x47] = 20;
    int catalog = 20 * CD_SECTOR;
    cd[catalog] = 1;
    cd[catalog + 0x1E] = 0x55;
    cd[catalog + 0x1F] = (byte) 0xAA;
    int sum = 0;
    for (int i = 0; i < 0x20; i += 2) {
      sum += cd[catalog + i] & 0xFF | (cd[catalog + i + 1] & 0xFF) << 8;
    }
    cd[catalog + 0x1C] = (byte) -sum;
    cd[catalog + 0x1D] = (byte) (-sum >>> 8);
    int entry = catalog + 0x20;
    cd[entry] = (byte) 0x88;
    cd[entry + 1] = (byte) media;
    cd[entry + 6] = (byte) loadSectors;
    cd[entry + 8] = 30;
    mark(cd, CD_SECTOR, 31);
    System.arraycopy(BiosGuest.program(), 0, cd, 30 * CD_SECTOR, SECTOR);
  }

  private void mark(byte[] image, int sectorBytes, int first) {
    for (int number = first; number * sectorBytes < image.length; number++) {
      image[number * sectorBytes] = (byte) number;
    }
  }

  @Test
  void startsFromACdWithoutEmulation() {
    bootCatalog(0, 4);
    withCd();
    guest.bootOrder = List.of(BootDevice.CD);
    guest.start();
    Registers status = BiosGuest.registers(0x4B01, 0, 0, 0xE0);
    status.esi = 0x8000;
    assertFalse(guest.call(0x13, status).carry());
    assertEquals(0xE0, guest.read8(0x8002));
    assertEquals(30, guest.read32(0x8004));
    assertFalse(packet(0x42, 0xE0, 2, 31).carry());
    assertEquals(31, guest.read8(0x9000));
    assertEquals(32, guest.read8(0x9000 + CD_SECTOR));
    Registers beyond = packet(0x42, 0xE0, 1, 5000);
    assertTrue(beyond.carry());
  }

  @Test
  void startsFromACdThatEmulatesAFloppy() {
    bootCatalog(2, 1);
    withCd();
    guest.bootOrder = List.of(BootDevice.CD);
    guest.start();
    // Sector 6 of the image is the second quarter of CD sector 31.
    cd[31 * CD_SECTOR + SECTOR] = 0x77;
    assertFalse(guest.call(0x13, 0x0202, 0x9000, 0x0006, 0x0000).carry());
    assertEquals(0x77, guest.read8(0x9000));
    assertEquals(0x03, guest.call(0x13, 0x0301, 0x9000, 0x0006, 0x0000).ah());
    assertEquals(0x4F12, guest.call(0x13, 0x0800, 0, 0, 0).cx());
    // The floppy drive that is there is now the second.
    assertFalse(guest.call(0x13, 0x0201, 0x9000, 0x0001, 0x0001).carry());
    assertEquals(0xAA55, guest.read16(0x91FE));
  }

  @Test
  void nothingToStartFromIsSaidOnce() {
    guest.drives.clear();
    guest.powerOn();
    guest.runUntil(() -> guest.screen().contains("No bootable device."));
    int[] steps = new int[1];
    guest.runUntil(() -> steps[0]++ > 20);
    assertTrue(guest.screen().contains("Troupe BIOS"));
  }

  @Test
  void slowDrivesAreWaitedFor() {
    mark(disk, SECTOR);
    bootCatalog(0, 4);
    guest.drives.put(
        DriveSlot.IDE_0_0,
        new Drive.HardDisk(guest.slow(new MemoryBlockPort(disk, SECTOR, false))));
    guest.drives.put(
        DriveSlot.IDE_1_0,
        new Drive.CdRom(Optional.of(guest.slow(new MemoryBlockPort(cd, CD_SECTOR, true)))));
    guest.drives.put(
        DriveSlot.FLOPPY_A,
        new Drive.Floppy(
            Optional.of(guest.slow(new MemoryBlockPort(guest.floppy, SECTOR, false)))));
    guest.bootOrder = List.of(BootDevice.DISK, BootDevice.CD);
    guest.start();
    assertFalse(packet(0x42, 0x80, 127, 1000).carry());
    assertEquals(1126, guest.read16(0x9000 + 126 * SECTOR));
    assertFalse(packet(0x42, 0xE0, 20, 31).carry());
    assertEquals(50, guest.read8(0x9000 + 19 * CD_SECTOR));
    guest.machine.memory().write32(0x8200, 0xCAFEBABE);
    assertFalse(guest.call(0x13, 0x0302, 0x8200, 0x0003, 0x0080).carry());
    assertEquals((byte) 0xBE, disk[2 * SECTOR]);
    assertFalse(guest.call(0x13, 0x0201, 0x8200, 0x0001, 0x0000).carry());
    assertEquals(0xAA55, guest.read16(0x83FE));
  }

  @Test
  void whatGivesUpMakesRoomForTheNext() {
    byte[] code = {(byte) 0xCD, 0x18};
    System.arraycopy(code, 0, disk, 0, code.length);
    disk[510] = 0x55;
    disk[511] = (byte) 0xAA;
    withDiskUnmarked();
    guest.bootOrder = List.of(BootDevice.DISK, BootDevice.FLOPPY);
    guest.start();
    assertEquals(0, guest.call(0x13, 0x0000, 0, 0, 0x80).ah());
  }

  /**
   * A page that is not there faults, and the call goes on when it is: nothing is lost or doubled.
   */
  @Test
  void aRequestGoesOnAfterAPageFault() {
    withDisk();
    guest.start();
    Processor c = guest.machine.processor();
    PhysicalMemory memory = guest.machine.memory();
    for (int page = 0; page < 1024; page++) {
      memory.write32(0x20_1000 + 4 * page, page << 12 | 7);
    }
    int absent = 0x20_1000 + 4 * 0x31;
    memory.write32(absent, 0);
    memory.write32(0x20_0000, 0x20_1007);
    assertTrue(c.mmu.setCr3(0x20_0000));
    c.setCr0(c.cr0 | Processor.CR0_PE | Processor.CR0_PG);
    c.segments.setReal(Processor.ES, 0x3000);
    c.r[Processor.ESP] = 0x6000;
    c.r[Processor.EAX] = 0x0204;
    c.r[Processor.EBX] = 0x0D00;
    c.r[Processor.ECX] = 0x0001;
    c.r[Processor.EDX] = 0x0080;
    TroupeFirmware firmware =
        new TroupeFirmware(
            new FirmwareSettings(32L << 20, List.of(), new UUID(1, 2), ""), KernelStart.NONE);
    assertThrows(Fault.class, () -> firmware.call(c, Call.DISK));
    assertEquals(0x31, c.cr2 >>> 12);
    memory.write32(absent, 0x31 << 12 | 7);
    firmware.call(c, Call.DISK);
    assertEquals(0, c.r[Processor.EAX] >>> 8 & 0xFF);
    for (int sector = 1; sector < 4; sector++) {
      assertEquals(sector, memory.read16(0x30D00 + sector * SECTOR));
    }
  }

  /** A disk of any size whose sectors begin with their number. */
  private static BlockPort numbered(long sectors) {
    return numbered(sectors, Optional.empty());
  }

  private static BlockPort numbered(long sectors, Optional<BlockPort.RecordedGeometry> geometry) {
    return new BlockPort() {
      @Override
      public Optional<RecordedGeometry> geometry() {
        return geometry;
      }

      @Override
      public int sectorSize() {
        return SECTOR;
      }

      @Override
      public long sectors() {
        return sectors;
      }

      @Override
      public boolean readOnly() {
        return true;
      }

      @Override
      public void read(long sector, int count, byte[] target, int offset, Completion completion) {
        for (int i = 0; i < count; i++) {
          for (int j = 0; j < 8; j++) {
            target[offset + i * SECTOR + j] = (byte) (sector + i >>> 8 * j);
          }
        }
        completion.done(Result.OK);
      }

      @Override
      public void write(long sector, int count, byte[] source, int offset, Completion completion) {
        completion.done(Result.WRITE_PROTECTED);
      }

      @Override
      public void flush(Completion completion) {
        completion.done(Result.OK);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"2000, 64", "4000, 128", "7000, 255", "200000, 255"})
  void largeDisksHaveATranslatedGeometry(long mib, int heads) {
    long total = mib << 11;
    guest.drives.put(DriveSlot.IDE_0_0, new Drive.HardDisk(numbered(total)));
    guest.start();
    Registers parameters = guest.call(0x13, 0x0800, 0, 0, 0x80);
    assertEquals(63, parameters.cx() & 0x3F);
    assertEquals(heads, (parameters.dx() >>> 8) + 1);
    int last = parameters.cx() >>> 8 | (parameters.cx() & 0xC0) << 2;
    assertTrue(last <= 1023 && last > 500, "last cylinder " + last);
    int cylinder = 700 < last ? 700 : 500;
    int address = (cylinder & 0xFF) << 8 | cylinder >>> 8 << 6 | 5;
    assertFalse(guest.call(0x13, 0x0201, 0x9000, address, 0x0380).carry());
    assertEquals((cylinder * heads + 3) * 63 + 4, guest.read32(0x9000));
    assertFalse(packet(0x42, 0x80, 2, total - 2).carry());
    assertEquals((int) (total - 1), guest.read32(0x9000 + SECTOR));
    assertEquals(0x04, packet(0x42, 0x80, 1, total).ah());
  }

  /** [VHD 1.0] gives 20 MiB the first of these; INT 13h cannot name the sectors of the second. */
  @ParameterizedTest
  @CsvSource({"40960, 602, 4, 17, 602, 4, 17", "408000, 100, 16, 255, 404, 16, 63"})
  void theGeometryThatTheImageRecords(
      long total, int c, int h, int s, int cylinders, int heads, int sectors) {
    var recorded = Optional.of(new BlockPort.RecordedGeometry(c, h, s));
    guest.drives.put(DriveSlot.IDE_0_0, new Drive.HardDisk(numbered(total, recorded)));
    guest.start();
    Registers parameters = guest.call(0x13, 0x0800, 0, 0, 0x80);
    assertEquals(sectors, parameters.cx() & 0x3F);
    assertEquals(heads, (parameters.dx() >>> 8) + 1);
    assertEquals(cylinders, (parameters.cx() >>> 8 | (parameters.cx() & 0xC0) << 2) + 1);
    assertFalse(guest.call(0x13, 0x0201, 0x9000, 3 << 8 | 5, 0x0280).carry());
    assertEquals((3 * heads + 2) * sectors + 4, guest.read32(0x9000));
  }

  @Test
  void drivesAreCountedWhereverTheyAre() {
    BlockPort any = numbered(100_000);
    guest.drives.put(DriveSlot.IDE_0_1, new Drive.CdRom(Optional.empty()));
    guest.drives.put(DriveSlot.IDE_1_0, new Drive.HardDisk(any));
    guest.drives.put(DriveSlot.IDE_1_1, new Drive.HardDisk(numbered(50_000)));
    guest.start();
    assertEquals(2, guest.read8(0x475));
    assertFalse(packet(0x42, 0x81, 1, 49_999).carry());
    assertTrue(packet(0x42, 0x81, 1, 50_000).carry());
    assertFalse(packet(0x42, 0x80, 1, 99_999).carry());
    Registers noMedium = packet(0x42, 0xE0, 1, 16);
    assertTrue(noMedium.carry());
    assertEquals(0x31, noMedium.ah());
  }

  @Test
  void aLoneSlaveIsFound() {
    guest.drives.put(DriveSlot.IDE_0_1, new Drive.HardDisk(numbered(100_000)));
    guest.start();
    assertEquals(1, guest.read8(0x475));
    assertFalse(packet(0x42, 0x80, 1, 77).carry());
    assertEquals(77, guest.read16(0x9000));
  }
}
