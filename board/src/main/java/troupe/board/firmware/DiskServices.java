package troupe.board.firmware;

import troupe.processor.Processor;

/**
 * INT 13h for hard disks and CD-ROM drives ([RBIL] INT 13, [EDD] 3.0), and the choice of who serves
 * which drive number.
 */
final class DiskServices {
  static final int FIRST_DISK = 0x80;
  static final int FIRST_CD = 0xE0;
  private static final int EDD_VERSION = 0x30;

  /** Removable control, and drive access, functions. */
  private static final int EDD_ACCESS = 0x0001;

  private static final int EDD_LOCKING = 0x0002;
  private static final int EDD_PARAMETERS = 0x0004;

  /** Done, and AH is no status but a result. */
  static final int RESULT_IN_AH = 0x100;

  private final AtaTransfer ata;
  private final FloppyServices floppy;
  private final CdEmulation emulation;

  DiskServices() {
    ata = new AtaTransfer();
    floppy = new FloppyServices();
    emulation = new CdEmulation(ata);
  }

  AtaTransfer ata() {
    return ata;
  }

  FloppyServices floppy() {
    return floppy;
  }

  CdEmulation emulation() {
    return emulation;
  }

  Outcome call(Caller caller) {
    Ebda ebda = new Ebda(caller);
    int drive = caller.dl();
    int status;
    if (CdEmulation.serves(ebda, drive) || caller.ah() == 0x4B && CdEmulation.active(ebda)) {
      status = emulation.call(caller, ebda);
    } else {
      drive = CdEmulation.realDrive(ebda, drive);
      if (drive < FIRST_DISK) {
        return floppy.call(caller, drive);
      }
      status = disk(caller, ebda, drive);
    }
    if (status == DiskStatus.WAITING) {
      return Outcome.WAIT;
    }
    finish(caller, status);
    return Outcome.DONE;
  }

  private static void finish(Caller caller, int status) {
    if (status == RESULT_IN_AH) {
      caller.carry(false);
      return;
    }
    caller.bda8(Bda.DISK_STATUS, status);
    caller.ah(status);
    caller.carry(status != DiskStatus.OK);
  }

  private int disk(Caller caller, Ebda ebda, int drive) {
    int disks = ebda.get8(Ebda.DISK_DEVICES);
    int cds = ebda.get8(Ebda.CD_DEVICES);
    if (drive - FIRST_DISK < disks) {
      int index = ebda.get8(Ebda.DISK_DEVICES + 1 + drive - FIRST_DISK);
      return hardDisk(caller, new AtaDevice(index, ebda));
    }
    if (drive >= FIRST_CD && drive - FIRST_CD < cds) {
      int index = ebda.get8(Ebda.CD_DEVICES + 1 + drive - FIRST_CD);
      return cd(caller, new AtaDevice(index, ebda), index);
    }
    if (caller.ah() == 0x15) {
      caller.ah(0);
      return RESULT_IN_AH;
    }
    return DiskStatus.BAD_COMMAND;
  }

  private int hardDisk(Caller caller, AtaDevice device) {
    return switch (caller.ah()) {
      case 0x00, 0x05, 0x09, 0x0C, 0x0D, 0x10, 0x11, 0x14, 0x47 -> DiskStatus.OK;
      case 0x01 -> {
        caller.ah(caller.bda8(Bda.DISK_STATUS));
        caller.bda8(Bda.DISK_STATUS, 0);
        yield RESULT_IN_AH;
      }
      case 0x02 -> addressed(caller, device, AtaTransfer.READ);
      case 0x03 -> addressed(caller, device, AtaTransfer.WRITE);
      case 0x04 -> addressed(caller, device, AtaTransfer.VERIFY);
      case 0x08 -> parameters(caller, device);
      case 0x15 -> {
        long total = geometrySectors(device);
        caller.ah(3);
        caller.cx((int) (total >>> 16));
        caller.dx((int) total);
        yield RESULT_IN_AH;
      }
      case 0x41 -> installed(caller, EDD_ACCESS | EDD_PARAMETERS);
      case 0x42 -> extended(caller, device, AtaTransfer.READ);
      case 0x43 -> extended(caller, device, AtaTransfer.WRITE);
      case 0x44 -> extended(caller, device, AtaTransfer.VERIFY);
      case 0x48 -> extendedParameters(caller, device, AtaTransfer.SECTOR);
      case 0x4E -> caller.al() <= 6 ? DiskStatus.OK : DiskStatus.BAD_COMMAND;
      default -> DiskStatus.BAD_COMMAND;
    };
  }

