package troupe.board.firmware;

import java.util.Arrays;
import java.util.Objects;

/**
 * Moves sectors between ATA and ATAPI devices and memory through the ports ([ATA/ATAPI-6] PIO data
 * transfers). Each method is called until it gives a status other than {@link DiskStatus#WAITING};
 * how far it is, is in the extended data area.
 */
final class AtaTransfer {
  static final int SECTOR = 512;
  static final int CD_SECTOR = 2048;

  // Registers of the command block.
  private static final int DATA = 0;
  private static final int ERROR = 1;
  private static final int COUNT = 2;
  private static final int LBA_LOW = 3;
  private static final int LBA_MID = 4;
  private static final int LBA_HIGH = 5;
  private static final int DEVICE = 6;
  private static final int STATUS = 7;

  private static final int BSY = 0x80;
  private static final int DF = 0x20;
  private static final int DRQ = 0x08;
  private static final int ERR = 0x01;
  private static final int NO_STATUS = 0xFF;

  private static final int ERROR_UNC = 0x40;
  private static final int ERROR_IDNF = 0x10;

  private static final int DEVICE_OBSOLETE = 0xA0;
  private static final int DEVICE_LBA = 0x40;

  // Commands.
  static final int READ = 0x20;
  static final int READ_EXT = 0x24;
  static final int WRITE = 0x30;
  static final int WRITE_EXT = 0x34;
  static final int VERIFY = 0x40;
  static final int VERIFY_EXT = 0x42;
  private static final int PACKET = 0xA0;
  static final int IDENTIFY_PACKET = 0xA1;
  static final int IDENTIFY = 0xEC;

  /** Signature of packet devices in LBA mid and high after a reset. */
  static final int PACKET_SIGNATURE = 0xEB14;

  private static final long LBA_28 = 1L << 28;
  private static final int TIMEOUT_MILLIS = 30_000;

  // Steps.
  private static final int IDLE = 0;
  private static final int COMMAND = 1;
  private static final int PACKET_SENT = 2;

  // Sense keys.
  private static final int NOT_READY = 2;
  private static final int ILLEGAL_REQUEST = 5;
  private static final int UNIT_ATTENTION = 6;
  private static final int MOST_RETRIES = 5;
  private static final int PACKET_BYTES = 12;
  private static final int BYTE_COUNT_LIMIT = 0xF800;

  private static void step(Caller caller, Ebda ebda, int step) {
    ebda.set8(Ebda.DISK_PHASE, step);
    ebda.set32(Ebda.DISK_DEADLINE, caller.millis() + TIMEOUT_MILLIS);
  }

  private static int finish(Ebda ebda, int status) {
    ebda.set8(Ebda.DISK_PHASE, IDLE);
    return status;
  }

  private static int waiting(Caller caller, Ebda ebda) {
    if (ebda.get32(Ebda.DISK_DEADLINE) - caller.millis() < 0) {
      return finish(ebda, DiskStatus.TIMED_OUT);
    }
    return DiskStatus.WAITING;
  }

  /** Sectors (bytes) that the last request moved. */
  static int done(Ebda ebda) {
    return ebda.get32(Ebda.DISK_DONE);
  }

  private static int status(Caller caller, AtaDevice device) {
    return caller.in8(device.base() + STATUS);
  }

  private static void begin(Caller caller, AtaDevice device, int deviceBits) {
    caller.out8(device.control(), 0);
    caller.out8(device.base() + DEVICE, DEVICE_OBSOLETE | device.select() | deviceBits);
  }

  /**
   * Reads, writes or verifies {@code count} sectors (1 to 255) from {@code lba}.
   *
   * @param command {@link #READ}, {@link #WRITE} or {@link #VERIFY}
   * @param linear where in memory
   */
  int disk(Caller caller, AtaDevice device, int command, long lba, int count, int linear) {
    Ebda ebda = device.ebda();
    if (ebda.beginsDiskRequest(Objects.hash(device.index(), command, lba, count, linear))) {
      ebda.set32(Ebda.DISK_DONE, 0);
      if (lba < 0 || lba + count > device.total()) {
        return DiskStatus.SECTOR_NOT_FOUND;
      }
      issue(caller, device, command, lba, count);
      step(caller, ebda, COMMAND);
    }
    while (true) {
      int status = status(caller, device);
      if ((status & BSY) != 0) {
        return waiting(caller, ebda);
      }
      if ((status & (ERR | DF)) != 0) {
        return finish(ebda, error(caller, device));
      }
      int done = done(ebda);
      if (command == VERIFY || done == count) {
        ebda.set32(Ebda.DISK_DONE, count);
        return finish(ebda, DiskStatus.OK);
      }
      if ((status & DRQ) == 0) {
        return waiting(caller, ebda);
      }
      int at = linear + done * SECTOR;
      if (command == READ) {
        caller.probe(at, SECTOR, true);
        byte[] sector = new byte[SECTOR];
        in(caller, device, sector, SECTOR);
        caller.writeLinear(at, sector, SECTOR);
      } else {
        byte[] sector = caller.readLinear(at, SECTOR);
        for (int i = 0; i < SECTOR; i += 2) {
          caller.out16(device.base() + DATA, sector[i] & 0xFF | (sector[i + 1] & 0xFF) << 8);
        }
      }
      ebda.set32(Ebda.DISK_DONE, done + 1);
      step(caller, ebda, COMMAND);
    }
  }

