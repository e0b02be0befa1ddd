package troupe.board.firmware;

import java.nio.charset.StandardCharsets;
import troupe.processor.Processor;

/**
 * Starting from CDs ([El Torito] 1.0): finds the boot catalog's default entry, loads its image, and
 * serves the drive it emulates, if it does. What was started is in the extended data area.
 */
final class CdEmulation {
  private static final int STATE = Ebda.EMULATION;
  private static final int ACTIVE = STATE;
  private static final int MEDIA = STATE + 0x01;
  private static final int DRIVE = STATE + 0x02;
  private static final int DEVICE = STATE + 0x03;
  private static final int IMAGE = STATE + 0x04;
  private static final int LOAD_SEGMENT = STATE + 0x08;
  private static final int LOAD_SECTORS = STATE + 0x0A;
  private static final int CYLINDERS = STATE + 0x0C;
  private static final int HEADS = STATE + 0x0E;
  private static final int SECTORS = STATE + 0x0F;
  private static final int CATALOG = STATE + 0x10;

  private static final int NO_EMULATION = 0;
  private static final int FLOPPY_1200 = 1;
  private static final int FLOPPY_1440 = 2;
  private static final int FLOPPY_2880 = 3;
  private static final int HARD_DISK = 4;
  private static final int MEDIA_MASK = 0x0F;

  private static final int BOOT_RECORD_SECTOR = 17;
  private static final int CATALOG_POINTER = 0x47;
  private static final int BOOTABLE = 0x88;
  private static final int DEFAULT_SEGMENT = 0x07C0;
  private static final String IDENTIFIER = "\0CD001\1EL TORITO SPECIFICATION";

  /** Free while nothing is started: sectors of the CD are read here. */
  private static final int SCRATCH = 0x8000;

  private static final int VIRTUAL_SECTOR = 512;
  private static final int PER_CD_SECTOR = AtaTransfer.CD_SECTOR / VIRTUAL_SECTOR;

  // Steps of starting, in BOOT_STEP.
  private static final int READ_BOOT_RECORD = 0;
  private static final int READ_CATALOG = 1;
  private static final int READ_PARTITIONS = 2;
  private static final int READ_IMAGE = 3;

  private final AtaTransfer ata;

  CdEmulation(AtaTransfer ata) {
    this.ata = ata;
  }

  static boolean active(Ebda ebda) {
    return ebda.get8(ACTIVE) != 0;
  }

  private static boolean emulates(Ebda ebda) {
    return active(ebda) && (ebda.get8(MEDIA) & MEDIA_MASK) != NO_EMULATION;
  }

  static boolean serves(Ebda ebda, int drive) {
    return emulates(ebda) && drive == ebda.get8(DRIVE);
  }

  /** Drives of the emulated one's kind come after it. */
  static int realDrive(Ebda ebda, int drive) {
    if (!emulates(ebda)) {
      return drive;
    }
    int emulated = ebda.get8(DRIVE);
    boolean sameKind = (drive & 0x80) == (emulated & 0x80) && drive < DiskServices.FIRST_CD;
    return sameKind && drive > emulated ? drive - 1 : drive;
  }

  // ---- Starting

  /** Steps of a start from a CD; OK when the image is in memory. */
  int start(Caller caller, Ebda ebda, int deviceIndex) {
    AtaDevice device = new AtaDevice(deviceIndex, ebda);
    while (true) {
      int step = ebda.get8(Ebda.BOOT_STEP);
      int status =
          switch (step) {
            case READ_BOOT_RECORD -> readOne(caller, device, BOOT_RECORD_SECTOR);
            case READ_CATALOG -> readOne(caller, device, ebda.get32(CATALOG));
            case READ_PARTITIONS -> readOne(caller, device, ebda.get32(IMAGE));
            default -> readImage(caller, ebda, device);
          };
      if (status == DiskStatus.OK) {
        status =
            switch (step) {
              case READ_BOOT_RECORD -> bootRecord(caller, ebda);
              case READ_CATALOG -> catalog(caller, ebda, deviceIndex);
              case READ_PARTITIONS -> geometry(caller, ebda);
              default -> activate(caller, ebda);
            };
        if (status == DiskStatus.OK && step != READ_IMAGE) {
          continue;
        }
      }
      if (status != DiskStatus.WAITING) {
        ebda.set8(Ebda.BOOT_STEP, READ_BOOT_RECORD);
      }
      return status;
    }
  }

  private int readOne(Caller caller, AtaDevice device, long sector) {
    return ata.cd(caller, device, sector, 1, 0, AtaTransfer.CD_SECTOR, SCRATCH);
  }

