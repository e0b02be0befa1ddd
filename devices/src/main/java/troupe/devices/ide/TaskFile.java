package troupe.devices.ide;

import static troupe.devices.ide.AtaRegisters.DEVICE;
import static troupe.devices.ide.AtaRegisters.DEVICE_HEAD;
import static troupe.devices.ide.AtaRegisters.ERROR_FEATURES;
import static troupe.devices.ide.AtaRegisters.LBA_HIGH;
import static troupe.devices.ide.AtaRegisters.LBA_LOW;
import static troupe.devices.ide.AtaRegisters.LBA_MID;
import static troupe.devices.ide.AtaRegisters.SECTOR_COUNT;

import troupe.devices.state.BadStateException;

/**
 * The parameter registers of one drive. Each is two deep: a write pushes the current content into
 * the previous one, which 48-bit commands use as the high order byte. [ATA/ATAPI-6] section 6.20.
 */
final class TaskFile {
  private static final int REGISTERS = 8;

  private final int[] current = new int[REGISTERS];
  private final int[] previous = new int[REGISTERS];

  /** Saved registers, by their offset in the command block. */
  record State(int[] current, int[] previous) {}

  void write(int register, int value) {
    previous[register] = current[register];
    current[register] = value & 0xFF;
  }

  int read(int register, boolean highOrder) {
    return highOrder ? previous[register] : current[register];
  }

  int features() {
    return current[ERROR_FEATURES];
  }

  int device() {
    return current[DEVICE];
  }

  void setDevice(int value) {
    current[DEVICE] = value & 0xFF;
  }

  /** Sectors a 28-bit command asks for, 1 to 256. */
  int count28() {
    return current[SECTOR_COUNT] == 0 ? 256 : current[SECTOR_COUNT];
  }

  /** Sectors a 48-bit command asks for, 1 to 65,536. */
  int count48() {
    int count = previous[SECTOR_COUNT] << 8 | current[SECTOR_COUNT];
    return count == 0 ? 0x1_0000 : count;
  }

  int sectorCount() {
    return current[SECTOR_COUNT];
  }

  void setSectorCount(int value) {
    previous[SECTOR_COUNT] = value >>> 8 & 0xFF;
    current[SECTOR_COUNT] = value & 0xFF;
  }

  long lba28() {
    return (long) (current[DEVICE] & DEVICE_HEAD) << 24 | lba24(current);
  }

  long lba48() {
    return (long) lba24(previous) << 24 | lba24(current);
  }

  void setLba28(long lba) {
    current[DEVICE] = current[DEVICE] & ~DEVICE_HEAD | (int) (lba >>> 24) & DEVICE_HEAD;
    setLba24(current, (int) lba);
  }

  void setLba48(long lba) {
    setLba24(previous, (int) (lba >>> 24));
    setLba24(current, (int) lba);
  }

  int cylinder() {
    return current[LBA_HIGH] << 8 | current[LBA_MID];
  }

  /** LBA Mid and LBA High: the cylinder, a packet device's byte count, or a signature. */
  void setCylinder(int value) {
    current[LBA_MID] = value & 0xFF;
    current[LBA_HIGH] = value >>> 8 & 0xFF;
  }

  int head() {
    return current[DEVICE] & DEVICE_HEAD;
  }

  void setHead(int head) {
    current[DEVICE] = current[DEVICE] & ~DEVICE_HEAD | head & DEVICE_HEAD;
  }

  /** LBA Low: the sector number of a cylinder-head-sector address, from 1. */
  int sectorNumber() {
    return current[LBA_LOW];
  }

  void setSectorNumber(int value) {
    current[LBA_LOW] = value & 0xFF;
  }

  /** What a reset leaves: count and sector number 1, the device 0, and {@code cylinder}. */
  void setSignature(int cylinder) {
    java.util.Arrays.fill(previous, 0);
    current[ERROR_FEATURES] = 0;
    current[SECTOR_COUNT] = 1;
    current[LBA_LOW] = 1;
    setCylinder(cylinder);
    current[DEVICE] = 0;
  }

  State save() {
    return new State(current.clone(), previous.clone());
  }

  void restore(State state) throws BadStateException {
    if (state == null
        || state.current == null
        || state.previous == null
        || state.current.length != REGISTERS
        || state.previous.length != REGISTERS) {
      throw new BadStateException("IDE task file is incomplete");
    }
    for (int i = 0; i < REGISTERS; i++) {
      current[i] = state.current[i] & 0xFF;
      previous[i] = state.previous[i] & 0xFF;
    }
  }

  private static int lba24(int[] r) {
    return r[LBA_HIGH] << 16 | r[LBA_MID] << 8 | r[LBA_LOW];
  }

  private static void setLba24(int[] r, int value) {
    r[LBA_LOW] = value & 0xFF;
    r[LBA_MID] = value >>> 8 & 0xFF;
    r[LBA_HIGH] = value >>> 16 & 0xFF;
  }
}
