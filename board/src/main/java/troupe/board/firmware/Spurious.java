package troupe.board.firmware;

/** Hardware interrupts that nobody expects, and what is asked of the interrupt controllers. */
final class Spurious {
  private static final int MASTER = 0x20;
  private static final int MASTER_MASK = 0x21;
  private static final int SLAVE = 0xA0;
  private static final int READ_IN_SERVICE = 0x0B;
  private static final int END_OF_INTERRUPT = 0x20;
  private static final int IRQ_0 = 1;
  private static final int CASCADE = 1 << 2;

  private Spurious() {}

  /** Ends what is in service; an IRQ 7 or 15 that is not, was noise. */
  static void interrupt(Caller caller) {
    caller.out8(MASTER, READ_IN_SERVICE);
    int master = caller.in8(MASTER);
    if (master == 0) {
      return;
    }
    if (Integer.lowestOneBit(master) == CASCADE) {
      caller.out8(SLAVE, READ_IN_SERVICE);
      if (caller.in8(SLAVE) != 0) {
        caller.out8(SLAVE, END_OF_INTERRUPT);
      }
    }
    caller.out8(MASTER, END_OF_INTERRUPT);
  }

  /** INT 76h and 77h: notes that a disk has interrupted, and takes the request back. */
  static void disk(Caller caller) {
    caller.bda8(Bda.DISK_INTERRUPT, 0xFF);
  }

  /** Whether the clock may not interrupt, so that a halt might not end. */
  static boolean clockMasked(Caller caller) {
    return (caller.in8(MASTER_MASK) & IRQ_0) != 0;
  }
}
