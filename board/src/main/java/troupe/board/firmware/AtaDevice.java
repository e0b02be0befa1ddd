package troupe.board.firmware;

/**
 * One entry of the table of ATA devices that POST left in the extended data area.
 *
 * @param index 0 primary master, 1 primary slave, 2 secondary master, 3 secondary slave
 */
record AtaDevice(int index, Ebda ebda) {
  static final int COUNT = 4;

  static final int NONE = 0;
  static final int DISK = 1;
  static final int CD = 2;

  private static final int KIND = 0x0;
  private static final int CYLINDERS = 0x2;
  private static final int HEADS = 0x4;
  private static final int SECTORS = 0x5;
  private static final int LOGICAL_CYLINDERS = 0x6;
  private static final int LOGICAL_HEADS = 0x8;
  private static final int LOGICAL_SECTORS = 0x9;
  private static final int TOTAL = 0xA;

  private static final int MOST_CYLINDERS = 1024;
  private static final int LBA_SECTORS = 63;
  private static final int MOST_HEADS = 255;

  private int at(int field) {
    return Ebda.ATA_DEVICES + index * Ebda.ATA_ENTRY + field;
  }

  int kind() {
    return ebda.get8(at(KIND));
  }

  /** Command block ports. */
  int base() {
    return index < 2 ? 0x1F0 : 0x170;
  }

  /** Alternate status and device control port. */
  int control() {
    return index < 2 ? 0x3F6 : 0x376;
  }

  /** DEV bit of the device register. */
  int select() {
    return (index & 1) << 4;
  }

  int cylinders() {
    return ebda.get16(at(CYLINDERS));
  }

  int heads() {
    return ebda.get8(at(HEADS));
  }

  int sectors() {
    return ebda.get8(at(SECTORS));
  }

  int logicalCylinders() {
    return ebda.get16(at(LOGICAL_CYLINDERS));
  }

  int logicalHeads() {
    return ebda.get8(at(LOGICAL_HEADS));
  }

  int logicalSectors() {
    return ebda.get8(at(LOGICAL_SECTORS));
  }

  long total() {
    return ebda.get32(at(TOTAL)) & 0xFFFFFFFFL | (long) ebda.get16(at(TOTAL) + 4) << 32;
  }

  void none() {
    ebda.set8(at(KIND), NONE);
  }

  void cd() {
    ebda.set8(at(KIND), CD);
  }

  /**
   * Enters a disk; its logical geometry is LBA-assisted where the physical one has more cylinders
   * or sectors a track than INT 13h can name.
   */
  void disk(int cylinders, int heads, int sectors, long total) {
    ebda.set8(at(KIND), DISK);
    ebda.set16(at(CYLINDERS), cylinders);
    ebda.set8(at(HEADS), heads);
    ebda.set8(at(SECTORS), sectors);
    ebda.set32(at(TOTAL), (int) total);
    ebda.set16(at(TOTAL) + 4, (int) (total >>> 32));
    int logicalHeads = heads;
    int logicalSectors = sectors;
    long logicalCylinders = cylinders;
    if (cylinders > MOST_CYLINDERS
        || cylinders == 0
        || heads == 0
        || sectors == 0
        || sectors > LBA_SECTORS) {
      logicalSectors = LBA_SECTORS;
      logicalHeads = 16;
      while (logicalHeads < 256 && total / (logicalHeads * LBA_SECTORS) > MOST_CYLINDERS) {
        logicalHeads *= 2;
      }
      logicalHeads = Math.min(logicalHeads, MOST_HEADS);
      logicalCylinders = Math.min(total / (logicalHeads * LBA_SECTORS), MOST_CYLINDERS);
    }
    ebda.set16(at(LOGICAL_CYLINDERS), (int) logicalCylinders);
    ebda.set8(at(LOGICAL_HEADS), logicalHeads);
    ebda.set8(at(LOGICAL_SECTORS), logicalSectors);
  }
}
