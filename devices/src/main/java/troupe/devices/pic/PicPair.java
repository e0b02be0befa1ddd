package troupe.devices.pic;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The two cascaded interrupt controllers of a PC: a master for IRQ 0 to 7 and a slave for IRQ 8 to
 * 15 on the master's input 2, with the edge/level control registers of the PIIX4.
 */
public final class PicPair implements Chip<PicPair.State> {
  private static final int CASCADE = 2;

  /** IRQ 0, 1 and 2 are always edge triggered ([82371AB] ELCR1). */
  private static final int ELCR1_WRITABLE = 0xF8;

  /** IRQ 8 and 13 are always edge triggered ([82371AB] ELCR2). */
  private static final int ELCR2_WRITABLE = 0xDE;

  private final I8259 master;
  private final I8259 slave;
  private final Wire[] irqs = new Wire[16];
  private final EdgeLevelControl elcr = new EdgeLevelControl();
  private int elcr1;
  private int elcr2;

  /**
   * @param intr the processor's INTR input
   */
  public PicPair(Wire intr) {
    I8259 first = new I8259(intr, 1 << CASCADE);
    I8259 second = new I8259(high -> first.setInput(CASCADE, high), 0);
    master = first;
    slave = second;
    for (int i = 0; i < 8; i++) {
      int input = i;
      irqs[i] = i == CASCADE ? Wire.NONE : high -> first.setInput(input, high);
      irqs[i + 8] = high -> second.setInput(input, high);
    }
  }

  /**
   * The request line {@code number}, 0 to 15. Number 2 goes nowhere: the slave has its input, and
   * the bus pin of that name is IRQ 9.
   */
  public Wire irq(int number) {
    return irqs[number];
  }

  /** The master's registers, ports 20h and 21h. */
  public PortDevice masterPorts() {
    return master;
  }

  /** The slave's registers, ports A0h and A1h. */
  public PortDevice slavePorts() {
    return slave;
  }

  /** The edge/level control registers, ports 4D0h and 4D1h. */
  public PortDevice elcrPorts() {
    return elcr;
  }

  /** Whether INTR is high. */
  public boolean intr() {
    return master.intr();
  }

  /**
   * The interrupt acknowledge cycles of the processor: the vector, 0 to 255. When the request has
   * gone in the meantime it is that of IRQ 7 or IRQ 15, with nothing in service for it.
   */
  public int acknowledge() {
    int level = master.acknowledge();
    if (level == CASCADE && master.cascades(level)) {
      return slave.vectorBase() + slave.acknowledge();
    }
    return master.vectorBase() + level;
  }

  @Override
  public void reset() {
    elcr1 = 0;
    elcr2 = 0;
    slave.reset();
    master.reset();
  }

  @Override
  public State save() {
    return new State(master.save(), slave.save(), elcr1, elcr2);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.master == null || state.slave == null) {
      throw new BadStateException("interrupt controllers missing");
    }
    elcr1 = state.elcr1 & ELCR1_WRITABLE;
    elcr2 = state.elcr2 & ELCR2_WRITABLE;
    slave.restore(state.slave);
    master.restore(state.master);
  }

  /** Saved state. */
  public record State(I8259.State master, I8259.State slave, int elcr1, int elcr2) {}

  private final class EdgeLevelControl implements PortDevice {
    @Override
    public int read8(int offset) {
      return (offset & 1) == 0 ? elcr1 : elcr2;
    }

    @Override
    public void write8(int offset, int value) {
      if ((offset & 1) == 0) {
        elcr1 = value & ELCR1_WRITABLE;
        master.setLevelTriggered(elcr1);
      } else {
        elcr2 = value & ELCR2_WRITABLE;
        slave.setLevelTriggered(elcr2);
      }
    }
  }
}
