package troupe.processor;

/**
 * Debug registers ([SDM] vol. 3, 17.2). Breakpoints that match are collected while an instruction
 * runs and delivered as #DB after it (data) or before it (instruction).
 */
public final class Debug {
  public static final int DR6_RESET = 0xFFFF0FF0;
  public static final int DR7_RESET = 0x400;
  public static final int DR6_BD = 1 << 13;
  public static final int DR6_BS = 1 << 14;
  public static final int DR6_BT = 1 << 15;
  public static final int DR7_GD = 1 << 13;

  private static final int EXECUTE = 0;
  private static final int WRITE = 1;
  private static final int IO = 2;
  private static final int READ_WRITE = 3;

  private final Processor c;

  /** DR6 bits B0-B3 of data and I/O breakpoints met by the instruction that is running. */
  private int met;

  Debug(Processor c) {
    this.c = c;
  }

  private static int kind(int dr7, int n) {
    return dr7 >>> 16 + 4 * n & 3;
  }

  private static int length(int dr7, int n) {
    return switch (dr7 >>> 18 + 4 * n & 3) {
      case 0 -> 1;
      case 1 -> 2;
      case 2 -> 8;
      default -> 4;
    };
  }

  private boolean enabled(int n) {
    return (c.dr[7] >>> 2 * n & 3) != 0;
  }

  private boolean armed(int... kinds) {
    for (int n = 0; n < 4; n++) {
      for (int kind : kinds) {
        if (enabled(n) && kind(c.dr[7], n) == kind) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether each instruction has to be looked at. */
  public boolean active() {
    return (c.dr[7] & 0xFF) != 0;
  }

  /** Before an instruction: nothing met yet. */
  public void begin() {
    met = 0;
  }

  /** After an instruction: DR6 bits of the data and I/O breakpoints that it met. */
  public int end() {
    return met;
  }

  /** Whether an instruction breakpoint is enabled. */
  public boolean watchesCode() {
    return (c.dr[7] & 0xFF) != 0 && armed(EXECUTE);
  }

  boolean watchesData() {
    return (c.dr[7] & 0xFF) != 0 && armed(WRITE, READ_WRITE);
  }

  /** DR6 bits of the instruction breakpoints at a linear address. */
  public int codeMatches(int linear) {
    int bits = 0;
    for (int n = 0; n < 4; n++) {
      if (enabled(n) && kind(c.dr[7], n) == EXECUTE && c.dr[n] == linear) {
        bits |= 1 << n;
      }
    }
    return bits;
  }

  void dataAccess(int linear, int size, boolean write) {
    for (int n = 0; n < 4; n++) {
      int kind = kind(c.dr[7], n);
      if (enabled(n) && (kind == READ_WRITE || kind == WRITE && write)) {
        matchRange(n, linear, size);
      }
    }
  }

  /** An I/O access; breakpoints on ports need CR4.DE. */
  public void ioAccess(int port, int size) {
    if ((c.dr[7] & 0xFF) == 0 || (c.cr4 & Processor.CR4_DE) == 0) {
      return;
    }
    for (int n = 0; n < 4; n++) {
      if (enabled(n) && kind(c.dr[7], n) == IO) {
        matchRange(n, port, size);
      }
    }
  }

  private void matchRange(int n, int address, int size) {
    int length = length(c.dr[7], n);
    int start = c.dr[n] & -length;
    if (Integer.compareUnsigned(address, start + length - 1) <= 0
        && Integer.compareUnsigned(start, address + size - 1) <= 0) {
      met |= 1 << n;
    }
  }
}
