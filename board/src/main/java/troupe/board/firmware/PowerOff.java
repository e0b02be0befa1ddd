package troupe.board.firmware;

/** The ends of a PC: soft off through the PIIX4, reset through the reset control register. */
final class PowerOff {
  private static final int PMCNTRL = PciSetup.POWER_MANAGEMENT_PORT + 0x04;
  private static final int SUS_EN = 1 << 13;
  private static final int RESET_CONTROL = 0xCF9;
  private static final int SYSTEM_RESET = 0x02;
  private static final int RESET_CPU = 0x04;

  private PowerOff() {}

  static void now(Caller caller) {
    caller.out16(PMCNTRL, SUS_EN);
  }

  static void reset(Caller caller) {
    caller.out8(RESET_CONTROL, SYSTEM_RESET);
    caller.out8(RESET_CONTROL, SYSTEM_RESET | RESET_CPU);
  }
}
