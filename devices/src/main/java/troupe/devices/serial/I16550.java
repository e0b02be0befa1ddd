package troupe.devices.serial;

import static troupe.devices.serial.Registers.*;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Frequency;
import troupe.devices.clock.Timer;
import troupe.devices.outside.ByteSink;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * A serial port of a PC: a 16550A whose interrupt reaches the bus through OUT2. Offsets 0 to 7.
 *
 * <p>Bytes leave one by one, each after the time it takes on the wire; or, unthrottled, after
 * {@link #UNTHROTTLED_CHARACTER}, so that a guest's output is not held up by a baud rate that
 * nobody sees. Guests find nothing different: the transmitter is busy for a moment and then empty.
 * A sink without room keeps the transmitter busy until {@link #sinkReady}.
 *
 * <p>Bytes from outside are taken at any pace that {@link #receiveSpace} allows.
 */
public final class I16550 implements PortDevice, Chip<I16550.State> {
  /** Nanoseconds a character takes when unthrottled. */
  static final long UNTHROTTLED_CHARACTER = 1_000;

  /** Characters without traffic after which waiting bytes below the trigger level are announced. */
  private static final int TIMEOUT_CHARACTERS = 4;

  private static final int[] TRIGGER_LEVELS = {1, 4, 8, 14};

  /** The clock is divided by 16 times the divisor. */
  private static final int OVERSAMPLING = 16;

  private static final long NEVER = Long.MAX_VALUE;

  /** 9600 baud until the guest says otherwise; the chip itself leaves the divisor undefined. */
  private static final int DIVISOR_AT_POWER_ON = 12;

  private static final int BYTE = 0xFF;
  private static final int RECEIVED_BITS = BYTE | LSR_ERRORS << 8;

  private final Clock clock;
  private final Wire irq;
  private final ByteSink sink;
  private final boolean throttled;
  private final Timer shifted;
  private final Timer timeout;
  private Runnable roomListener = () -> {};

  private final Fifo transmit = new Fifo();

  /** Received bytes, with their error bits of LSR in bits 8 and up. */
  private final Fifo receive = new Fifo();

  private int ier;
  private int fcr;
  private int lcr;
  private int mcr;
  private int scratch;
  private int divisor;
  private int modemLines;
  private int modemDeltas;
  private boolean overrun;
  private boolean transmitterInterrupt;

  /** Byte on the wire, or -1. */
  private int shifting;

  /** When it will have left; NEVER with a byte in {@link #shifting}: waiting for the sink. */
  private long shiftedAt;

  private long timeoutAt;
  private boolean timedOut;

  /**
   * @param irq interrupt request, active high
   * @param sink where sent bytes go
   * @param throttled whether sending takes the time that the baud rate says
   */
  public I16550(Clock clock, Wire irq, ByteSink sink, boolean throttled) {
    this.clock = clock;
    this.irq = irq;
    this.sink = sink;
    this.throttled = throttled;
    shifted = clock.timer(this::settle);
    timeout = clock.timer(this::settle);
    clear();
  }

  private void clear() {
    transmit.clear();
    receive.clear();
    ier = 0;
    fcr = 0;
    lcr = 0;
    mcr = 0;
    scratch = 0;
    divisor = DIVISOR_AT_POWER_ON;
    modemLines = MSR_CTS | MSR_DSR | MSR_DCD;
    modemDeltas = 0;
    overrun = false;
    transmitterInterrupt = false;
    shifting = -1;
    shiftedAt = NEVER;
    shifted.cancel();
    stopTimeout();
  }

  @Override
  public void reset() {
    clear();
    update();
    roomListener.run();
  }

  /** {@code listener} runs whenever {@link #receiveSpace} may have grown. */
  public void onReceiveRoom(Runnable listener) {
    roomListener = listener;
  }

  /** How many bytes {@link #receive} can take now without loss. */
  public int receiveSpace() {
    if (looped()) {
      return 0;
    }
    return (fifosEnabled() ? Fifo.SIZE : 1) - receive.count();
  }

  /**
   * A byte (0 to 255) arrives on the wire. Without room for it an overrun is what the guest sees.
   */
  public void receive(int value) {
    if (!looped()) {
      settle();
      enqueue(value & BYTE);
      update();
    }
  }

  /** A break arrives on the wire. */
  public void receiveBreak() {
    if (!looped()) {
      settle();
      enqueue(LSR_BREAK << 8);
      update();
    }
  }

  /** The modem lines as the other end drives them. At power-on CTS, DSR and DCD are on. */
  public void setModemLines(boolean cts, boolean dsr, boolean ri, boolean dcd) {
    int lines = (cts ? MSR_CTS : 0) | (dsr ? MSR_DSR : 0) | (ri ? MSR_RI : 0) | (dcd ? MSR_DCD : 0);
    int before = visibleLines();
    modemLines = lines;
    noteLineChanges(before);
    update();
  }

  /** The sink has room again. */
  public void sinkReady() {
    if (shifting >= 0 && shiftedAt == NEVER) {
      shiftedAt = clock.now();
      settle();
    }
  }

  private boolean fifosEnabled() {
    return (fcr & FCR_ENABLE) != 0;
  }

  private boolean looped() {
    return (mcr & MCR_LOOP) != 0;
  }

  @Override
  public int read8(int offset) {
    settle();
    return switch (offset & 7) {
      case RBR_THR_DLL -> divisorAccess() ? divisor & BYTE : readReceived();
      case IER_DLM -> divisorAccess() ? divisor >> 8 : ier;
      case IIR_FCR -> readInterruptIdentification();
      case LCR -> lcr;
      case MCR -> mcr;
      case LSR -> readLineStatus();
      case MSR -> {
        int value = visibleLines() | modemDeltas;
        modemDeltas = 0;
        update();
        yield value;
      }
      default -> scratch;
    };
  }

  private boolean divisorAccess() {
    return (lcr & LCR_DLAB) != 0;
  }

  private int readReceived() {
    if (receive.isEmpty()) {
      return 0;
    }
    int value = receive.remove() & BYTE;
    startTimeout();
    update();
    roomListener.run();
    return value;
  }

  private int readInterruptIdentification() {
    int source = source();
    if (source == IIR_TRANSMITTER_EMPTY) {
      transmitterInterrupt = false;
      update();
    }
    return source | (fifosEnabled() ? IIR_FIFOS_ENABLED : 0);
  }

  private int readLineStatus() {
    int value = lineErrors();
    if (!receive.isEmpty()) {
      value |= LSR_DATA_READY;
    }
    if (transmit.isEmpty()) {
      value |= LSR_HOLDING_EMPTY | (shifting < 0 ? LSR_TRANSMITTER_EMPTY : 0);
    }
    if (fifosEnabled() && receive.anyHas(LSR_ERRORS << 8)) {
      value |= LSR_FIFO_ERROR;
    }
    if ((value & LSR_ERRORS) != 0) {
      overrun = false;
      if (!receive.isEmpty()) {
        receive.clearErrorsOfFirst();
      }
      update();
    }
    return value;
  }

  /** Error bits of LSR: of the byte at the head of the FIFO, and overrun. */
  private int lineErrors() {
    return (overrun ? LSR_OVERRUN : 0) | (receive.isEmpty() ? 0 : receive.peek() >> 8 & LSR_ERRORS);
  }

  @Override
  public void write8(int offset, int value) {
    settle();
    int v = value & BYTE;
    switch (offset & 7) {
      case RBR_THR_DLL -> {
        if (divisorAccess()) {
          divisor = divisor & 0xFF00 | v;
        } else {
          send(v);
        }
      }
      case IER_DLM -> {
        if (divisorAccess()) {
          divisor = divisor & BYTE | v << 8;
        } else {
          writeInterruptEnable(v);
        }
      }
      case IIR_FCR -> writeFifoControl(v);
      case LCR -> lcr = v;
      case MCR -> writeModemControl(v & MCR_BITS);
      case LSR, MSR -> {} // read only
      default -> scratch = v;
    }
    update();
  }

  /** Enabling the transmitter interrupt while the holding register is empty raises it at once. */
  private void writeInterruptEnable(int value) {
    boolean wasEnabled = (ier & IER_TRANSMITTER_EMPTY) != 0;
    ier = value & IER_BITS;
    if (!wasEnabled && (ier & IER_TRANSMITTER_EMPTY) != 0 && transmit.isEmpty()) {
      transmitterInterrupt = true;
    }
  }

  private void writeFifoControl(int value) {
    boolean toggled = ((value ^ fcr) & FCR_ENABLE) != 0;
    boolean hadRoom = receiveSpace() > 0;
    fcr = value & (FCR_ENABLE | FCR_TRIGGER);
    if (!fifosEnabled()) {
      fcr = 0;
    }
    if (toggled || (value & FCR_CLEAR_RECEIVER) != 0) {
      receive.clear();
      stopTimeout();
    }
    if ((toggled || (value & FCR_CLEAR_TRANSMITTER) != 0) && !transmit.isEmpty()) {
      transmit.clear();
      transmitterInterrupt = true;
    }
    update();
    if (!hadRoom || toggled) {
      roomListener.run();
    }
  }

  private void writeModemControl(int value) {
    boolean wasLooped = looped();
    int before = visibleLines();
    mcr = value;
    noteLineChanges(before);
    if (wasLooped && !looped()) {
      update();
      roomListener.run();
    }
  }

  /** In loopback the modem inputs are the modem outputs ([PC16550D] Modem Control Register). */
  private int visibleLines() {
    if (!looped()) {
      return modemLines;
    }
    return ((mcr & MCR_RTS) != 0 ? MSR_CTS : 0)
        | ((mcr & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((mcr & MCR_OUT1) != 0 ? MSR_RI : 0)
        | ((mcr & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private void noteLineChanges(int before) {
    int after = visibleLines();
    int changed = before ^ after;
    modemDeltas |= (changed & MSR_CTS) != 0 ? MSR_DELTA_CTS : 0;
    modemDeltas |= (changed & MSR_DSR) != 0 ? MSR_DELTA_DSR : 0;
    modemDeltas |= (changed & before & MSR_RI) != 0 ? MSR_TRAILING_EDGE_RI : 0;
    modemDeltas |= (changed & MSR_DCD) != 0 ? MSR_DELTA_DCD : 0;
  }

  private void send(int value) {
    transmitterInterrupt = false;
    if (fifosEnabled() ? transmit.isFull() : !transmit.isEmpty()) {
      return; // the byte is lost, the guest did not look at LSR
    }
    transmit.add(value);
    if (shifting < 0) {
      startShifting(clock.now());
    }
  }

  private void startShifting(long now) {
    shifting = transmit.remove();
    shiftedAt = now + characterTime();
    shifted.schedule(shiftedAt);
    if (transmit.isEmpty()) {
      transmitterInterrupt = true;
    }
  }

  /** Nanoseconds that a character of the programmed form takes. */
  private long characterTime() {
    if (!throttled) {
      return UNTHROTTLED_CHARACTER;
    }
    int bits = 7 + (lcr & LCR_WORD_LENGTH); // start, 5 to 8 data bits, stop
    bits += (lcr & LCR_PARITY) != 0 ? 1 : 0;
    bits += (lcr & LCR_TWO_STOP_BITS) != 0 ? 1 : 0;
    return Frequency.UART.nanos((long) bits * OVERSAMPLING * Math.max(divisor, 1));
  }

  /** Lets everything happen that was due by now. */
  private void settle() {
    long now = clock.now();
    boolean changed = false;
    while (shiftedAt <= now) {
      long done = shiftedAt;
      changed = true;
      shiftedAt = NEVER;
      shifted.cancel();
      if (looped()) {
        enqueue(shifting);
      } else if (!sink.offer(shifting)) {
        break; // sinkReady will be called
      }
      shifting = -1;
      if (!transmit.isEmpty()) {
        startShifting(done);
      }
    }
    if (timeoutAt <= now) {
      stopTimeout();
      timedOut = true;
      changed = true;
    }
    if (changed) {
      update();
    }
  }

  private void enqueue(int entry) {
    if (fifosEnabled() ? receive.isFull() : !receive.isEmpty()) {
      overrun = true;
      if (!fifosEnabled()) {
        receive.clear(); // without FIFOs the new byte replaces the old one
        receive.add(entry);
      }
    } else {
      receive.add(entry);
    }
    startTimeout();
  }

  private void startTimeout() {
    stopTimeout();
    if (fifosEnabled() && !receive.isEmpty()) {
      timeoutAt = clock.now() + TIMEOUT_CHARACTERS * characterTime();
      timeout.schedule(timeoutAt);
    }
  }

  private void stopTimeout() {
    timedOut = false;
    timeoutAt = NEVER;
    timeout.cancel();
  }

  private boolean triggerReached() {
    return receive.count() >= (fifosEnabled() ? TRIGGER_LEVELS[fcr >> 6] : 1);
  }

  /**
   * The most urgent enabled interrupt, as IIR names it ([PC16550D] Interrupt Control Functions).
   */
  private int source() {
    if ((ier & IER_LINE_STATUS) != 0 && lineErrors() != 0) {
      return IIR_LINE_STATUS;
    }
    if ((ier & IER_RECEIVED_DATA) != 0 && triggerReached()) {
      return IIR_RECEIVED_DATA;
    }
    if ((ier & IER_RECEIVED_DATA) != 0 && timedOut) {
      return IIR_TIMEOUT;
    }
    if ((ier & IER_TRANSMITTER_EMPTY) != 0 && transmitterInterrupt) {
      return IIR_TRANSMITTER_EMPTY;
    }
    if ((ier & IER_MODEM_STATUS) != 0 && modemDeltas != 0) {
      return IIR_MODEM_STATUS;
    }
    return IIR_NONE;
  }

  private void update() {
    irq.set((mcr & MCR_OUT2) != 0 && source() != IIR_NONE);
  }

  @Override
  public State save() {
    return new State(
        transmit.save(),
        receive.save(),
        ier,
        fcr,
        lcr,
        mcr,
        scratch,
        divisor,
        modemLines,
        modemDeltas,
        overrun,
        transmitterInterrupt,
        shifting,
        shiftedAt,
        timeoutAt,
        timedOut);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.shifting < -1 || state.shifting > BYTE || state.shiftedAt < 0) {
      throw new BadStateException("16550: byte being sent is out of range");
    }
    transmit.restore(state.transmit, BYTE);
    receive.restore(state.receive, RECEIVED_BITS);
    ier = state.ier & IER_BITS;
    fcr = state.fcr & (FCR_ENABLE | FCR_TRIGGER);
    lcr = state.lcr & BYTE;
    mcr = state.mcr & MCR_BITS;
    scratch = state.scratch & BYTE;
    divisor = state.divisor & 0xFFFF;
    modemLines = state.modemLines & MSR_LINES;
    modemDeltas = state.modemDeltas & ~MSR_LINES & BYTE;
    overrun = state.overrun;
    transmitterInterrupt = state.transmitterInterrupt;
    shifting = state.shifting;
    shiftedAt = shifting < 0 ? NEVER : state.shiftedAt;
    timeoutAt = state.timeoutAt;
    timedOut = state.timedOut;
    if (shiftedAt != NEVER) {
      shifted.schedule(shiftedAt);
    }
    if (timeoutAt != NEVER) {
      timeout.schedule(timeoutAt);
    }
    update();
  }

  /** Saved state; times in nanoseconds since power-on, Long.MAX_VALUE for never. */
  public record State(
      int[] transmit,
      int[] receive,
      int ier,
      int fcr,
      int lcr,
      int mcr,
      int scratch,
      int divisor,
      int modemLines,
      int modemDeltas,
      boolean overrun,
      boolean transmitterInterrupt,
      int shifting,
      long shiftedAt,
      long timeoutAt,
      boolean timedOut) {}
}