  private static long geometrySectors(AtaDevice device) {
    return (long) device.logicalCylinders() * device.logicalHeads() * device.logicalSectors();
  }

  /** Functions 02h to 04h: cylinder, head and sector in the logical geometry. */
  private int addressed(Caller caller, AtaDevice device, int command) {
    int count = caller.al();
    int sector = caller.cl() & 0x3F;
    int cylinder = caller.ch() | (caller.cl() & 0xC0) << 2;
    int head = caller.dh();
    if (count == 0 || sector == 0 || sector > device.logicalSectors()) {
      return DiskStatus.BAD_COMMAND;
    }
    if (head >= device.logicalHeads()) {
      return DiskStatus.BAD_COMMAND;
    }
    long lba =
        ((long) cylinder * device.logicalHeads() + head) * device.logicalSectors() + sector - 1;
    int linear = caller.linear(Processor.ES, caller.bx());
    int status = ata.disk(caller, device, command, lba, count, linear);
    if (status > DiskStatus.OK) {
      caller.al(AtaTransfer.done(device.ebda()));
    }
    return status;
  }

  private static int parameters(Caller caller, AtaDevice device) {
    int cylinder = device.logicalCylinders() - 1;
    caller.al(0);
    caller.ch(cylinder);
    caller.cl(device.logicalSectors() | cylinder >>> 2 & 0xC0);
    caller.dh(device.logicalHeads() - 1);
    caller.dl(caller.bda8(Bda.DISK_COUNT));
    return DiskStatus.OK;
  }

  static int installed(Caller caller, int interfaces) {
    if (caller.bx() != 0x55AA) {
      return DiskStatus.BAD_COMMAND;
    }
    caller.bx(0xAA55);
    caller.cx(interfaces);
    caller.al(0);
    caller.ah(EDD_VERSION);
    return RESULT_IN_AH;
  }

  /** The disk address packet at DS:SI ([EDD] 3.0, table 3). */
  private record AddressPacket(int count, int linear, long lba) {
    static AddressPacket read(Caller caller) {
      int si = caller.si();
      int count = caller.read16(Processor.DS, si + 2);
      int offset = caller.read16(Processor.DS, si + 4);
      int segment = caller.read16(Processor.DS, si + 6);
      int linear = (segment << 4) + offset;
      int size = caller.read8(Processor.DS, si);
      if (segment == 0xFFFF && offset == 0xFFFF && size >= 0x18) {
        linear = caller.read32(Processor.DS, si + 0x10);
      }
      long low = caller.read32(Processor.DS, si + 8) & 0xFFFFFFFFL;
      long high = caller.read32(Processor.DS, si + 12) & 0xFFFFFFFFL;
      return new AddressPacket(count, linear, high << 32 | low);
    }
  }

  private int extended(Caller caller, AtaDevice device, int command) {
    AddressPacket packet = AddressPacket.read(caller);
    if (packet.count == 0) {
      return DiskStatus.OK;
    }
    if (packet.count > 255) {
      return DiskStatus.BAD_COMMAND;
    }
    int status = ata.disk(caller, device, command, packet.lba, packet.count, packet.linear);
    if (status > DiskStatus.OK) {
      caller.write16(Processor.DS, caller.si() + 2, AtaTransfer.done(device.ebda()));
    }
    return status;
  }

