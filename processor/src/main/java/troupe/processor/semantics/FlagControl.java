package troupe.processor.semantics;

import static troupe.processor.Processor.AC;
import static troupe.processor.Processor.ARITHMETIC;
import static troupe.processor.Processor.CF;
import static troupe.processor.Processor.DF;
import static troupe.processor.Processor.EAX;
import static troupe.processor.Processor.ID;
import static troupe.processor.Processor.IF;
import static troupe.processor.Processor.IOPL;
import static troupe.processor.Processor.NT;
import static troupe.processor.Processor.OF;
import static troupe.processor.Processor.RF;
import static troupe.processor.Processor.TF;
import static troupe.processor.Processor.VIF;
import static troupe.processor.Processor.VIP;
import static troupe.processor.Processor.VM;

import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Single flags, PUSHF and POPF, and the virtual interrupt flag ([SDM] vol. 3, 20.3 and 20.4). */
public final class FlagControl {
  private static final int STATUS_IN_AH = ARITHMETIC & ~OF;

  private FlagControl() {}

  static int iopl(Processor c) {
    return c.eflags >>> 12 & 3;
  }

  public static void cmc(Processor c, Insn i) {
    c.setArithmetic(CF, ~c.eflags());
  }

  public static void clc(Processor c, Insn i) {
    c.setArithmetic(CF, 0);
  }

  public static void stc(Processor c, Insn i) {
    c.setArithmetic(CF, CF);
  }

  public static void cld(Processor c, Insn i) {
    c.eflags &= ~DF;
  }

  public static void std(Processor c, Insn i) {
    c.eflags |= DF;
  }

  public static void sahf(Processor c, Insn i) {
    c.setArithmetic(STATUS_IN_AH, c.r[EAX] >>> 8);
  }

  public static void lahf(Processor c, Insn i) {
    c.set8(4, c.eflags() & STATUS_IN_AH | 2);
  }

  /** Undocumented: AL becomes FFh or 0 as the carry flag. */
  public static void salc(Processor c, Insn i) {
    c.set8(EAX, -c.carry());
  }

  /** Faults unless CLI and STI act on VIF where they may not act on IF. */
  private static void checkVirtual(Processor c) {
    boolean extended =
        c.virtual8086()
            ? (c.cr4 & Processor.CR4_VME) != 0
            : c.cpl == 3 && (c.cr4 & Processor.CR4_PVI) != 0;
    if (!extended) {
      throw c.generalProtection();
    }
  }

  public static void cli(Processor c, Insn i) {
    if (c.mayChangeInterruptFlag()) {
      c.disableInterrupts();
    } else {
      checkVirtual(c);
      c.setFlag(VIF, false);
    }
  }

  public static void sti(Processor c, Insn i) {
    if (c.mayChangeInterruptFlag()) {
      c.enableInterrupts();
    } else {
      checkVirtual(c);
      if ((c.eflags & VIP) != 0) {
        throw c.generalProtection();
      }
      c.setFlag(VIF, true);
    }
  }

  /** The image that PUSHF pushes. */
  public static int pushed(Processor c, boolean word) {
    int image = c.eflags() & ~(VM | RF);
    if (c.virtual8086() && iopl(c) < 3) {
      if (!word || (c.cr4 & Processor.CR4_VME) == 0) {
        throw c.generalProtection();
      }
      // With the virtual-8086 extensions, VIF is shown in the place of IF and IOPL as 3.
      return image & ~IF | IOPL | ((image & VIF) != 0 ? IF : 0);
    }
    return image;
  }

  /** Takes the image that POPF popped. */
  public static void popped(Processor c, int image, boolean word) {
    int allowed = ARITHMETIC | TF | DF | NT | (word ? 0 : AC | ID);
    if (c.virtual8086() && iopl(c) < 3) {
      if (!word || (c.cr4 & Processor.CR4_VME) == 0) {
        throw c.generalProtection();
      }
      if ((image & TF) != 0 || (image & IF) != 0 && (c.eflags & VIP) != 0) {
        throw c.generalProtection();
      }
      int vif = (image & IF) != 0 ? VIF : 0;
      c.setFlags(allowed | VIF, image & ~VIF | vif);
      return;
    }
    if (!c.protectedMode() || c.cpl == 0) {
      allowed |= IOPL | IF;
    } else if (c.cpl <= iopl(c)) {
      allowed |= IF;
    }
    c.setFlags(allowed, image);
    if (!word) {
      c.eflags &= ~RF;
    }
  }
}
