package troupe.processor.semantics;

import static troupe.processor.Processor.CR0_CD;
import static troupe.processor.Processor.CR0_NW;
import static troupe.processor.Processor.CR0_PE;
import static troupe.processor.Processor.CR0_PG;
import static troupe.processor.Processor.CR0_TS;
import static troupe.processor.Processor.DR7_FIXED;

import troupe.processor.Debug;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;

/** Control and debug registers, descriptor table registers, HLT. */
public final class SystemControl {
  private SystemControl() {}

  private static void storeTable(Processor c, Insn i, int limit, int base) {
    int offset = c.effectiveAddress(i);
    c.probeWrite(i.segment, offset, 6);
    c.write16(i.segment, offset, limit);
    c.write32(i.segment, offset + 2, base);
  }

  public static void sgdt(Processor c, Insn i) {
    storeTable(c, i, c.gdtLimit, c.gdtBase);
  }

  public static void sidt(Processor c, Insn i) {
    storeTable(c, i, c.idtLimit, c.idtBase);
  }

  public static void lgdt(Processor c, Insn i) {
    c.needPrivilege0();
    int offset = c.effectiveAddress(i);
    int limit = c.read16(i.segment, offset);
    int base = c.read32(i.segment, offset + 2);
    c.gdtLimit = limit;
    c.gdtBase = i.operand16 ? base & 0xFFFFFF : base;
  }

  public static void lidt(Processor c, Insn i) {
    c.needPrivilege0();
    int offset = c.effectiveAddress(i);
    int limit = c.read16(i.segment, offset);
    int base = c.read32(i.segment, offset + 2);
    c.idtLimit = limit;
    c.idtBase = i.operand16 ? base & 0xFFFFFF : base;
  }

  public static void smsw(Processor c, Insn i) {
    if (i.rm < 0) {
      c.write16(i.segment, c.effectiveAddress(i), c.cr0);
    } else if (i.operand16) {
      c.set16(i.rm, c.cr0);
    } else {
      c.r[i.rm] = c.cr0;
    }
  }

  /** Changes the low four bits of CR0, but cannot clear PE. */
  public static void lmsw(Processor c, Insn i) {
    c.needPrivilege0();
    int value = i.rm >= 0 ? c.get16(i.rm) : c.read16(i.segment, c.effectiveAddress(i));
    c.setCr0(c.cr0 & ~0xE | value & 0xF | c.cr0 & CR0_PE);
  }

  public static void invlpg(Processor c, Insn i) {
    c.needPrivilege0();
    c.mmu.invalidate(c.segments.base[i.segment] + c.effectiveAddress(i));
  }

  public static void clts(Processor c, Insn i) {
    c.needPrivilege0();
    c.cr0 &= ~CR0_TS;
  }

  /** No cache is modelled, so that there is nothing to write back or lose. */
  public static void wbinvd(Processor c, Insn i) {
    c.needPrivilege0();
  }

  public static void movFromControl(Processor c, Insn i) {
    int value =
        switch (i.reg) {
          case 0 -> c.cr0;
          case 2 -> c.cr2;
          case 3 -> c.mmu.cr3();
          case 4 -> c.cr4;
          default -> throw c.undefinedOpcode();
        };
    c.needPrivilege0();
    c.r[i.rm] = value;
  }

  public static void movToControl(Processor c, Insn i) {
    if (i.reg != 0 && i.reg != 2 && i.reg != 3 && i.reg != 4) {
      throw c.undefinedOpcode();
    }
    c.needPrivilege0();
    int value = c.r[i.rm];
    switch (i.reg) {
      case 0 -> {
        boolean pagingWithoutProtection = (value & CR0_PG) != 0 && (value & CR0_PE) == 0;
        boolean writeThroughWithoutDisable = (value & CR0_NW) != 0 && (value & CR0_CD) == 0;
        if (pagingWithoutProtection || writeThroughWithoutDisable) {
          throw c.generalProtection();
        }
        c.setCr0(value);
      }
      case 2 -> c.cr2 = value;
      case 3 -> {
        if (!c.mmu.setCr3(value)) {
          throw c.generalProtection();
        }
        c.mmu.flush();
      }
      default -> c.setCr4(value);
    }
  }

  private static void debugRegister(Processor c, Insn i) {
    if ((i.reg == 4 || i.reg == 5) && (c.cr4 & Processor.CR4_DE) != 0) {
      throw c.undefinedOpcode();
    }
    c.needPrivilege0();
    if ((c.dr[7] & Debug.DR7_GD) != 0) {
      c.dr[6] |= Debug.DR6_BD;
      c.dr[7] &= ~Debug.DR7_GD;
      throw c.fault(Fault.DB);
    }
  }

  /** DR4 and DR5 are other names of DR6 and DR7. */
  private static int debugNumber(Insn i) {
    return i.reg == 4 || i.reg == 5 ? i.reg + 2 : i.reg;
  }

  public static void movFromDebug(Processor c, Insn i) {
    debugRegister(c, i);
    c.r[i.rm] = c.dr[debugNumber(i)];
  }

  public static void movToDebug(Processor c, Insn i) {
    debugRegister(c, i);
    int value = c.r[i.rm];
    switch (debugNumber(i)) {
      case 6 -> c.dr[6] = value & 0xE00F | Debug.DR6_RESET;
      case 7 -> c.setDr7(value & 0xFFFF2BFF | DR7_FIXED);
      default -> {
        c.dr[i.reg] = value;
        c.setDr7(c.dr[7]);
      }
    }
  }

  public static void hlt(Processor c, Insn i) {
    c.needPrivilege0();
    c.halt();
  }

  /** See {@link troupe.processor.Surroundings#firmwareCall}. */
  public static void firmwareCall(Processor c, Insn i) {
    int linear = c.segments.base[Processor.CS] + c.start;
    boolean here = inFirmware(c.mmu.fetch(linear)) || trustedV86(c) && inFirmware(linear);
    if (!here || !c.surroundings.firmwareCall(c, i.immediate)) {
      throw c.undefinedOpcode();
    }
  }

  private static boolean inFirmware(int address) {
    return address >= 0xC0000 && address <= 0xFFFFF;
  }

  /**
   * Memory managers of DOS, as EMM386, map a copy of the firmware in RAM to where it was. What they
   * run has IOPL 3, unlike a virtual-8086 program of an operating system that protects itself from
   * it.
   */
  private static boolean trustedV86(Processor c) {
    return c.virtual8086() && (c.eflags & Processor.IOPL) == Processor.IOPL;
  }
}
