package troupe.devices.piix4;

/** Configuration registers of function 0 ([82371AB] PCI to ISA Bridge Registers). */
final class IsaBridgeRegisters {
  static final int IORT = 0x4C;

  /** X-Bus chip select. */
  static final int XBCS = 0x4E;

  /** PIRQRCA to PIRQRCD. */
  static final int PIRQRC = 0x60;

  static final int PIRQ_COUNT = 4;
  static final int PIRQ_DISABLED = 1 << 7;
  static final int PIRQ_IRQ = 0x0F;

  /** IRQs that a PIRQ may be routed to: 3 to 7, 9 to 12, 14 and 15. */
  static final int ROUTABLE = 0xDEF8;

  static final int SERIRQC = 0x64;

  /** Top of memory. */
  static final int TOM = 0x69;

  static final int MSTAT = 0x6A;
  static final int MBDMA0 = 0x76;
  static final int APICBASE = 0x80;

  /** Deterministic latency control. */
  static final int DLC = 0x82;

  static final int PDMACFG = 0x90;
  static final int DDMABP = 0x92;

  /** General configuration. */
  static final int GENCFG = 0xB0;

  /** Real-time clock configuration. */
  static final int RTCCFG = 0xCB;

  private IsaBridgeRegisters() {}
}
