package troupe.devices.i82443bx;

/**
 * Configuration registers of the host bridge ([82443BX] Host-to-PCI Bridge Registers; those that
 * the [82441FX] has too are at the same offsets).
 */
final class HostBridgeRegisters {
  /** NBX Configuration, 32 bits; on the 82441FX PMCCFG and others. */
  static final int NBXCFG = 0x50;

  static final int DRAMC = 0x57;
  static final int DRAMT = 0x58;

  /** PAM0 to PAM6: programmable attribute map. */
  static final int PAM0 = 0x59;

  static final int PAM_COUNT = 7;

  /** Bits of one half of a PAM register. */
  static final int PAM_READ_ENABLE = 1 << 0;

  static final int PAM_WRITE_ENABLE = 1 << 1;

  /** DRB0 to DRB7: end of each DRAM row, in units of 8 MiB. */
  static final int DRB0 = 0x60;

  static final int DRB_COUNT = 8;
  static final int DRB_UNIT_MIB = 8;

  /** FDHC: fixed DRAM hole control. */
  static final int FDHC = 0x68;

  /** MBSC: memory buffer strength control, six bytes. */
  static final int MBSC = 0x69;

  static final int SMRAM = 0x72;
  static final int SMRAM_OPEN = 1 << 6;
  static final int SMRAM_CLOSED = 1 << 5;
  static final int SMRAM_LOCK = 1 << 4;
  static final int SMRAM_ENABLE = 1 << 3;

  /** C_BASE_SEG: A0000h, the only one there is. */
  static final int SMRAM_BASE_SEGMENT = 0x02;

  static final int ESMRAMC = 0x73;
  static final int RPS = 0x74;
  static final int SDRAMC = 0x76;
  static final int PGPOL = 0x78;
  static final int PMCR = 0x7A;
  static final int SCRR = 0x7B;
  static final int EAP = 0x80;
  static final int ERRCMD = 0x90;
  static final int ERRSTS = 0x91;

  /** BIOS scratch pad, 32 bits. */
  static final int BSPAD = 0xD0;

  private HostBridgeRegisters() {}
}
