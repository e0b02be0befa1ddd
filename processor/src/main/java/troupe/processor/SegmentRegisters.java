package troupe.processor;

import java.util.Arrays;

/**
 * ES, CS, SS, DS, FS, GS, LDTR and TR with their hidden parts ([SDM] vol. 3, 3.4.3). Two limits are
 * derived for each, so that an access needs one comparison: the last byte that may be read and
 * written, or -1 where the question needs the long way (no rights, or an expand-down segment).
 */
public final class SegmentRegisters {
  // Attribute bits: bits 23-8 of the upper half of a descriptor, moved down by 8.
  public static final int TYPE = 0xF;
  public static final int ACCESSED = 1;

  /** Writable data, or readable code. */
  public static final int WRITABLE = 1 << 1;

  /** Expand-down data, or conforming code. */
  public static final int EXPAND_DOWN = 1 << 2;

  public static final int CODE = 1 << 3;

  /** S: code or data rather than a system segment. */
  public static final int CODE_OR_DATA = 1 << 4;

  public static final int DPL_SHIFT = 5;
  public static final int PRESENT = 1 << 7;

  /** D/B. */
  public static final int BIG = 1 << 14;

  public static final int GRANULAR = 1 << 15;

  /** Attributes in real and virtual-8086 mode, but for the DPL. */
  public static final int REAL_MODE = PRESENT | CODE_OR_DATA | WRITABLE | ACCESSED;

  public final int[] selector = new int[8];
  public final int[] base = new int[8];

  /** Limit in bytes, unsigned. */
  public final int[] limit = new int[8];

  /** 0 for a null segment. */
  public final int[] attributes = new int[8];

  public final long[] readLimit = new long[8];
  public final long[] writeLimit = new long[8];

  /**
   * What translated code is made for: bit n, segment register n reaches all linear addresses as
   * they are, for reading and writing; and the two flags below.
   */
  public int mode;

  /** In {@link #mode}, from this bit on: segment register n has no limit, whatever its base. */
  public static final int WHOLE_SHIFT = 16;

  /** In {@link #mode}: B of SS. */
  public static final int STACK32 = 1 << 8;

  /** In {@link #mode}: D of CS. */
  public static final int CODE32 = 1 << 9;

  /** Loads all parts of one register. */
  public void set(int n, int selector, int base, int limit, int attributes) {
    this.selector[n] = selector & 0xFFFF;
    this.base[n] = base;
    this.limit[n] = limit;
    this.attributes[n] = attributes;
    derive(n);
  }

  /** Whether {@link #set} would change nothing: kernels load what is there at each entry. */
  public boolean holds(int n, int selector, int base, int limit, int attributes) {
    return this.selector[n] == selector
        && this.base[n] == base
        && this.limit[n] == limit
        && this.attributes[n] == attributes;
  }

  /** Loads a selector as real and virtual-8086 mode do; limit and attributes stay in real mode. */
  public void setReal(int n, int selector) {
    this.selector[n] = selector & 0xFFFF;
    base[n] = (selector & 0xFFFF) << 4;
    deriveMode(n);
  }

  /** Puts a register into the state it has in virtual-8086 mode. */
  public void setVirtual8086(int n, int selector) {
    set(n, selector, (selector & 0xFFFF) << 4, 0xFFFF, REAL_MODE | 3 << DPL_SHIFT);
  }

  /** Makes a register null: every access through it faults. */
  public void setNull(int n, int selector) {
    set(n, selector, 0, 0, 0);
  }

  private void derive(int n) {
    int a = attributes[n];
    boolean usable = (a & PRESENT) != 0 && (a & CODE_OR_DATA) != 0;
    boolean code = (a & CODE) != 0;
    boolean plain = usable && (code || (a & EXPAND_DOWN) == 0);
    boolean readable = !code || (a & WRITABLE) != 0;
    boolean writable = !code && (a & WRITABLE) != 0;
    readLimit[n] = plain && readable ? limit[n] & 0xFFFFFFFFL : -1;
    writeLimit[n] = plain && writable ? limit[n] & 0xFFFFFFFFL : -1;
    deriveMode(n);
  }

  private void deriveMode(int n) {
    boolean flat =
        base[n] == 0
            && readLimit[n] == 0xFFFFFFFFL
            && (n == Processor.CS || writeLimit[n] == 0xFFFFFFFFL);
    mode = flat ? mode | 1 << n : mode & ~(1 << n);
    boolean whole = readLimit[n] == 0xFFFFFFFFL && writeLimit[n] == 0xFFFFFFFFL;
    mode = whole ? mode | 1 << n << WHOLE_SHIFT : mode & ~(1 << n << WHOLE_SHIFT);
    if (n == Processor.SS || n == Processor.CS) {
      int flag = n == Processor.SS ? STACK32 : CODE32;
      mode = (attributes[n] & BIG) != 0 ? mode | flag : mode & ~flag;
    }
  }

  /** Reset values: all 0, CS at F000:FFF0 with its base at FFFF0000h ([SDM] vol. 3, table 9-1). */
  public void reset() {
    for (int n = 0; n < 6; n++) {
      set(n, 0, 0, 0xFFFF, REAL_MODE);
    }
    set(Processor.CS, 0xF000, 0xFFFF0000, 0xFFFF, REAL_MODE | CODE);
    // In real mode CS can be written through, as data.
    writeLimit[Processor.CS] = 0xFFFF;
    set(Processor.LDTR, 0, 0, 0xFFFF, PRESENT | 2);
    set(Processor.TR, 0, 0, 0xFFFF, PRESENT | 11);
  }

  int[] copyOf(int[] field) {
    return Arrays.copyOf(field, field.length);
  }

  /** The long way: returns if the read is allowed after all (expand-down), else throws. */
  void checkRead(Processor c, int n, int offset, int size) {
    int a = attributes[n];
    boolean readable = (a & CODE) == 0 || (a & WRITABLE) != 0;
    if (!readable || !within(n, offset, size)) {
      throw refuse(c, n);
    }
  }

  void checkWrite(Processor c, int n, int offset, int size) {
    int a = attributes[n];
    boolean writable = (a & CODE) == 0 && (a & WRITABLE) != 0;
    boolean realCode = n == Processor.CS && c.cpl == 0 && (c.cr0 & Processor.CR0_PE) == 0;
    boolean virtualCode = (c.eflags & Processor.VM) != 0;
    if (!(writable || realCode || virtualCode) || !within(n, offset, size)) {
      throw refuse(c, n);
    }
  }

  private boolean within(int n, int offset, int size) {
    int a = attributes[n];
    if ((a & PRESENT) == 0 || (a & CODE_OR_DATA) == 0) {
      return false;
    }
    long first = offset & 0xFFFFFFFFL;
    long last = first + size - 1;
    long bound = limit[n] & 0xFFFFFFFFL;
    if ((a & (CODE | EXPAND_DOWN)) == EXPAND_DOWN) {
      long top = (a & BIG) != 0 ? 0xFFFFFFFFL : 0xFFFF;
      return first > bound && last <= top;
    }
    return last <= bound;
  }

  private static Fault refuse(Processor c, int n) {
    return c.fault(n == Processor.SS ? Fault.SS : Fault.GP, 0);
  }
}
