package troupe.board.firmware;

import java.util.List;
import troupe.processor.Processor;

/**
 * INT 19h and INT 18h: tries the devices of the boot order. To start one, its entry is put on the
 * stack at 0000:7C00h for the stub's far return.
 */
final class BootStrap {
  private static final int ENTRY = 0x7C00;
  private static final int SIGNATURE_AT = ENTRY + 510;
  private static final int SIGNATURE = 0xAA55;
  private static final int SECTOR = 512;
  private static final int FAILED = 0xFF;

  private final List<BootDevice> order;
  private final DiskServices disks;

  BootStrap(List<BootDevice> order, DiskServices disks) {
    this.order = order;
    this.disks = disks;
  }

  /** INT 19h. */
  Outcome boot(Caller caller) {
    Ebda ebda = new Ebda(caller);
    if (ebda.get8(Ebda.BOOT_DRIVE) != 0) {
      // Something that was started wants another start.
      ebda.set8(Ebda.BOOT_DRIVE, 0);
      ebda.set8(Ebda.BOOT_INDEX, 0);
    }
    return search(caller, ebda);
  }

  /** INT 18h: what was started gives up; the next device. */
  Outcome failed(Caller caller) {
    Ebda ebda = new Ebda(caller);
    if (ebda.get8(Ebda.BOOT_DRIVE) != 0) {
      ebda.set8(Ebda.BOOT_DRIVE, 0);
      ebda.set8(Ebda.BOOT_INDEX, ebda.get8(Ebda.BOOT_INDEX) + 1);
    }
    return search(caller, ebda);
  }

  private Outcome search(Caller caller, Ebda ebda) {
    while (ebda.get8(Ebda.BOOT_INDEX) < order.size()) { // FAILED is beyond all
      BootDevice device = order.get(ebda.get8(Ebda.BOOT_INDEX));
      int status =
          switch (device) {
            case FLOPPY -> floppy(caller);
            case CD -> cd(caller, ebda);
            case DISK -> disk(caller, ebda);
            case NETWORK -> DiskStatus.NOT_READY;
          };
      if (status == DiskStatus.WAITING) {
        return Outcome.WAIT;
      }
      if (status == DiskStatus.OK) {
        int drive =
            switch (device) {
              case CD -> CdEmulation.drive(ebda);
              case DISK -> DiskServices.FIRST_DISK;
              case FLOPPY, NETWORK -> 0;
            };
        boolean cd = device == BootDevice.CD;
        enter(caller, ebda, drive, cd ? CdEmulation.entrySegment(ebda) << 4 : ENTRY);
        return Outcome.DONE;
      }
      ebda.set8(Ebda.BOOT_INDEX, ebda.get8(Ebda.BOOT_INDEX) + 1);
    }
    if (ebda.get8(Ebda.BOOT_INDEX) != FAILED) {
      ebda.set8(Ebda.BOOT_INDEX, FAILED);
      VideoServices.print(
          caller, "\nNo bootable device.\nInsert a boot disk and press Ctrl-Alt-Del to restart.\n");
    }
    return Outcome.WAIT;
  }

  private int floppy(Caller caller) {
    if (FloppyServices.type(caller, 0) == FloppyType.NONE) {
      return DiskStatus.NOT_READY;
    }
    int status = disks.floppy().run(caller, new FloppyServices.Request(0, 2, 0, 0, 1, 1, ENTRY));
    return status == DiskStatus.OK ? signature(caller) : status;
  }

  private int disk(Caller caller, Ebda ebda) {
    if (ebda.get8(Ebda.DISK_DEVICES) == 0) {
      return DiskStatus.NOT_READY;
    }
    AtaDevice device = new AtaDevice(ebda.get8(Ebda.DISK_DEVICES + 1), ebda);
    int status = disks.ata().disk(caller, device, AtaTransfer.READ, 0, 1, ENTRY);
    return status == DiskStatus.OK ? signature(caller) : status;
  }

  private int cd(Caller caller, Ebda ebda) {
    if (ebda.get8(Ebda.CD_DEVICES) == 0) {
      return DiskStatus.NOT_READY;
    }
    return disks.emulation().start(caller, ebda, ebda.get8(Ebda.CD_DEVICES + 1));
  }

  private static int signature(Caller caller) {
    if (caller.c.readLinear16(SIGNATURE_AT) != SIGNATURE) {
      return DiskStatus.NOT_READY;
    }
    byte[] sector = caller.readLinear(ENTRY, SECTOR);
    return sector[0] == 0 && sector[1] == 0 ? DiskStatus.NOT_READY : DiskStatus.OK;
  }

  private static void enter(Caller caller, Ebda ebda, int drive, int linear) {
    Processor c = caller.c;
    ebda.set8(Ebda.BOOT_DRIVE, 1);
    for (int register = 0; register < 8; register++) {
      c.r[register] = 0;
    }
    c.segments.setReal(Processor.DS, 0);
    c.segments.setReal(Processor.ES, 0);
    c.segments.setReal(Processor.SS, 0);
    c.r[Processor.EDX] = drive;
    c.r[Processor.ESP] = ENTRY - 4;
    // Segment 0 as far as it reaches: loaders expect 0000:7C00h.
    c.writeLinear16(ENTRY - 4, linear & 0xFFFF);
    c.writeLinear16(ENTRY - 2, linear >>> 4 & 0xF000);
  }
}
