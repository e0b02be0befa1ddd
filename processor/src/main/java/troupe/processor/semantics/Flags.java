package troupe.processor.semantics;

import static troupe.processor.Processor.AF;
import static troupe.processor.Processor.CF;
import static troupe.processor.Processor.OF;
import static troupe.processor.Processor.PF;
import static troupe.processor.Processor.SF;
import static troupe.processor.Processor.ZF;

/**
 * Arithmetic flags as functions of an operation: its kind, first operand a, second operand b, and
 * result r. Operands are zero-extended, the result sign-extended to 32 bits, so that zero, sign and
 * parity do not depend on the size.
 *
 * <p>Carry and overflow of additions and subtractions follow from a, b and r alone, with or without
 * a carry in.
 */
public final class Flags {
  /** The flags are in EFLAGS. */
  public static final int EAGER = 0;

  public static final int ADD8 = 1;
  public static final int ADD16 = 2;
  public static final int ADD32 = 3;
  public static final int SUB8 = 4;
  public static final int SUB16 = 5;
  public static final int SUB32 = 6;
  public static final int LOGIC8 = 7;
  public static final int LOGIC16 = 8;
  public static final int LOGIC32 = 9;

  /** b is the carry before, which stays. */
  public static final int INC8 = 10;

  public static final int INC16 = 11;
  public static final int INC32 = 12;
  public static final int DEC8 = 13;
  public static final int DEC16 = 14;
  public static final int DEC32 = 15;

  /** a is the carry, b the overflow flag, each 0 or 1; AF is clear. */
  public static final int GIVEN = 16;

  /** Shifts: b is the count, 1 to 31; AF is clear. */
  public static final int SHL8 = 17;

  public static final int SHL16 = 18;
  public static final int SHL32 = 19;
  public static final int SHR8 = 20;
  public static final int SHR16 = 21;
  public static final int SHR32 = 22;
  public static final int SAR8 = 23;
  public static final int SAR16 = 24;
  public static final int SAR32 = 25;

  /** a is the high half of an unsigned product, carry and overflow whether it is not zero. */
  public static final int MUL32 = 26;

  /** a is the high half of a signed product, carry and overflow whether it is not r's sign. */
  public static final int IMUL32 = 27;

  /** Rotates set carry and overflow alone, so that these are never the kind of all flags. */
  public static final int ROL32 = 28;

  public static final int ROR32 = 29;

  private Flags() {}

  /** Carry as 0 or 1. */
  public static int carry(int kind, int a, int b, int r) {
    return switch (kind) {
      case ADD8 -> (a & b | (a | b) & ~r) >>> 7 & 1;
      case ADD16 -> (a & b | (a | b) & ~r) >>> 15 & 1;
      case ADD32 -> (a & b | (a | b) & ~r) >>> 31;
      case SUB8 -> (~a & b | (~a | b) & r) >>> 7 & 1;
      case SUB16 -> (~a & b | (~a | b) & r) >>> 15 & 1;
      case SUB32 -> (~a & b | (~a | b) & r) >>> 31;
      case INC8, INC16, INC32, DEC8, DEC16, DEC32 -> b;
      case GIVEN -> a;
      case SHL8 -> b <= 8 ? a >>> 8 - b & 1 : 0;
      case SHL16 -> b <= 16 ? a >>> 16 - b & 1 : 0;
      case SHL32 -> a >>> 32 - b & 1;
      case SHR8, SHR16, SHR32 -> a >>> b - 1 & 1;
      case SAR8 -> (byte) a >> b - 1 & 1;
      case SAR16 -> (short) a >> b - 1 & 1;
      case SAR32 -> a >> b - 1 & 1;
      case MUL32 -> a != 0 ? 1 : 0;
      case IMUL32 -> a != r >> 31 ? 1 : 0;
      case ROL32 -> r & 1;
      case ROR32 -> r >>> 31;
      default -> 0;
    };
  }

  /** Overflow as 0 or 1. */
  public static int overflow(int kind, int a, int b, int r) {
    return switch (kind) {
      case ADD8 -> ((a ^ r) & (b ^ r)) >>> 7 & 1;
      case ADD16 -> ((a ^ r) & (b ^ r)) >>> 15 & 1;
      case ADD32 -> ((a ^ r) & (b ^ r)) >>> 31;
      case SUB8 -> ((a ^ b) & (a ^ r)) >>> 7 & 1;
      case SUB16 -> ((a ^ b) & (a ^ r)) >>> 15 & 1;
      case SUB32 -> ((a ^ b) & (a ^ r)) >>> 31;
      case INC8 -> (r & 0xFF) == 0x80 ? 1 : 0;
      case INC16 -> (r & 0xFFFF) == 0x8000 ? 1 : 0;
      case INC32 -> r == 0x8000_0000 ? 1 : 0;
      case DEC8 -> (r & 0xFF) == 0x7F ? 1 : 0;
      case DEC16 -> (r & 0xFFFF) == 0x7FFF ? 1 : 0;
      case DEC32 -> r == 0x7FFF_FFFF ? 1 : 0;
      case GIVEN -> b;
      case SHL8, SHL16, SHL32 -> carry(kind, a, b, r) ^ r >>> 31;
      case SHR8 -> a >>> 7 & 1;
      case SHR16 -> a >>> 15 & 1;
      case SHR32 -> a >>> 31;
      case MUL32 -> a != 0 ? 1 : 0;
      case IMUL32 -> a != r >> 31 ? 1 : 0;
      case ROL32 -> (r ^ r >>> 31) & 1;
      case ROR32 -> (r >>> 31 ^ r >>> 30) & 1;
      default -> 0;
    };
  }

  /** Auxiliary carry as 0 or 1. */
  public static int auxiliary(int kind, int a, int b, int r) {
    return switch (kind) {
      case ADD8, ADD16, ADD32, SUB8, SUB16, SUB32 -> (a ^ b ^ r) >>> 4 & 1;
      case INC8, INC16, INC32 -> (r & 0xF) == 0 ? 1 : 0;
      case DEC8, DEC16, DEC32 -> (r & 0xF) == 0xF ? 1 : 0;
      default -> 0;
    };
  }

  /** Parity of the low byte: 1 if even. */
  public static int parity(int r) {
    return ~Integer.bitCount(r & 0xFF) & 1;
  }

  /** All six arithmetic flags in their places in EFLAGS. */
  public static int all(int kind, int a, int b, int r) {
    return (carry(kind, a, b, r) != 0 ? CF : 0)
        | (parity(r) != 0 ? PF : 0)
        | (auxiliary(kind, a, b, r) != 0 ? AF : 0)
        | (r == 0 ? ZF : 0)
        | (r < 0 ? SF : 0)
        | (overflow(kind, a, b, r) != 0 ? OF : 0);
  }
}
