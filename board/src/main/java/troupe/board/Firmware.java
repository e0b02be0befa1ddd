package troupe.board;

import troupe.processor.Processor;

/**
 * Firmware whose work is done in Java: the ROM images hold stubs that call it. It keeps no state of
 * its own between calls but what is in the PC's memory and chips.
 */
public interface Firmware {
  /** The system BIOS, a multiple of 64 KiB; its last byte is at FFFFFh. */
  byte[] systemRom();

  /** The video BIOS, at C0000h. */
  byte[] videoRom();

  /**
   * Does what the stub at CS:EIP wants. May move the processor elsewhere.
   *
   * @return false if there is no call of that number
   */
  boolean call(Processor processor, int number);
}