  private static int bootRecord(Caller caller, Ebda ebda) {
    byte[] record = caller.readLinear(SCRATCH, AtaTransfer.CD_SECTOR);
    String identifier = new String(record, 0, IDENTIFIER.length(), StandardCharsets.ISO_8859_1);
    if (!identifier.equals(IDENTIFIER)) {
      return DiskStatus.NOT_READY;
    }
    ebda.set32(CATALOG, caller.c.readLinear32(SCRATCH + CATALOG_POINTER));
    ebda.set8(Ebda.BOOT_STEP, READ_CATALOG);
    return DiskStatus.OK;
  }

  private static int catalog(Caller caller, Ebda ebda, int deviceIndex) {
    Processor c = caller.c;
    int validation = SCRATCH;
    int entry = SCRATCH + 0x20;
    int sum = 0;
    for (int i = 0; i < 0x20; i += 2) {
      sum += c.readLinear16(validation + i);
    }
    if (c.readLinear8(validation) != 1
        || c.readLinear16(validation + 0x1E) != 0xAA55
        || (sum & 0xFFFF) != 0
        || c.readLinear8(entry) != BOOTABLE) {
      return DiskStatus.NOT_READY;
    }
    int media = c.readLinear8(entry + 1) & MEDIA_MASK;
    int segment = c.readLinear16(entry + 2);
    ebda.set8(ACTIVE, 0);
    ebda.set8(MEDIA, media);
    ebda.set8(DEVICE, deviceIndex);
    ebda.set16(LOAD_SEGMENT, segment == 0 ? DEFAULT_SEGMENT : segment);
    ebda.set16(LOAD_SECTORS, Math.max(1, c.readLinear16(entry + 6)));
    ebda.set32(IMAGE, c.readLinear32(entry + 8));
    int cds = ebda.get8(Ebda.CD_DEVICES);
    int cd = DiskServices.FIRST_CD;
    for (int i = 0; i < cds; i++) {
      if (ebda.get8(Ebda.CD_DEVICES + 1 + i) == deviceIndex) {
        cd += i;
      }
    }
    ebda.set8(DRIVE, media == NO_EMULATION ? cd : media == HARD_DISK ? DiskServices.FIRST_DISK : 0);
    switch (media) {
      case FLOPPY_1200 -> setGeometry(ebda, 80, 2, 15);
      case FLOPPY_1440 -> setGeometry(ebda, 80, 2, 18);
      case FLOPPY_2880 -> setGeometry(ebda, 80, 2, 36);
      default -> {}
    }
    ebda.set8(Ebda.BOOT_STEP, media == HARD_DISK ? READ_PARTITIONS : READ_IMAGE);
    return DiskStatus.OK;
  }

  private static void setGeometry(Ebda ebda, int cylinders, int heads, int sectors) {
    ebda.set16(CYLINDERS, cylinders);
    ebda.set8(HEADS, heads);
    ebda.set8(SECTORS, sectors);
  }

  /** The geometry of a hard disk image is what its first partition ends with. */
  private static int geometry(Caller caller, Ebda ebda) {
    Processor c = caller.c;
    int partition = SCRATCH + 0x1BE;
    int head = c.readLinear8(partition + 5);
    int sector = c.readLinear8(partition + 6);
    int cylinder = c.readLinear8(partition + 7) | (sector & 0xC0) << 2;
    setGeometry(ebda, cylinder + 1, head + 1, Math.max(1, sector & 0x3F));
    ebda.set8(Ebda.BOOT_STEP, READ_IMAGE);
    return DiskStatus.OK;
  }

  private int readImage(Caller caller, Ebda ebda, AtaDevice device) {
    int bytes = ebda.get16(LOAD_SECTORS) * VIRTUAL_SECTOR;
    int blocks = (bytes + AtaTransfer.CD_SECTOR - 1) / AtaTransfer.CD_SECTOR;
    int linear = ebda.get16(LOAD_SEGMENT) << 4;
    return ata.cd(caller, device, ebda.get32(IMAGE), blocks, 0, bytes, linear);
  }

  private static int activate(Caller caller, Ebda ebda) {
    ebda.set8(ACTIVE, 1);
    if (!emulates(ebda)) {
      return DiskStatus.OK;
    }
    if (ebda.get8(DRIVE) >= DiskServices.FIRST_DISK) {
      caller.bda8(Bda.DISK_COUNT, caller.bda8(Bda.DISK_COUNT) + 1);
    } else {
      int drives = FloppyServices.count(caller) + 1;
      caller.bda16(Bda.EQUIPMENT, caller.bda16(Bda.EQUIPMENT) & ~0xC1 | 1 | (drives - 1) << 6);
    }
    return DiskStatus.OK;
  }

  static int drive(Ebda ebda) {
    return ebda.get8(DRIVE);
  }

  static int entrySegment(Ebda ebda) {
    return ebda.get16(LOAD_SEGMENT);
  }

  // ---- INT 13h for the emulated drive, and AH=4Bh

