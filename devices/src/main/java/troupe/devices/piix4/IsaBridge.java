package troupe.devices.piix4;

import static troupe.devices.piix4.IsaBridgeRegisters.APICBASE;
import static troupe.devices.piix4.IsaBridgeRegisters.DDMABP;
import static troupe.devices.piix4.IsaBridgeRegisters.DLC;
import static troupe.devices.piix4.IsaBridgeRegisters.GENCFG;
import static troupe.devices.piix4.IsaBridgeRegisters.IORT;
import static troupe.devices.piix4.IsaBridgeRegisters.MBDMA0;
import static troupe.devices.piix4.IsaBridgeRegisters.MSTAT;
import static troupe.devices.piix4.IsaBridgeRegisters.PDMACFG;
import static troupe.devices.piix4.IsaBridgeRegisters.PIRQRC;
import static troupe.devices.piix4.IsaBridgeRegisters.PIRQ_COUNT;
import static troupe.devices.piix4.IsaBridgeRegisters.PIRQ_DISABLED;
import static troupe.devices.piix4.IsaBridgeRegisters.PIRQ_IRQ;
import static troupe.devices.piix4.IsaBridgeRegisters.ROUTABLE;
import static troupe.devices.piix4.IsaBridgeRegisters.RTCCFG;
import static troupe.devices.piix4.IsaBridgeRegisters.SERIRQC;
import static troupe.devices.piix4.IsaBridgeRegisters.TOM;
import static troupe.devices.piix4.IsaBridgeRegisters.XBCS;

import java.util.List;
import troupe.devices.bus.Wire;
import troupe.devices.bus.WiredOr;
import troupe.devices.pci.PciFunction;
import troupe.devices.pci.PciRegisters;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * Function 0 of the PIIX4 (82371AB), or of the PIIX3 (82371SB): the PCI to ISA bridge, which routes
 * the four shared PCI interrupt lines to IRQs. A card's INTA# reaches a line that depends on its
 * slot, as the board's traces do: see {@link #pirq}.
 */
public final class IsaBridge implements Chip<IsaBridge.State> {
  /** Which chip it says it is. */
  public enum Model {
    /** 82371AB: 8086:7110. */
    PIIX4,
    /** 82371SB: 8086:7000, with the subsystem identity of QEMU's board. */
    PIIX3
  }

  /** Saved state. The levels of the lines come back with their sources. */
  public record State(PciFunction.State function) {}

  private static final int CLASS_ISA_BRIDGE = 0x060100;

  private final PciFunction function;
  private final Wire[] irqs;
  private final boolean[] level = new boolean[PIRQ_COUNT];
  private final WiredOr[] lines = new WiredOr[PIRQ_COUNT];

  /**
   * @param irqs sixteen inputs of the interrupt controllers, each for this bridge alone
   */
  public IsaBridge(Model model, List<Wire> irqs) {
    this.irqs = irqs.toArray(Wire[]::new);
    function =
        switch (model) {
          case PIIX4 -> new PciFunction(0x8086, 0x7110, 0x01, CLASS_ISA_BRIDGE);
          case PIIX3 ->
              new PciFunction(0x8086, 0x7000, 0x00, CLASS_ISA_BRIDGE).subsystem(0x1AF4, 0x1100);
        };
    // I/O, memory and bus mastering cannot be turned off ([82371AB] PCICMD, PCISTS).
    function.register(PciRegisters.COMMAND, 2, 0x0007, 0x0108);
    function.register(PciRegisters.STATUS, 2, 0x0280, 0);
    function.clearedByOnes(PciRegisters.STATUS, 2, PciRegisters.STATUS_CLEARED_BY_ONES);
    function.register(PciRegisters.LATENCY_TIMER, 1, 0, 0);
    function.register(IORT, 1, 0x4D, 0x7F).register(XBCS, 2, 0x0003, 0x07FF);
    function.register(PIRQRC, 4, 0x8080_8080, 0x8F8F_8F8F);
    function.register(TOM, 1, 0x02, 0xFE).register(MSTAT, 2, 0, 0x80FE);
    function.register(MBDMA0, 2, 0x0404, 0x8F8F).register(DLC, 1, 0, 0x0F);
    if (model == Model.PIIX4) {
      function.register(SERIRQC, 1, 0x10, 0xFF).register(APICBASE, 1, 0, 0x7F);
      function.register(PDMACFG, 2, 0, 0xFFFF).register(DDMABP, 4, 0, 0xFFC0_FFC0);
      function.register(GENCFG, 4, 0, -1).register(RTCCFG, 1, 0x21, 0x3D);
    }
    function.onWrite(PIRQRC, PIRQRC + PIRQ_COUNT - 1, this::route);
    for (int i = 0; i < PIRQ_COUNT; i++) {
      int line = i;
      lines[i] =
          new WiredOr(
              high -> {
                level[line] = high;
                route();
              });
    }
  }

  /** To be put on the bus as function 0. */
  public PciFunction function() {
    return function;
  }

  /** The line, 0 (PIRQA#) to 3, that pin 1 (INTA#) to 4 of a device is wired to. */
  public static int pirq(int device, int pin) {
    return device - 1 + pin - 1 & 3;
  }

  /** A new source of interrupts: pin 1 to 4 of {@code device}. High asserts it. */
  public Wire intx(int device, int pin) {
    return lines[pirq(device, pin)].input();
  }

  private void route() {
    int asserted = 0;
    for (int i = 0; i < PIRQ_COUNT; i++) {
      int control = function.read8(PIRQRC + i);
      if (level[i] && (control & PIRQ_DISABLED) == 0) {
        asserted |= 1 << (control & PIRQ_IRQ);
      }
    }
    for (int irq = 0; irq < irqs.length; irq++) {
      if ((ROUTABLE >>> irq & 1) != 0) {
        irqs[irq].set((asserted >>> irq & 1) != 0);
      }
    }
  }

  @Override
  public void reset() {
    function.reset();
  }

  @Override
  public State save() {
    return new State(function.save());
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.function() == null) {
      throw new BadStateException("ISA bridge without configuration space");
    }
    function.restore(state.function());
  }
}
