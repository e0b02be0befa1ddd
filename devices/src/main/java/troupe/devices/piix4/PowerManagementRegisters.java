package troupe.devices.piix4;

/**
 * Configuration registers of function 3 and its power management I/O block ([82371AB] Power
 * Management PCI Configuration Registers, Power Management I/O Registers).
 */
final class PowerManagementRegisters {
  // Configuration space
  static final int PMBA = 0x40;
  static final int PMBA_ADDRESS = 0xFFC0;

  /** CNTA, CNTB and the device monitors: kept for those who read them back. */
  static final int CNTA = 0x44;

  static final int DEVACTB = 0x58;

  /** SMI on a write of APMC is enabled: what firmware takes as "SMM is set up". */
  static final int DEVACTB_APMC_EN = 1 << 25;

  static final int DEVICE_MONITORS_END = 0x80;
  static final int PMREGMISC = 0x80;
  static final int PMIOSE = 1 << 0;
  static final int SMBBA = 0x90;
  static final int SMBBA_ADDRESS = 0xFFF0;
  static final int SMBHSTCFG = 0xD2;
  static final int SMB_HST_EN = 1 << 0;
  static final int SMBREV = 0xD6;

  // I/O block
  static final int PMSTS = 0x00;
  static final int PMEN = 0x02;
  static final int PMCNTRL = 0x04;
  static final int PMTMR = 0x08;
  static final int GPSTS = 0x0C;
  static final int GPEN = 0x0E;
  static final int PCNTRL = 0x10;
  static final int GLBSTS = 0x18;
  static final int DEVSTS = 0x1C;
  static final int GLBEN = 0x20;
  static final int GLBCTL = 0x28;
  static final int DEVCTL = 0x2C;
  static final int GPIREG = 0x30;
  static final int GPOREG = 0x34;
  static final int BLOCK_SIZE = 0x40;

  // PMSTS, and PMEN where it has the same bit
  static final int TMROF = 1 << 0;
  static final int BM_STS = 1 << 4;
  static final int GBL = 1 << 5;
  static final int PWRBTN = 1 << 8;
  static final int RTC = 1 << 10;
  static final int RSM_STS = 1 << 15;
  static final int PMSTS_BITS = TMROF | BM_STS | GBL | PWRBTN | RTC | RSM_STS;
  static final int PMEN_BITS = TMROF | GBL | PWRBTN | RTC;

  // PMCNTRL
  static final int SCI_EN = 1 << 0;
  static final int BRLD_EN_BM = 1 << 1;
  static final int SUS_TYP_SHIFT = 10;
  static final int SUS_TYP = 7 << SUS_TYP_SHIFT;
  static final int SUS_EN = 1 << 13;

  /** SUS_TYP: soft off or suspend to disk. */
  static final int SOFT_OFF = 0;

  /** SUS_TYP: powered on, only the processor's context lost; firmware here uses it for S4. */
  static final int SUSPEND_TO_DISK = 2;

  /** SUS_TYP: working. */
  static final int WORKING = 5;

  /** GPSTS and GPEN: thermal, USB, ring and LID. */
  static final int GP_BITS = 0x0F01;

  /** GLBCTL: raise GBL_STS. */
  static final int BIOS_RLS = 1 << 1;

  static final int GPOREG_RESET = 0x7FFF_BFFF;
  static final int GPIREG_INPUTS = 0x00FF_FFFF;

  /** The timer has 24 bits; its overflow is a change of the highest. */
  static final int PMTMR_MASK = 0x00FF_FFFF;

  static final int PMTMR_HALF = 0x0080_0000;

  // APMC values: those of SeaBIOS and QEMU, and those of other firmware
  static final int APMC_ACPI_ENABLE = 0xF1;
  static final int APMC_ACPI_DISABLE = 0xF0;
  static final int APMC_ACPI_ENABLE_OTHER = 0xE1;
  static final int APMC_ACPI_DISABLE_OTHER = 0x1E;

  private PowerManagementRegisters() {}
}