  private static void issue(Caller caller, AtaDevice device, int command, long lba, int count) {
    int base = device.base();
    if (lba + count > LBA_28) {
      begin(caller, device, DEVICE_LBA);
      caller.out8(base + COUNT, 0);
      caller.out8(base + LBA_LOW, (int) (lba >>> 24));
      caller.out8(base + LBA_MID, (int) (lba >>> 32));
      caller.out8(base + LBA_HIGH, (int) (lba >>> 40));
      command = command == READ ? READ_EXT : command == WRITE ? WRITE_EXT : VERIFY_EXT;
    } else {
      begin(caller, device, DEVICE_LBA | (int) (lba >>> 24) & 0x0F);
    }
    caller.out8(base + COUNT, count);
    caller.out8(base + LBA_LOW, (int) lba);
    caller.out8(base + LBA_MID, (int) (lba >>> 8));
    caller.out8(base + LBA_HIGH, (int) (lba >>> 16));
    caller.out8(base + STATUS, command);
  }

  /** Reads the data register: 32 bits at a time while there is as much. */
  private static void in(Caller caller, AtaDevice device, byte[] target, int length) {
    int at = 0;
    for (; at + 4 <= length; at += 4) {
      int value = caller.in32(device.base() + DATA);
      target[at] = (byte) value;
      target[at + 1] = (byte) (value >>> 8);
      target[at + 2] = (byte) (value >>> 16);
      target[at + 3] = (byte) (value >>> 24);
    }
    for (; at < length; at += 2) {
      int word = caller.in16(device.base() + DATA);
      target[at] = (byte) word;
      if (at + 1 < length) {
        target[at + 1] = (byte) (word >>> 8);
      }
    }
  }

  private static int error(Caller caller, AtaDevice device) {
    int error = caller.in8(device.base() + ERROR);
    if ((error & ERROR_UNC) != 0) {
      return DiskStatus.UNCORRECTABLE;
    }
    return (error & ERROR_IDNF) != 0 ? DiskStatus.SECTOR_NOT_FOUND : DiskStatus.CONTROLLER_FAILED;
  }

  /**
   * IDENTIFY of a device: the 512 bytes come into {@code target}. {@link DiskStatus#TIMED_OUT} if
   * nothing is there.
   */
  int identify(Caller caller, AtaDevice device, int command, byte[] target) {
    Ebda ebda = device.ebda();
    if (ebda.beginsDiskRequest(Objects.hash(device.index(), command))) {
      begin(caller, device, 0);
      int status = status(caller, device);
      if (status == NO_STATUS || status == 0 && command == IDENTIFY && !selected(caller, device)) {
        return DiskStatus.TIMED_OUT;
      }
      if ((status & BSY) == 0) {
        caller.out8(device.base() + STATUS, command);
        step(caller, ebda, COMMAND);
      } else {
        step(caller, ebda, PACKET_SENT);
      }
    }
    int status = status(caller, device);
    if ((status & BSY) != 0) {
      return waiting(caller, ebda);
    }
    if (ebda.get8(Ebda.DISK_PHASE) == PACKET_SENT) {
      caller.out8(device.base() + STATUS, command);
      step(caller, ebda, COMMAND);
      return DiskStatus.WAITING;
    }
    if ((status & DRQ) == 0) {
      return finish(ebda, status == 0 ? DiskStatus.TIMED_OUT : DiskStatus.BAD_COMMAND);
    }
    in(caller, device, target, SECTOR);
    return finish(ebda, DiskStatus.OK);
  }

  /** Whether the registers of the selected device keep what is written. */
  private static boolean selected(Caller caller, AtaDevice device) {
    int mid = caller.in8(device.base() + LBA_MID);
    int high = caller.in8(device.base() + LBA_HIGH);
    if ((high << 8 | mid) == PACKET_SIGNATURE) {
      return true;
    }
    caller.out8(device.base() + COUNT, 0x55);
    caller.out8(device.base() + LBA_LOW, 0xAA);
    return caller.in8(device.base() + COUNT) == 0x55 && caller.in8(device.base() + LBA_LOW) == 0xAA;
  }

