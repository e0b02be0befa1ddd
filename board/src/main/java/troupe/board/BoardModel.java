package troupe.board;

/** Which board the PC is built on. */
public enum BoardModel {
  /** Intel 82443BX and PIIX4, S3 Trio64: the board that Troupe's own firmware is for. */
  I440BX,
  /**
   * What SeaBIOS knows as QEMU's board: 82441FX and PIIX3 with the PIIX4's power management, a
   * Bochs-style display adapter, fw_cfg.
   */
  I440FX
}
