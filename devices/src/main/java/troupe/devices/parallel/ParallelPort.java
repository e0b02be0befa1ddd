package troupe.devices.parallel;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Timer;
import troupe.devices.outside.ByteSink;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * A standard parallel port of a PC with a printer on it: data, status and control at offsets 0 to 2
 * ([IBM PC AT TR] Parallel Printer Adapter). The printer takes a byte at the rise of STROBE, is
 * busy for {@link #BYTE_TIME}, and longer while the sink has no room, then pulses nACK.
 */
public final class ParallelPort implements PortDevice, Chip<ParallelPort.State> {
  /** Nanoseconds the printer is busy with a byte. */
  static final long BYTE_TIME = 10_000;

  private static final int STATUS_NOT_BUSY = 0x80;
  private static final int STATUS_NOT_ACK = 0x40;
  private static final int STATUS_SELECTED = 0x10;
  private static final int STATUS_NO_ERROR = 0x08;
  private static final int STATUS_UNUSED = 0x07;

  private static final int CONTROL_STROBE = 0x01;
  private static final int CONTROL_INITIALIZE_OFF = 0x04;
  private static final int CONTROL_INTERRUPT = 0x10;
  private static final int CONTROL_BITS = 0x1F;
  private static final int CONTROL_UNUSED = 0xE0;

  private static final long NEVER = Long.MAX_VALUE;

  private final Clock clock;
  private final Wire irq;
  private final ByteSink sink;
  private final Timer printed;
  private int data;
  private int control;

  /** Byte in the printer, or -1. */
  private int printing;

  /** When it will be printed; NEVER with a byte in {@link #printing}: waiting for the sink. */
  private long printedAt;

  /**
   * @param irq interrupt request, pulsed at each nACK while enabled
   * @param sink where the printed bytes go
   */
  public ParallelPort(Clock clock, Wire irq, ByteSink sink) {
    this.clock = clock;
    this.irq = irq;
    this.sink = sink;
    printed = clock.timer(this::settle);
    clear();
  }

  private void clear() {
    data = 0;
    control = CONTROL_INITIALIZE_OFF;
    printing = -1;
    printedAt = NEVER;
    printed.cancel();
  }

  @Override
  public void reset() {
    clear();
    irq.set(false);
  }

  /** The sink has room again. */
  public void sinkReady() {
    if (printing >= 0 && printedAt == NEVER) {
      printedAt = clock.now();
      settle();
    }
  }

  private void settle() {
    if (printedAt > clock.now()) {
      return;
    }
    printedAt = NEVER;
    printed.cancel();
    if (sink.offer(printing)) {
      printing = -1;
      if ((control & CONTROL_INTERRUPT) != 0) {
        irq.pulse();
      }
    }
  }

  @Override
  public int read8(int offset) {
    settle();
    return switch (offset & 3) {
      case 0 -> data;
      case 1 ->
          (printing < 0 ? STATUS_NOT_BUSY : 0)
              | STATUS_NOT_ACK
              | STATUS_SELECTED
              | STATUS_NO_ERROR
              | STATUS_UNUSED;
      case 2 -> control | CONTROL_UNUSED;
      default -> OPEN_BUS;
    };
  }

  @Override
  public void write8(int offset, int value) {
    settle();
    switch (offset & 3) {
      case 0 -> data = value & 0xFF;
      case 2 -> {
        boolean strobe = (value & ~control & CONTROL_STROBE) != 0;
        control = value & CONTROL_BITS;
        if (strobe && printing < 0) {
          printing = data;
          printedAt = clock.now() + BYTE_TIME;
          printed.schedule(printedAt);
        }
      }
      default -> {} // status is read only
    }
  }

  @Override
  public State save() {
    return new State(data, control, printing, printedAt);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.printing < -1 || state.printing > 0xFF || state.printedAt < 0) {
      throw new BadStateException("parallel port: byte being printed is out of range");
    }
    data = state.data & 0xFF;
    control = state.control & CONTROL_BITS;
    printing = state.printing;
    printedAt = printing < 0 ? NEVER : state.printedAt;
    if (printedAt != NEVER) {
      printed.schedule(printedAt);
    }
  }

  /** Saved state; time in nanoseconds since power-on, Long.MAX_VALUE for never. */
  public record State(int data, int control, int printing, long printedAt) {}
}