  static boolean packetSignature(Caller caller, AtaDevice device) {
    int mid = caller.in8(device.base() + LBA_MID);
    int high = caller.in8(device.base() + LBA_HIGH);
    return (high << 8 | mid) == PACKET_SIGNATURE;
  }

  /**
   * READ (10) of {@code blocks} CD sectors; {@code length} bytes of them, from byte {@code skip},
   * go to memory. After a unit attention it starts again.
   */
  int cd(Caller caller, AtaDevice device, long lba, int blocks, int skip, int length, int linear) {
    byte[] read = {
      0x28,
      0,
      (byte) (lba >>> 24),
      (byte) (lba >>> 16),
      (byte) (lba >>> 8),
      (byte) lba,
      0,
      (byte) (blocks >>> 8),
      (byte) blocks,
      0,
      0,
      0
    };
    return packet(caller, device, read, skip, length, linear);
  }

  /** Any command whose data, if it has some, goes to the host. */
  int packet(Caller caller, AtaDevice device, byte[] command, int skip, int length, int linear) {
    Ebda ebda = device.ebda();
    int request = Objects.hash(device.index(), Arrays.hashCode(command), skip, length, linear);
    if (ebda.beginsDiskRequest(request)) {
      ebda.set8(Ebda.DISK_RETRIES, 0);
      sendPacketCommand(caller, device);
    }
    while (true) {
      int status = status(caller, device);
      if ((status & BSY) != 0) {
        return waiting(caller, ebda);
      }
      if ((status & ERR) != 0) {
        int key = caller.in8(device.base() + ERROR) >>> 4;
        ebda.set8(Ebda.SENSE_KEY, key);
        int retries = ebda.get8(Ebda.DISK_RETRIES);
        if (key == UNIT_ATTENTION && retries < MOST_RETRIES) {
          ebda.set8(Ebda.DISK_RETRIES, retries + 1);
          sendPacketCommand(caller, device);
          continue;
        }
        return finish(ebda, senseStatus(key));
      }
      if (ebda.get8(Ebda.DISK_PHASE) == COMMAND) {
        if ((status & DRQ) == 0) {
          return waiting(caller, ebda);
        }
        for (int i = 0; i < PACKET_BYTES; i += 2) {
          caller.out16(device.base() + DATA, command[i] & 0xFF | (command[i + 1] & 0xFF) << 8);
        }
        step(caller, ebda, PACKET_SENT);
        continue;
      }
      if ((status & DRQ) == 0) {
        return finish(ebda, DiskStatus.OK);
      }
      if (!block(caller, device, skip, length, linear)) {
        return finish(ebda, DiskStatus.CONTROLLER_FAILED);
      }
      step(caller, ebda, PACKET_SENT);
    }
  }

  private void sendPacketCommand(Caller caller, AtaDevice device) {
    int base = device.base();
    device.ebda().set32(Ebda.DISK_DONE, 0);
    begin(caller, device, 0);
    caller.out8(base + ERROR, 0);
    caller.out8(base + LBA_MID, BYTE_COUNT_LIMIT & 0xFF);
    caller.out8(base + LBA_HIGH, BYTE_COUNT_LIMIT >>> 8);
    caller.out8(base + STATUS, PACKET);
    step(caller, device.ebda(), COMMAND);
  }

  /** Takes one DRQ data block; false if the device says that it is empty. */
  private static boolean block(Caller caller, AtaDevice device, int skip, int length, int linear) {
    Ebda ebda = device.ebda();
    int base = device.base();
    int bytes = caller.in8(base + LBA_MID) | caller.in8(base + LBA_HIGH) << 8;
    int done = done(ebda);
    if (bytes == 0) {
      return false;
    }
    // Part of this block that is wanted.
    int from = Math.clamp(skip - done, 0, bytes);
    int to = Math.clamp(skip + length - done, from, bytes);
    int target = linear + done + from - skip;
    if (to > from) {
      caller.probe(target, to - from, true);
    }
    byte[] data = new byte[bytes];
    in(caller, device, data, bytes);
    if (to > from) {
      caller.writeLinear(target, Arrays.copyOfRange(data, from, to), to - from);
    }
    ebda.set32(Ebda.DISK_DONE, done + bytes);
    return true;
  }

  private static int senseStatus(int key) {
    return switch (key) {
      case NOT_READY -> DiskStatus.NO_MEDIUM;
      case ILLEGAL_REQUEST -> DiskStatus.BAD_COMMAND;
      case UNIT_ATTENTION -> DiskStatus.MEDIUM_CHANGED;
      default -> DiskStatus.UNCORRECTABLE;
    };
  }
}