  /** The drive parameters ([EDD] 3.0, table 4), as much as the caller has room for. */
  private static int extendedParameters(Caller caller, AtaDevice device, int sectorBytes) {
    int room = caller.read16(Processor.DS, caller.si());
    if (room < 0x1A) {
      return DiskStatus.BAD_COMMAND;
    }
    boolean cd = device.kind() == AtaDevice.CD;
    byte[] table = new byte[room >= 0x42 ? 0x42 : room >= 0x1E ? 0x1E : 0x1A];
    put(table, 0x00, 2, table.length);
    // DMA boundaries are handled; geometry valid, or removable, changeable, lockable.
    put(table, 0x02, 2, cd ? 0x0074 : 0x0003);
    put(table, 0x04, 4, cd ? -1 : device.cylinders());
    put(table, 0x08, 4, cd ? -1 : device.heads());
    put(table, 0x0C, 4, cd ? -1 : device.sectors());
    put(table, 0x10, 8, cd ? -1 : device.total());
    put(table, 0x18, 2, sectorBytes);
    if (table.length >= 0x1E) {
      put(table, 0x1A, 4, -1);
    }
    if (table.length >= 0x42) {
      put(table, 0x1E, 2, 0xBEDD);
      table[0x20] = 0x24;
      System.arraycopy(
          "PCI ".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, table, 0x24, 4);
      System.arraycopy(
          "ATA     ".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, table, 0x28, 8);
      if (cd) {
        table[0x2B] = 'P';
        table[0x2C] = 'I';
      }
      table[0x31] = 7; // device 7, function 1
      table[0x32] = 1;
      table[0x33] = (byte) (device.index() >>> 1);
      table[0x38] = (byte) (device.index() & 1);
      int sum = 0;
      for (int i = 0x1E; i < 0x41; i++) {
        sum += table[i];
      }
      table[0x41] = (byte) -sum;
    }
    caller.write(Processor.DS, caller.si(), table);
    return DiskStatus.OK;
  }

  private static void put(byte[] table, int at, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      table[at + i] = (byte) (value >>> 8 * i);
    }
  }

  private int cd(Caller caller, AtaDevice device, int index) {
    return switch (caller.ah()) {
      case 0x00, 0x09, 0x0C, 0x0D, 0x10, 0x11, 0x14, 0x44, 0x47 -> DiskStatus.OK;
      case 0x01 -> {
        caller.ah(caller.bda8(Bda.DISK_STATUS));
        yield RESULT_IN_AH;
      }
      case 0x15 -> {
        caller.ah(0);
        yield RESULT_IN_AH;
      }
      case 0x41 -> installed(caller, EDD_ACCESS | EDD_LOCKING | EDD_PARAMETERS);
      case 0x42 -> {
        AddressPacket packet = AddressPacket.read(caller);
        if (packet.count == 0) {
          yield DiskStatus.OK;
        }
        int bytes = packet.count * AtaTransfer.CD_SECTOR;
        int status = ata.cd(caller, device, packet.lba, packet.count, 0, bytes, packet.linear);
        if (status > DiskStatus.OK) {
          caller.write16(
              Processor.DS,
              caller.si() + 2,
              AtaTransfer.done(device.ebda()) / AtaTransfer.CD_SECTOR);
        }
        yield status;
      }
      case 0x43 -> DiskStatus.WRITE_PROTECTED;
      case 0x45 -> {
        if (caller.al() == 2) {
          caller.al(0);
          yield DiskStatus.OK;
        }
        byte[] prevent = {0x1E, 0, 0, 0, (byte) (caller.al() == 0 ? 1 : 0), 0, 0, 0, 0, 0, 0, 0};
        yield ata.packet(caller, device, prevent, 0, 0, 0);
      }
      case 0x46 -> {
        byte[] eject = {0x1B, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0};
        yield ata.packet(caller, device, eject, 0, 0, 0);
      }
      case 0x48 -> extendedParameters(caller, device, AtaTransfer.CD_SECTOR);
      case 0x49 -> DiskStatus.OK; // the medium has not changed
      case 0x4E -> DiskStatus.OK;
      default -> DiskStatus.BAD_COMMAND;
    };
  }
}
