package troupe.board.firmware;

/**
 * PCI configuration space through mechanism 1 ([PCI] 2.1, 3.7.4.1). Functions are numbered as PCI
 * BIOS does: bus in bits 15-8, device in 7-3, function in 2-0.
 */
final class PciConfiguration {
  static final int ADDRESS = 0xCF8;
  static final int DATA = 0xCFC;
  private static final int ENABLE = 1 << 31;

  static final int VENDOR = 0x00;
  static final int COMMAND = 0x04;
  static final int CLASS_REVISION = 0x08;
  static final int HEADER_TYPE = 0x0E;
  static final int BAR_0 = 0x10;
  static final int ROM = 0x30;
  static final int INTERRUPT_LINE = 0x3C;
  static final int INTERRUPT_PIN = 0x3D;

  static final int COMMAND_IO = 1;
  static final int COMMAND_MEMORY = 2;
  static final int COMMAND_MASTER = 4;

  private static final int MULTIFUNCTION = 0x80;
  private static final int FUNCTIONS = 256;

  private final Caller caller;

  PciConfiguration(Caller caller) {
    this.caller = caller;
  }

  private void address(int function, int register) {
    caller.out32(ADDRESS, ENABLE | (function & 0xFFFF) << 8 | register & 0xFC);
  }

  int read8(int function, int register) {
    address(function, register);
    return caller.in8(DATA + (register & 3));
  }

  int read16(int function, int register) {
    address(function, register);
    return caller.in16(DATA + (register & 2));
  }

  int read32(int function, int register) {
    address(function, register);
    return caller.in32(DATA);
  }

  void write8(int function, int register, int value) {
    address(function, register);
    caller.out8(DATA + (register & 3), value);
  }

  void write16(int function, int register, int value) {
    address(function, register);
    caller.out16(DATA + (register & 2), value);
  }

  void write32(int function, int register, int value) {
    address(function, register);
    caller.out32(DATA, value);
  }

  boolean present(int function) {
    int vendor = read16(function, VENDOR);
    return vendor != 0xFFFF && vendor != 0;
  }

  /** Functions of bus 0, in order. */
  int[] functions() {
    int[] found = new int[FUNCTIONS];
    int count = 0;
    for (int device = 0; device < FUNCTIONS; device += 8) {
      if (!present(device)) {
        continue;
      }
      boolean several = (read8(device, HEADER_TYPE) & MULTIFUNCTION) != 0;
      for (int function = device; function < device + (several ? 8 : 1); function++) {
        if (present(function)) {
          found[count++] = function;
        }
      }
    }
    return java.util.Arrays.copyOf(found, count);
  }

  /** The function number {@code index} with a vendor and device, or -1. */
  int findDevice(int vendor, int device, int index) {
    for (int function : functions()) {
      if (read32(function, VENDOR) == (device << 16 | vendor) && index-- == 0) {
        return function;
      }
    }
    return -1;
  }

  /** The function number {@code index} with a 24-bit class code, or -1. */
  int findClass(int classCode, int index) {
    for (int function : functions()) {
      if (read32(function, CLASS_REVISION) >>> 8 == classCode && index-- == 0) {
        return function;
      }
    }
    return -1;
  }
}
