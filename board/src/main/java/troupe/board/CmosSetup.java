package troupe.board;

import java.util.List;
import troupe.board.firmware.BootDevice;
import troupe.devices.rtc.Mc146818;

/**
 * What a set-up program would have left in CMOS RAM: memory sizes, drive types and boot order,
 * where BIOSes since the AT, and SeaBIOS, look for them ([RBIL] CMOS.LST).
 */
final class CmosSetup {
  private static final int FLOPPY_TYPES = 0x10;
  private static final int DISK_TYPES = 0x12;
  private static final int EQUIPMENT = 0x14;
  private static final int BASE_MEMORY = 0x15;
  private static final int EXTENDED_MEMORY = 0x17;
  private static final int DISK_TYPE_C = 0x19;
  private static final int DISK_TYPE_D = 0x1A;
  private static final int CHECKSUM_FIRST = 0x10;
  private static final int CHECKSUM_LAST = 0x2D;
  private static final int CHECKSUM = 0x2E;
  private static final int EXTENDED_MEMORY_FOUND = 0x30;
  private static final int MEMORY_ABOVE_16_MIB = 0x34;
  private static final int BOOT_FLAGS_1 = 0x38;
  private static final int BOOT_FLAGS_2 = 0x3D;
  private static final int MEMORY_ABOVE_4_GIB = 0x5B;
  private static final int CPU_COUNT_LESS_1 = 0x5F;

  private static final int FLOPPY_1440 = 4;
  private static final int DISK_TYPE_EXTENDED = 0xF;
  private static final int DISK_TYPE_47 = 47;
  private static final int EQUIPMENT_FLOPPY = 0x01;
  private static final int EQUIPMENT_X87 = 0x02;
  private static final int EQUIPMENT_MOUSE = 0x04;
  private static final int BASE_KIB = 640;

  private final Mc146818 rtc;

  private CmosSetup(Mc146818 rtc) {
    this.rtc = rtc;
  }

  static void write(Mc146818 rtc, MachineConfiguration configuration) {
    CmosSetup setup = new CmosSetup(rtc);
    setup.memory(configuration.memoryMib());
    setup.drives(configuration);
    setup.bootOrder(configuration.bootOrder());
    setup.checksum();
  }

  private void set16(int address, int value) {
    rtc.preset(address, value & 0xFF);
    rtc.preset(address + 1, value >>> 8 & 0xFF);
  }

  private void memory(int mib) {
    set16(BASE_MEMORY, BASE_KIB);
    int extendedKib = Math.min((mib - 1) << 10, 0xFFFF);
    set16(EXTENDED_MEMORY, extendedKib);
    set16(EXTENDED_MEMORY_FOUND, extendedKib);
    set16(MEMORY_ABOVE_16_MIB, Math.max(0, mib - 16) << 4);
    set16(MEMORY_ABOVE_4_GIB, 0);
    rtc.preset(MEMORY_ABOVE_4_GIB + 2, 0);
    rtc.preset(CPU_COUNT_LESS_1, 0);
  }

  private void drives(MachineConfiguration configuration) {
    boolean a = configuration.drives().containsKey(DriveSlot.FLOPPY_A);
    boolean b = configuration.drives().containsKey(DriveSlot.FLOPPY_B);
    rtc.preset(FLOPPY_TYPES, (a ? FLOPPY_1440 << 4 : 0) | (b ? FLOPPY_1440 : 0));
    int floppies = a || b ? EQUIPMENT_FLOPPY | (a && b ? 1 << 6 : 0) : 0;
    rtc.preset(EQUIPMENT, floppies | EQUIPMENT_X87 | EQUIPMENT_MOUSE);
    boolean c = configuration.drives().get(DriveSlot.IDE_0_0) instanceof Drive.HardDisk;
    boolean d = configuration.drives().get(DriveSlot.IDE_0_1) instanceof Drive.HardDisk;
    rtc.preset(DISK_TYPES, (c ? DISK_TYPE_EXTENDED << 4 : 0) | (d ? DISK_TYPE_EXTENDED : 0));
    rtc.preset(DISK_TYPE_C, c ? DISK_TYPE_47 : 0);
    rtc.preset(DISK_TYPE_D, d ? DISK_TYPE_47 : 0);
  }

  /**
   * Three nibbles, as SeaBIOS takes them: first and second in 3Dh, third in the high half of 38h.
   */
  private void bootOrder(List<BootDevice> order) {
    int nibbles = 0;
    for (int i = 0; i < Math.min(order.size(), 3); i++) {
      nibbles |= number(order.get(i)) << 4 * i;
    }
    rtc.preset(BOOT_FLAGS_2, nibbles & 0xFF);
    // Bit 0: a floppy without a boot signature is booted all the same.
    rtc.preset(BOOT_FLAGS_1, nibbles >>> 4 & 0xF0 | 1);
  }

  private static int number(BootDevice device) {
    return switch (device) {
      case FLOPPY -> 1;
      case DISK -> 2;
      case CD -> 3;
      case NETWORK -> 4;
    };
  }

  private void checksum() {
    int sum = 0;
    for (int address = CHECKSUM_FIRST; address <= CHECKSUM_LAST; address++) {
      sum += rtc.ram(address);
    }
    rtc.preset(CHECKSUM, sum >>> 8 & 0xFF);
    rtc.preset(CHECKSUM + 1, sum & 0xFF);
  }
}
