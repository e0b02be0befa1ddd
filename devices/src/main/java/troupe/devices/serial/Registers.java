package troupe.devices.serial;

/** Registers of the 16550A and their bits ([PC16550D] Summary of Registers). */
final class Registers {
  /** Receive buffer, transmit holding; divisor low byte when DLAB is set. */
  static final int RBR_THR_DLL = 0;

  /** Interrupt enable; divisor high byte when DLAB is set. */
  static final int IER_DLM = 1;

  /** Interrupt identification (read), FIFO control (write). */
  static final int IIR_FCR = 2;

  static final int LCR = 3;
  static final int MCR = 4;
  static final int LSR = 5;
  static final int MSR = 6;

  static final int IER_RECEIVED_DATA = 0x01;
  static final int IER_TRANSMITTER_EMPTY = 0x02;
  static final int IER_LINE_STATUS = 0x04;
  static final int IER_MODEM_STATUS = 0x08;
  static final int IER_BITS = 0x0F;

  static final int IIR_NONE = 0x01;
  static final int IIR_MODEM_STATUS = 0x00;
  static final int IIR_TRANSMITTER_EMPTY = 0x02;
  static final int IIR_RECEIVED_DATA = 0x04;
  static final int IIR_LINE_STATUS = 0x06;
  static final int IIR_TIMEOUT = 0x0C;
  static final int IIR_FIFOS_ENABLED = 0xC0;

  static final int FCR_ENABLE = 0x01;
  static final int FCR_CLEAR_RECEIVER = 0x02;
  static final int FCR_CLEAR_TRANSMITTER = 0x04;
  static final int FCR_TRIGGER = 0xC0;

  static final int LCR_WORD_LENGTH = 0x03;
  static final int LCR_TWO_STOP_BITS = 0x04;
  static final int LCR_PARITY = 0x08;
  static final int LCR_DLAB = 0x80;

  static final int MCR_DTR = 0x01;
  static final int MCR_RTS = 0x02;
  static final int MCR_OUT1 = 0x04;
  static final int MCR_OUT2 = 0x08;
  static final int MCR_LOOP = 0x10;
  static final int MCR_BITS = 0x1F;

  static final int LSR_DATA_READY = 0x01;
  static final int LSR_OVERRUN = 0x02;
  static final int LSR_BREAK = 0x10;
  static final int LSR_ERRORS = 0x1E;
  static final int LSR_HOLDING_EMPTY = 0x20;
  static final int LSR_TRANSMITTER_EMPTY = 0x40;
  static final int LSR_FIFO_ERROR = 0x80;

  static final int MSR_DELTA_CTS = 0x01;
  static final int MSR_DELTA_DSR = 0x02;
  static final int MSR_TRAILING_EDGE_RI = 0x04;
  static final int MSR_DELTA_DCD = 0x08;
  static final int MSR_CTS = 0x10;
  static final int MSR_DSR = 0x20;
  static final int MSR_RI = 0x40;
  static final int MSR_DCD = 0x80;
  static final int MSR_LINES = 0xF0;

  private Registers() {}
}
