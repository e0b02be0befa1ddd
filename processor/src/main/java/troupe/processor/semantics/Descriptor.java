package troupe.processor.semantics;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;

/** Segment and gate descriptors ([SDM] vol. 3, 3.4.5), held as the 64 bits they are in memory. */
final class Descriptor {
  // Types of system descriptors.
  static final int TSS_16_AVAILABLE = 1;
  static final int LDT = 2;
  static final int TSS_16_BUSY = 3;
  static final int CALL_GATE_16 = 4;
  static final int TASK_GATE = 5;
  static final int INTERRUPT_GATE_16 = 6;
  static final int TRAP_GATE_16 = 7;
  static final int TSS_32_AVAILABLE = 9;
  static final int TSS_32_BUSY = 11;
  static final int CALL_GATE_32 = 12;
  static final int INTERRUPT_GATE_32 = 14;
  static final int TRAP_GATE_32 = 15;

  static final int RPL = 3;
  private static final int TABLE_INDICATOR = 4;
  private static final int ACCESSED_BYTE = 5;

  private Descriptor() {}

  static boolean isNull(int selector) {
    return (selector & ~RPL & 0xFFFF) == 0;
  }

  /** Linear address of a descriptor, or -1 if the selector points past its table. */
  static long address(Processor c, int selector) {
    int index = selector & 0xFFF8;
    if ((selector & TABLE_INDICATOR) != 0) {
      boolean usable = c.segments.attributes[Processor.LDTR] != 0;
      long limit = c.segments.limit[Processor.LDTR] & 0xFFFFFFFFL;
      return usable && index + 7 <= limit
          ? c.segments.base[Processor.LDTR] + index & 0xFFFFFFFFL
          : -1;
    }
    return index + 7 <= c.gdtLimit ? c.gdtBase + index & 0xFFFFFFFFL : -1;
  }

  /**
   * The descriptor of a selector; faults with {@code vector}(selector) if it is out of its table.
   */
  static long read(Processor c, int selector, int vector) {
    long address = address(c, selector);
    if (address < 0) {
      throw c.fault(vector, selector & 0xFFFC);
    }
    return readAt(c, (int) address);
  }

  static long readAt(Processor c, int linear) {
    return c.mmu.readSystem64(linear);
  }

  static int base(long d) {
    return (int) (d >>> 16) & 0xFFFFFF | (int) (d >>> 32) & 0xFF000000;
  }

  /** Limit in bytes. */
  static int limit(long d) {
    int limit = (int) d & 0xFFFF | (int) (d >>> 32) & 0xF0000;
    return (attributes(d) & SegmentRegisters.GRANULAR) != 0 ? limit << 12 | 0xFFF : limit;
  }

  /** As in {@link SegmentRegisters#attributes}. */
  static int attributes(long d) {
    return (int) (d >>> 40) & 0xF0FF;
  }

  static boolean present(long d) {
    return (attributes(d) & SegmentRegisters.PRESENT) != 0;
  }

  static int dpl(long d) {
    return attributes(d) >>> SegmentRegisters.DPL_SHIFT & 3;
  }

  static boolean codeOrData(long d) {
    return (attributes(d) & SegmentRegisters.CODE_OR_DATA) != 0;
  }

  static int type(long d) {
    return attributes(d) & SegmentRegisters.TYPE;
  }

  static boolean code(long d) {
    return codeOrData(d) && (attributes(d) & SegmentRegisters.CODE) != 0;
  }

  static boolean conforming(long d) {
    return (attributes(d) & SegmentRegisters.EXPAND_DOWN) != 0;
  }

  static boolean writableData(long d) {
    int kind = SegmentRegisters.CODE_OR_DATA | SegmentRegisters.CODE | SegmentRegisters.WRITABLE;
    return (attributes(d) & kind) == (SegmentRegisters.CODE_OR_DATA | SegmentRegisters.WRITABLE);
  }

  /** Data, or code that may be read. */
  static boolean readable(long d) {
    int a = attributes(d);
    return codeOrData(d)
        && ((a & SegmentRegisters.CODE) == 0 || (a & SegmentRegisters.WRITABLE) != 0);
  }

  // Gates.

  static int gateSelector(long d) {
    return (int) (d >>> 16) & 0xFFFF;
  }

  static int gateOffset(long d) {
    int low = (int) d & 0xFFFF;
    return (type(d) & 8) != 0 ? low | (int) (d >>> 32) & 0xFFFF0000 : low;
  }

  static int gateParameters(long d) {
    return (int) (d >>> 32) & 31;
  }

  /** Sets the accessed bit in memory, and returns the descriptor with it. */
  static long accessed(Processor c, int selector, long d) {
    if ((attributes(d) & SegmentRegisters.ACCESSED) == 0) {
      int address = (int) address(c, selector) + ACCESSED_BYTE;
      c.mmu.writeSystem8(address, attributes(d) & 0xFF | SegmentRegisters.ACCESSED);
      return d | (long) SegmentRegisters.ACCESSED << 40;
    }
    return d;
  }

  /** Sets or clears the busy bit of a TSS descriptor in the GDT. */
  static void setBusy(Processor c, int selector, boolean busy) {
    int address = c.gdtBase + (selector & 0xFFF8) + ACCESSED_BYTE;
    int value = c.mmu.readSystem8(address);
    c.mmu.writeSystem8(address, busy ? value | 2 : value & ~2);
  }

  /** Loads register {@code n} from a descriptor that has been checked. */
  static void load(Processor c, int n, int selector, long d) {
    c.segments.set(n, selector, base(d), limit(d), attributes(d));
  }

  static Fault fault(Processor c, int vector, int selector) {
    return c.fault(vector, selector & 0xFFFC);
  }
}
