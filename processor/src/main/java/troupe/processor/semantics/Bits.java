package troupe.processor.semantics;

import static troupe.processor.Processor.CF;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/**
 * Bit tests and scans. With a register as the bit offset, a memory operand is a bit string that
 * reaches 2 GiB bits up and down ([SDM] vol. 2, BT).
 */
public final class Bits {
  private static final int TEST = 0;
  private static final int SET = 1;
  private static final int RESET = 2;
  private static final int COMPLEMENT = 3;

  private Bits() {}

  private static int changed(int operation, int value, int mask) {
    return switch (operation) {
      case SET -> value | mask;
      case RESET -> value & ~mask;
      default -> value ^ mask;
    };
  }

  private static void apply(Processor c, Insn i, int operation, int bit, boolean string) {
    int size = i.operand16 ? 16 : 32;
    int mask = 1 << (bit & size - 1);
    int value;
    if (i.rm >= 0) {
      value = c.r[i.rm];
      if (operation != TEST) {
        int result = changed(operation, value, mask);
        if (i.operand16) {
          c.set16(i.rm, result);
        } else {
          c.r[i.rm] = result;
        }
      }
    } else {
      int offset = c.effectiveAddress(i);
      if (string) {
        offset += i.operand16 ? (short) bit >> 4 << 1 : bit >> 5 << 2;
        if (i.address16) {
          offset &= 0xFFFF;
        }
      }
      if (operation == TEST) {
        value = i.operand16 ? c.read16(i.segment, offset) : c.read32(i.segment, offset);
      } else if (i.operand16) {
        value = c.readModify16(i.segment, offset);
        c.write16(i.segment, offset, changed(operation, value, mask));
      } else {
        value = c.readModify32(i.segment, offset);
        c.write32(i.segment, offset, changed(operation, value, mask));
      }
    }
    c.setArithmetic(CF, (value & mask) != 0 ? CF : 0);
  }

  public static void bt(Processor c, Insn i) {
    apply(c, i, TEST, c.r[i.reg], true);
  }

  public static void btImmediate(Processor c, Insn i) {
    apply(c, i, TEST, i.immediate, false);
  }

  public static void bts(Processor c, Insn i) {
    apply(c, i, SET, c.r[i.reg], true);
  }

  public static void btsImmediate(Processor c, Insn i) {
    apply(c, i, SET, i.immediate, false);
  }

  public static void btr(Processor c, Insn i) {
    apply(c, i, RESET, c.r[i.reg], true);
  }

  public static void btrImmediate(Processor c, Insn i) {
    apply(c, i, RESET, i.immediate, false);
  }

  public static void btc(Processor c, Insn i) {
    apply(c, i, COMPLEMENT, c.r[i.reg], true);
  }

  public static void btcImmediate(Processor c, Insn i) {
    apply(c, i, COMPLEMENT, i.immediate, false);
  }

  private static int scanned(Processor c, int source, int result) {
    c.flags(Flags.LOGIC32, 0, 0, source);
    return result;
  }

  /** Number of the lowest bit that is set; {@code before} if there is none. */
  public static int lowest(int before, int v) {
    return v == 0 ? before : Integer.numberOfTrailingZeros(v);
  }

  /** Number of the highest bit that is set; {@code before} if there is none. */
  public static int highest(int before, int v) {
    return v == 0 ? before : 31 - Integer.numberOfLeadingZeros(v);
  }

  public static int bsf16(Processor c, int before, int v) {
    return scanned(c, v, lowest(before, v));
  }

  public static int bsf32(Processor c, int before, int v) {
    return scanned(c, v, lowest(before, v));
  }

  public static int bsr16(Processor c, int before, int v) {
    return scanned(c, v, highest(before, v));
  }

  public static int bsr32(Processor c, int before, int v) {
    return scanned(c, v, highest(before, v));
  }
}
