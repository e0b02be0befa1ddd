package troupe.processor.semantics;

import static troupe.processor.Processor.AF;
import static troupe.processor.Processor.CF;
import static troupe.processor.Processor.EAX;

import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** BCD adjustments ([SDM] vol. 2, each instruction's operation section). */
public final class Decimal {
  private Decimal() {}

  public static void daa(Processor c, Insn i) {
    decimalAdjust(c, 1);
  }

  public static void das(Processor c, Insn i) {
    decimalAdjust(c, -1);
  }

  private static void decimalAdjust(Processor c, int direction) {
    int al = c.r[EAX] & 0xFF;
    int before = c.eflags();
    int result = al;
    int set = 0;
    if ((al & 0xF) > 9 || (before & AF) != 0) {
      result += direction * 6;
      set |= AF;
      // The carry out of this step survives only in DAS, where the step below may not come.
      if (direction < 0 && (result & 0x100) != 0) {
        set |= CF;
      }
    }
    if (al > 0x99 || (before & CF) != 0) {
      result += direction * 0x60;
      set |= CF;
    }
    c.set8(EAX, result);
    c.flags(Flags.LOGIC8, 0, 0, (byte) result);
    c.setArithmetic(AF | CF, set);
  }

  public static void aaa(Processor c, Insn i) {
    asciiAdjust(c, 1);
  }

  public static void aas(Processor c, Insn i) {
    asciiAdjust(c, -1);
  }

  private static void asciiAdjust(Processor c, int direction) {
    int set = 0;
    if ((c.r[EAX] & 0xF) > 9 || (c.eflags() & AF) != 0) {
      c.set16(EAX, (c.r[EAX] & 0xFFFF) + direction * 0x106);
      set = AF | CF;
    }
    c.set8(EAX, c.r[EAX] & 0xF);
    c.flags(Flags.LOGIC8, 0, 0, (byte) c.r[EAX]);
    c.setArithmetic(AF | CF, set);
  }

  public static void aam(Processor c, Insn i) {
    if (i.immediate == 0) {
      throw c.fault(Fault.DE);
    }
    int al = c.r[EAX] & 0xFF;
    c.set16(EAX, al / i.immediate << 8 | al % i.immediate);
    c.flags(Flags.LOGIC8, 0, 0, (byte) c.r[EAX]);
  }

  public static void aad(Processor c, Insn i) {
    int al = (c.r[EAX] & 0xFF) + (c.r[EAX] >>> 8 & 0xFF) * i.immediate & 0xFF;
    c.set16(EAX, al);
    c.flags(Flags.LOGIC8, 0, 0, (byte) al);
  }
}