  int call(Caller caller, Ebda ebda) {
    AtaDevice device = new AtaDevice(ebda.get8(DEVICE), ebda);
    int drive = ebda.get8(DRIVE);
    return switch (caller.ah()) {
      case 0x00, 0x09, 0x0C, 0x0D, 0x10, 0x11, 0x14, 0x16, 0x47 -> DiskStatus.OK;
      case 0x01 -> {
        caller.ah(caller.bda8(Bda.DISK_STATUS));
        yield DiskServices.RESULT_IN_AH;
      }
      case 0x02, 0x04 -> read(caller, ebda, device);
      case 0x03, 0x05 -> DiskStatus.WRITE_PROTECTED;
      case 0x08 -> {
        int cylinder = ebda.get16(CYLINDERS) - 1;
        caller.al(0);
        caller.ch(cylinder);
        caller.cl(ebda.get8(SECTORS) | cylinder >>> 2 & 0xC0);
        caller.dh(ebda.get8(HEADS) - 1);
        if (drive < DiskServices.FIRST_DISK) {
          caller.dl(FloppyServices.count(caller));
          caller.bl(new int[] {0, 2, 4, 5}[ebda.get8(MEDIA) & 3]);
          int table = caller.vector(0x1E);
          FontServices.loadEs(caller, table >>> 16);
          caller.di(table & 0xFFFF);
        } else {
          caller.dl(caller.bda8(Bda.DISK_COUNT));
        }
        yield DiskStatus.OK;
      }
      case 0x15 -> {
        boolean disk = drive >= DiskServices.FIRST_DISK;
        if (disk) {
          int total = ebda.get16(CYLINDERS) * ebda.get8(HEADS) * ebda.get8(SECTORS);
          caller.cx(total >>> 16);
          caller.dx(total);
        }
        caller.ah(disk ? 3 : 1);
        yield DiskServices.RESULT_IN_AH;
      }
      case 0x4B -> emulationStatus(caller, ebda);
      default -> DiskStatus.BAD_COMMAND;
    };
  }

  private int read(Caller caller, Ebda ebda, AtaDevice device) {
    int sectors = ebda.get8(SECTORS);
    int heads = ebda.get8(HEADS);
    int sector = caller.cl() & 0x3F;
    int cylinder = caller.ch() | (caller.cl() & 0xC0) << 2;
    int count = caller.al();
    if (sector == 0 || sector > sectors || caller.dh() >= heads || count == 0) {
      return DiskStatus.BAD_COMMAND;
    }
    if (cylinder >= ebda.get16(CYLINDERS)) {
      return DiskStatus.SECTOR_NOT_FOUND;
    }
    if (caller.ah() == 0x04) {
      return DiskStatus.OK;
    }
    int lba = (cylinder * heads + caller.dh()) * sectors + sector - 1;
    int skip = lba % PER_CD_SECTOR * VIRTUAL_SECTOR;
    int bytes = count * VIRTUAL_SECTOR;
    int blocks = (skip + bytes + AtaTransfer.CD_SECTOR - 1) / AtaTransfer.CD_SECTOR;
    long first = (ebda.get32(IMAGE) & 0xFFFFFFFFL) + lba / PER_CD_SECTOR;
    int linear = caller.linear(Processor.ES, caller.bx());
    int status = ata.cd(caller, device, first, blocks, skip, bytes, linear);
    if (status > DiskStatus.OK) {
      caller.al(0);
    }
    return status;
  }

  /** AH=4Bh: the specification packet at DS:SI; AL=00h also ends the emulation. */
  private static int emulationStatus(Caller caller, Ebda ebda) {
    if (caller.al() > 1) {
      return DiskStatus.BAD_COMMAND;
    }
    byte[] packet = new byte[0x13];
    packet[0] = 0x13;
    packet[1] = (byte) ebda.get8(MEDIA);
    packet[2] = (byte) ebda.get8(DRIVE);
    int device = ebda.get8(DEVICE);
    packet[3] = (byte) (device >>> 1);
    put(packet, 4, 4, ebda.get32(IMAGE));
    packet[8] = (byte) (device & 1);
    put(packet, 0x0C, 2, ebda.get16(LOAD_SEGMENT));
    put(packet, 0x0E, 2, ebda.get16(LOAD_SECTORS));
    if (emulates(ebda)) {
      int cylinder = ebda.get16(CYLINDERS) - 1;
      packet[0x10] = (byte) cylinder;
      packet[0x11] = (byte) (ebda.get8(SECTORS) | cylinder >>> 2 & 0xC0);
      packet[0x12] = (byte) (ebda.get8(HEADS) - 1);
    }
    caller.write(Processor.DS, caller.si(), packet);
    if (caller.al() == 0 && (caller.dl() == 0x7F || caller.dl() == ebda.get8(DRIVE))) {
      ebda.set8(ACTIVE, 0);
    }
    return DiskStatus.OK;
  }

  private static void put(byte[] packet, int at, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      packet[at + i] = (byte) (value >>> 8 * i);
    }
  }
}
