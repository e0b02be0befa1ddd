package troupe.devices.pic;

import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * One 8259A programmable interrupt controller, in 8086 mode, as the PIIX4 holds two of them. Ports:
 * offset 0 (A0 low) and offset 1 (A0 high).
 *
 * <p>An edge request lives as long as its input stays high until it is acknowledged: an input that
 * falls before takes its request back, as in the silicon. Whether an input is edge or level
 * triggered is told by {@link #setLevelTriggered} (the ELCR); the LTIM bit of ICW1 has no effect,
 * as in the PIIX4 ([82371AB] ICW1, bit 3).
 */
public final class I8259 implements PortDevice, Chip<I8259.State> {
  /** Level that answers when a request is gone at its acknowledgement ([8259A] Edge mode). */
  static final int SPURIOUS = 7;

  private static final int ICW1 = 0x10;
  private static final int ICW1_SINGLE = 0x02;
  private static final int ICW1_ICW4_NEEDED = 0x01;
  private static final int ICW2_BASE = 0xF8;
  private static final int ICW4_AUTO_EOI = 0x02;
  private static final int ICW4_SPECIAL_FULLY_NESTED = 0x10;

  private static final int OCW3 = 0x08;
  private static final int OCW3_READ_ISR = 0x01;
  private static final int OCW3_READ_COMMAND = 0x02;
  private static final int OCW3_POLL = 0x04;
  private static final int OCW3_SPECIAL_MASK = 0x20;
  private static final int OCW3_SPECIAL_MASK_COMMAND = 0x40;
  private static final int POLL_PENDING = 0x80;

  private final Wire intr;
  private final int cascadeInputs;

  private int lines;
  private int levelTriggered;
  private int irr;
  private int isr;
  private int imr;
  private int vectorBase;
  private int lowestPriority;
  private int expectedIcw;
  private boolean icw4Needed;
  private boolean single;
  private boolean autoEoi;
  private boolean rotateOnAutoEoi;
  private boolean specialFullyNested;
  private boolean specialMask;
  private boolean readIsr;
  private boolean poll;
  private boolean intrHigh;

  /**
   * @param intr the INT output
   * @param cascadeInputs mask of the inputs that have a slave behind them
   */
  public I8259(Wire intr, int cascadeInputs) {
    this.intr = intr;
    this.cascadeInputs = cascadeInputs;
    clear();
  }

  private void clear() {
    lines = 0;
    levelTriggered = 0;
    vectorBase = 0;
    expectedIcw = 0;
    initialize();
    icw4Needed = false;
    single = false;
  }

  /** What ICW1 does ([8259A] Initialization Command Words). */
  private void initialize() {
    irr = lines & levelTriggered;
    isr = 0;
    imr = 0;
    lowestPriority = 7;
    autoEoi = false;
    rotateOnAutoEoi = false;
    specialFullyNested = false;
    specialMask = false;
    readIsr = false;
    poll = false;
  }

  @Override
  public void reset() {
    clear();
    update();
  }

  /** Which inputs are level triggered, one bit each. */
  public void setLevelTriggered(int mask) {
    levelTriggered = mask & 0xFF;
    irr = irr & ~levelTriggered | lines & levelTriggered;
    update();
  }

  /** Drives input {@code input} (0 to 7). */
  void setInput(int input, boolean high) {
    int bit = 1 << input;
    if (high == ((lines & bit) != 0)) {
      return;
    }
    if (high) {
      lines |= bit;
      irr |= bit;
    } else {
      lines &= ~bit;
      irr &= ~bit;
    }
    update();
  }

  /** Whether the INT output is high. */
  public boolean intr() {
    return intrHigh;
  }

  /** First vector, from ICW2. */
  int vectorBase() {
    return vectorBase;
  }

  /** Whether this level, acknowledged, is answered by a slave. */
  boolean cascades(int level) {
    return (cascadeInputs & 1 << level) != 0;
  }

  /**
   * The INTA cycles: puts the most urgent request in service and returns its level, or {@link
   * #SPURIOUS} without putting anything in service when there is none.
   */
  int acknowledge() {
    int level = pendingLevel();
    if (level < 0) {
      return SPURIOUS;
    }
    int bit = 1 << level;
    if ((levelTriggered & bit) == 0) {
      irr &= ~bit;
    }
    if (!autoEoi) {
      isr |= bit;
    } else if (rotateOnAutoEoi) {
      lowestPriority = level;
    }
    drive(false); // INT falls between two requests, which a master sees as a new edge
    update();
    return level;
  }

  /** The level that would be acknowledged now, or -1. */
  private int pendingLevel() {
    int pending = irr & ~imr;
    if (pending == 0) {
      return -1;
    }
    int inService = specialMask ? isr & ~imr : isr;
    for (int i = 1; i <= 8; i++) {
      int level = lowestPriority + i & 7;
      int bit = 1 << level;
      boolean served = (inService & bit) != 0;
      if ((pending & bit) != 0 && (!served || specialFullyNested && (cascadeInputs & bit) != 0)) {
        return level;
      }
      if (served) {
        return -1;
      }
    }
    return -1;
  }

  private void update() {
    drive(pendingLevel() >= 0);
  }

  private void drive(boolean high) {
    if (high != intrHigh) {
      intrHigh = high;
      intr.set(high);
    }
  }

  @Override
  public int read8(int offset) {
    if (poll) {
      poll = false;
      int level = pendingLevel();
      return level < 0 ? 0 : POLL_PENDING | acknowledge();
    }
    if ((offset & 1) != 0) {
      return imr;
    }
    return readIsr ? isr : irr;
  }

  @Override
  public void write8(int offset, int value) {
    if ((offset & 1) == 0) {
      if ((value & ICW1) != 0) {
        writeIcw1(value);
      } else if ((value & OCW3) != 0) {
        writeOcw3(value);
      } else {
        writeOcw2(value);
      }
    } else {
      writeHigh(value & 0xFF);
    }
    update();
  }

  private void writeIcw1(int value) {
    initialize();
    expectedIcw = 2;
    single = (value & ICW1_SINGLE) != 0;
    icw4Needed = (value & ICW1_ICW4_NEEDED) != 0;
  }

  /** ICW2 to ICW4 in order, otherwise OCW1. ICW3 is fixed by the wiring. */
  private void writeHigh(int value) {
    switch (expectedIcw) {
      case 2 -> {
        vectorBase = value & ICW2_BASE;
        expectedIcw = !single ? 3 : icw4Needed ? 4 : 0;
      }
      case 3 -> expectedIcw = icw4Needed ? 4 : 0;
      case 4 -> {
        autoEoi = (value & ICW4_AUTO_EOI) != 0;
        specialFullyNested = (value & ICW4_SPECIAL_FULLY_NESTED) != 0;
        expectedIcw = 0;
      }
      default -> imr = value;
    }
  }

  private void writeOcw3(int value) {
    if ((value & OCW3_POLL) != 0) {
      poll = true;
    }
    if ((value & OCW3_READ_COMMAND) != 0) {
      readIsr = (value & OCW3_READ_ISR) != 0;
    }
    if ((value & OCW3_SPECIAL_MASK_COMMAND) != 0) {
      specialMask = (value & OCW3_SPECIAL_MASK) != 0;
    }
  }

  /** R, SL and EOI in bits 7 to 5 ([8259A] Operation Command Word 2). */
  private void writeOcw2(int value) {
    int level = value & 7;
    switch (value >> 5 & 7) {
      case 0 -> rotateOnAutoEoi = false;
      case 1 -> endOfInterrupt(highestInService(), false);
      case 3 -> endOfInterrupt(level, false);
      case 4 -> rotateOnAutoEoi = true;
      case 5 -> endOfInterrupt(highestInService(), true);
      case 6 -> lowestPriority = level;
      case 7 -> endOfInterrupt(level, true);
      default -> {} // 2: no operation
    }
  }

  private void endOfInterrupt(int level, boolean rotate) {
    if (level < 0) {
      return;
    }
    isr &= ~(1 << level);
    if (rotate) {
      lowestPriority = level;
    }
  }

  /** The level that a non-specific EOI ends: masked ones are left alone in special mask mode. */
  private int highestInService() {
    int inService = specialMask ? isr & ~imr : isr;
    for (int i = 1; i <= 8; i++) {
      int level = lowestPriority + i & 7;
      if ((inService & 1 << level) != 0) {
        return level;
      }
    }
    return -1;
  }

  @Override
  public State save() {
    return new State(
        lines,
        levelTriggered,
        irr,
        isr,
        imr,
        vectorBase,
        lowestPriority,
        expectedIcw,
        icw4Needed,
        single,
        autoEoi,
        rotateOnAutoEoi,
        specialFullyNested,
        specialMask,
        readIsr,
        poll);
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.expectedIcw < 0 || state.expectedIcw > 4) {
      throw new BadStateException("8259: no ICW" + state.expectedIcw);
    }
    lines = state.lines & 0xFF;
    levelTriggered = state.levelTriggered & 0xFF;
    irr = state.irr & 0xFF;
    isr = state.isr & 0xFF;
    imr = state.imr & 0xFF;
    vectorBase = state.vectorBase & ICW2_BASE;
    lowestPriority = state.lowestPriority & 7;
    expectedIcw = state.expectedIcw;
    icw4Needed = state.icw4Needed;
    single = state.single;
    autoEoi = state.autoEoi;
    rotateOnAutoEoi = state.rotateOnAutoEoi;
    specialFullyNested = state.specialFullyNested;
    specialMask = state.specialMask;
    readIsr = state.readIsr;
    poll = state.poll;
    intrHigh = pendingLevel() >= 0;
    intr.set(intrHigh);
  }

  /** Saved state. {@code expectedIcw} is 2, 3 or 4 during initialization, else 0. */
  public record State(
      int lines,
      int levelTriggered,
      int irr,
      int isr,
      int imr,
      int vectorBase,
      int lowestPriority,
      int expectedIcw,
      boolean icw4Needed,
      boolean single,
      boolean autoEoi,
      boolean rotateOnAutoEoi,
      boolean specialFullyNested,
      boolean specialMask,
      boolean readIsr,
      boolean poll) {}
}
