package troupe.processor;

/** What the board around the processor provides besides memory and I/O. */
public interface Surroundings {
  /** INTA cycle: the vector of the interrupt that the controller asked for. */
  int acknowledgeInterrupt();

  /** The time-stamp counter; never goes back. */
  long timeStamp();

  /** FERR#: an unmasked x87 error is pending and CR0.NE is clear. */
  void floatingPointError(boolean asserted);

  /** Shutdown after a triple fault: the processor stops until reset. */
  void tripleFault();

  /**
   * The instruction 0F 3F ib, which is undefined elsewhere, was executed at a physical address from
   * C0000h to FFFFFh, or at such a linear address in virtual-8086 mode with IOPL 3: a call of the
   * board's own firmware. False if there is none (then it is an invalid opcode). May throw {@link
   * Fault}, if memory it touches through the processor is not present; the call is then executed
   * again.
   */
  boolean firmwareCall(Processor processor, int number);
}
