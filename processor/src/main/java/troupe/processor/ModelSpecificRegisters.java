package troupe.processor;

import java.util.Map;
import java.util.TreeMap;

/**
 * The MSRs of a Pentium III class processor ([SDM] vol. 4, chapter 2). Memory types are stored but
 * have no effect, since no cache is modelled.
 */
public final class ModelSpecificRegisters {
  private static final int TIME_STAMP_COUNTER = 0x10;
  private static final int PLATFORM_ID = 0x17;
  private static final int APIC_BASE = 0x1B;
  private static final int EBL_CR_POWERON = 0x2A;
  private static final int BIOS_UPDATE_TRIGGER = 0x79;
  private static final int BIOS_SIGN_ID = 0x8B;
  private static final int MTRRCAP = 0xFE;
  private static final int BBL_CR_CTL3 = 0x11E;
  private static final int SYSENTER_CS = 0x174;
  private static final int SYSENTER_ESP = 0x175;
  private static final int SYSENTER_EIP = 0x176;
  private static final int MCG_CAP = 0x179;
  private static final int MCG_STATUS = 0x17A;
  private static final int MISC_ENABLE = 0x1A0;
  private static final int DEBUGCTL = 0x1D9;
  private static final int PAT = 0x277;
  private static final int MTRR_DEF_TYPE = 0x2FF;
  private static final long PAT_RESET = 0x0007_0406_0007_0406L;

  /** Eight variable ranges, fixed ranges, write combining. */
  private static final long MTRRCAP_VALUE = 0x508;

  /** The bootstrap processor, with the local APIC disabled as a BIOS may do for good. */
  private static final long APIC_BASE_RESET = 0xFEE0_0100L;

  private static final long APIC_ENABLE = 1 << 11;

  /** Fast string operations. */
  private static final long MISC_ENABLE_RESET = 1;

  public int sysenterCs;
  public int sysenterEsp;
  public int sysenterEip;

  /** Registers that only keep what is written. */
  private final Map<Integer, Long> stored = new TreeMap<>();

  void reset() {
    sysenterCs = 0;
    sysenterEsp = 0;
    sysenterEip = 0;
    stored.clear();
  }

  /** SYSENTER registers, then pairs of register number and value. */
  long[] save() {
    long[] saved = new long[3 + 2 * stored.size()];
    saved[0] = sysenterCs;
    saved[1] = sysenterEsp;
    saved[2] = sysenterEip;
    int at = 3;
    for (Map.Entry<Integer, Long> entry : stored.entrySet()) {
      saved[at++] = entry.getKey();
      saved[at++] = entry.getValue();
    }
    return saved;
  }

  void restore(long[] saved) {
    reset();
    sysenterCs = (int) saved[0] & 0xFFFF;
    sysenterEsp = (int) saved[1];
    sysenterEip = (int) saved[2];
    for (int at = 3; at + 1 < saved.length; at += 2) {
      if (keeps((int) saved[at])) {
        stored.put((int) saved[at], saved[at + 1]);
      }
    }
  }

  private static boolean keeps(int msr) {
    boolean variable = msr >= 0x200 && msr <= 0x20F;
    boolean fixed = msr == 0x250 || msr == 0x258 || msr == 0x259 || msr >= 0x268 && msr <= 0x26F;
    boolean lastBranch = msr >= 0x1DB && msr <= 0x1DE;
    boolean counters = msr == 0xC1 || msr == 0xC2 || msr == 0x186 || msr == 0x187;
    return variable
        || fixed
        || lastBranch
        || counters
        || msr == PAT
        || msr == MTRR_DEF_TYPE
        || msr == EBL_CR_POWERON
        || msr == BIOS_UPDATE_TRIGGER
        || msr == BIOS_SIGN_ID
        || msr == BBL_CR_CTL3
        || msr == MCG_STATUS
        || msr == APIC_BASE
        || msr == MISC_ENABLE
        || msr == DEBUGCTL;
  }

  /** RDMSR; faults for registers that do not exist. */
  public long read(Processor c, int msr) {
    return switch (msr) {
      case TIME_STAMP_COUNTER -> c.timeStamp();
      case SYSENTER_CS -> sysenterCs;
      case SYSENTER_ESP -> sysenterEsp & 0xFFFFFFFFL;
      case SYSENTER_EIP -> sysenterEip & 0xFFFFFFFFL;
      case MTRRCAP -> MTRRCAP_VALUE;
      case PLATFORM_ID, MCG_CAP -> 0;
      case PAT -> stored.getOrDefault(PAT, PAT_RESET);
      case APIC_BASE -> stored.getOrDefault(APIC_BASE, APIC_BASE_RESET);
      case MISC_ENABLE -> stored.getOrDefault(MISC_ENABLE, MISC_ENABLE_RESET);
      default -> {
        if (!keeps(msr)) {
          throw c.generalProtection();
        }
        yield stored.getOrDefault(msr, 0L);
      }
    };
  }

  private static boolean validPat(long value) {
    for (int i = 0; i < 64; i += 8) {
      long type = value >>> i & 0xFF;
      if (type > 7 || type == 2 || type == 3) {
        return false;
      }
    }
    return true;
  }

  /** WRMSR; faults for registers that do not exist and values that they refuse. */
  public void write(Processor c, int msr, long value) {
    switch (msr) {
      case TIME_STAMP_COUNTER -> c.setTimeStamp(value);
      case SYSENTER_CS -> sysenterCs = (int) value & 0xFFFF;
      case SYSENTER_ESP -> sysenterEsp = (int) value;
      case SYSENTER_EIP -> sysenterEip = (int) value;
      default -> {
        if (!keeps(msr) || msr == PAT && !validPat(value)) {
          throw c.generalProtection();
        }
        if (msr == APIC_BASE) {
          // There is no local APIC to enable again.
          value &= ~APIC_ENABLE;
        }
        // A microcode update is taken without a word; the signature stays as it is.
        if (msr != BIOS_UPDATE_TRIGGER && msr != BIOS_SIGN_ID) {
          stored.put(msr, value);
        }
      }
    }
  }
}
