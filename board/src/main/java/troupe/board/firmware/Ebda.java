package troupe.board.firmware;

import troupe.processor.Processor;

/**
 * The extended BIOS data area: the last KiB below 640 KiB. All that the firmware must remember
 * between two calls is there (or in the BIOS data area), so that the state of the machine is
 * complete without the firmware. The mouse and disk tables are where other BIOSes have them.
 */
final class Ebda {
  static final int SEGMENT = 0x9FC0;
  static final int KIB = 1;
  static final int BASE_MEMORY_KIB = 639;

  static final int SIZE = 0x00;
  static final int MOUSE_HANDLER = 0x22;
  static final int MOUSE_INDEX = 0x26;
  static final int MOUSE_FLAGS = 0x27;
  static final int MOUSE_DATA = 0x28;

  /** Bytes sent to the mouse so far, replies taken, and until when one is waited for (ms). */
  static final int MOUSE_STEP = 0x30;

  static final int MOUSE_REPLIES = 0x31;
  static final int MOUSE_REPLY = 0x32;
  static final int MOUSE_DEADLINE = 0x100;

  static final int DISK_TABLE_0 = 0x3D;
  static final int DISK_TABLE_1 = 0x4D;

  static final int POST_PHASE = 0x60;
  static final int POST_STEP = 0x61;
  static final int POST_ROM = 0x62;
  static final int POST_DEADLINE = 0x64;

  static final int BOOT_INDEX = 0x68;
  static final int BOOT_DRIVE = 0x69;

  static final int BOOT_STEP = 0x6A;

  /** Step of the disk request in progress; 0 if there is none. */
  static final int DISK_PHASE = 0x6B;

  static final int DISK_RETRIES = 0x6C;
  static final int SENSE_KEY = 0x6D;

  /** Sectors (of packet devices bytes) of the request that are transferred. */
  static final int DISK_DONE = 0x70;

  /** Tells which request is in progress, so that one that was given up is not taken for another. */
  static final int DISK_REQUEST = 0x78;

  /** Until when the drive may take, in milliseconds. */
  static final int DISK_DEADLINE = 0x74;

  /** Four entries of {@link #ATA_ENTRY} bytes: primary master, primary slave, secondary ... */
  static final int ATA_DEVICES = 0x80;

  static final int ATA_ENTRY = 0x10;

  static final int EMULATION = 0xC0;

  /** Number of hard disks, then the ATA device of each; the same for CD-ROM drives. */
  static final int DISK_DEVICES = 0xE0;

  static final int CD_DEVICES = 0xE5;

  static final int WAIT_PHASE = 0xF0;
  static final int APM_STATE = 0xF1;
  static final int WAIT_DEADLINE = 0xF4;
  static final int PORT_WAITING = 0xF8;
  static final int PORT_DEADLINE = 0xFC;

  static final int SECTOR_BUFFER = 0x200;

  private final Processor c;
  private final int base;

  Ebda(Caller caller) {
    c = caller.c;
    base = caller.bda16(Bda.EBDA_SEGMENT) << 4;
  }

  /** Whether the disk request {@code request} is not in progress; it is from now on. */
  boolean beginsDiskRequest(int request) {
    boolean begins = get8(DISK_PHASE) == 0 || get32(DISK_REQUEST) != request;
    set32(DISK_REQUEST, request);
    return begins;
  }

  int linear(int offset) {
    return base + offset;
  }

  int get8(int offset) {
    return c.readLinear8(base + offset);
  }

  int get16(int offset) {
    return c.readLinear16(base + offset);
  }

  int get32(int offset) {
    return c.readLinear32(base + offset);
  }

  void set8(int offset, int value) {
    c.writeLinear8(base + offset, value);
  }

  void set16(int offset, int value) {
    c.writeLinear16(base + offset, value);
  }

  void set32(int offset, int value) {
    c.writeLinear32(base + offset, value);
  }
}
