package troupe.board.firmware;

import troupe.devices.piix4.IsaBridge;

/**
 * What POST does to PCI: gives every function of bus 0 its addresses and its interrupt line, and
 * sets the chipset up ([82443BX], [82371AB] configuration registers).
 */
final class PciSetup {
  static final int S3 = 0x5333;
  static final int S3_TRIO64 = 0x8811;

  /** Where memory addresses of functions begin: RAM ends here at the latest. */
  static final int MEMORY_WINDOW = 0xE800_0000;

  /** Where RAM, the interrupt controllers' and the ROM's addresses end the memory window. */
  static final int MEMORY_WINDOW_END = 0xFEC0_0000;

  static final int IO_WINDOW = 0xC000;

  static final int POWER_MANAGEMENT_PORT = 0x0600;
  static final int SMBUS_PORT = 0x0700;

  /** IRQs of PIRQA to PIRQD. */
  static final int[] PIRQ_IRQ = {11, 10, 11, 10};

  /** IRQs used by PCI alone, as a mask. */
  static final int IRQS_FOR_PCI = 1 << 10 | 1 << 11;

  static final int SCI_IRQ = 9;

  private static final int INTEL = 0x8086;
  private static final int ISA_BRIDGES_CLASS = 0x060100;
  private static final int IDE_CLASS = 0x0101;
  private static final int PIIX4_POWER_MANAGEMENT = 0x7113;

  // [82371AB] registers of functions 0, 1 and 3.
  private static final int PIRQRC = 0x60;
  private static final int ELCR_2 = 0x4D1;
  private static final int IDETIM = 0x40;
  private static final int IDE_DECODE_ENABLE = 0x8000_8000;
  private static final int PMBA = 0x40;
  private static final int PMREGMISC = 0x80;
  private static final int SMBBA = 0x90;
  private static final int SMBHSTCFG = 0xD2;

  private static final int BARS = 6;
  private static final int BAR_IO = 1;
  private static final int BAR_64 = 4;
  private static final int HEADER_LAYOUT = 0x7F;

  private final Caller caller;
  private final PciConfiguration pci;
  private long nextMemory = MEMORY_WINDOW & 0xFFFFFFFFL;
  private int nextIo = IO_WINDOW;

  PciSetup(Caller caller) {
    this.caller = caller;
    pci = new PciConfiguration(caller);
  }

  void run() {
    int[] functions = pci.functions();
    // Largest windows first, so that all are aligned without gaps.
    for (long size = 1L << 31; size >= 16; size >>>= 1) {
      for (int function : functions) {
        assign(function, size, false);
      }
    }
    for (long size = 1L << 15; size >= 4; size >>>= 1) {
      for (int function : functions) {
        assign(function, size, true);
      }
    }
    for (int function : functions) {
      chipset(function);
      interrupt(function);
      int command = pci.read16(function, PciConfiguration.COMMAND);
      pci.write16(
          function,
          PciConfiguration.COMMAND,
          command
              | PciConfiguration.COMMAND_IO
              | PciConfiguration.COMMAND_MEMORY
              | PciConfiguration.COMMAND_MASTER);
    }
  }

  private void assign(int function, long wanted, boolean io) {
    if ((pci.read8(function, PciConfiguration.HEADER_TYPE) & HEADER_LAYOUT) != 0) {
      return;
    }
    for (int i = 0; i < BARS; i++) {
      int register = PciConfiguration.BAR_0 + 4 * i;
      int old = pci.read32(function, register);
      pci.write32(function, register, -1);
      int mask = pci.read32(function, register);
      pci.write32(function, register, old);
      if (mask == 0) {
        continue;
      }
      boolean isIo = (mask & BAR_IO) != 0;
      boolean wide = !isIo && (mask & 6) == BAR_64;
      long size = isIo ? -(mask & ~3 | 0xFFFF0000) & 0xFFFF : -(mask & ~0xF) & 0xFFFFFFFFL;
      if (isIo == io && size == wanted) {
        place(function, register, size, io);
      }
      if (wide) {
        pci.write32(function, register + 4, 0);
        i++;
      }
    }
  }

  private void place(int function, int register, long size, boolean io) {
    if (io) {
      nextIo = (int) ((nextIo + size - 1) / size * size);
      pci.write32(function, register, nextIo);
      nextIo += (int) size;
    } else {
      nextMemory = (nextMemory + size - 1) / size * size;
      if (nextMemory + size > (MEMORY_WINDOW_END & 0xFFFFFFFFL)) {
        return;
      }
      pci.write32(function, register, (int) nextMemory);
      nextMemory += size;
    }
  }

  private void chipset(int function) {
    int id = pci.read32(function, PciConfiguration.VENDOR);
    int classCode = pci.read32(function, PciConfiguration.CLASS_REVISION) >>> 8;
    if ((id & 0xFFFF) != INTEL) {
      return;
    }
    if (classCode == ISA_BRIDGES_CLASS) {
      for (int i = 0; i < PIRQ_IRQ.length; i++) {
        pci.write8(function, PIRQRC + i, PIRQ_IRQ[i]);
      }
      caller.out8(ELCR_2, (IRQS_FOR_PCI | 1 << SCI_IRQ) >>> 8);
    } else if (classCode >>> 8 == IDE_CLASS) {
      pci.write32(function, IDETIM, pci.read32(function, IDETIM) | IDE_DECODE_ENABLE);
    } else if (id >>> 16 == PIIX4_POWER_MANAGEMENT) {
      pci.write32(function, PMBA, POWER_MANAGEMENT_PORT | 1);
      pci.write8(function, PMREGMISC, 1);
      pci.write32(function, SMBBA, SMBUS_PORT | 1);
      pci.write8(function, SMBHSTCFG, 1);
    }
  }

  private void interrupt(int function) {
    int pin = pci.read8(function, PciConfiguration.INTERRUPT_PIN);
    if (pin < 1 || pin > 4) {
      return;
    }
    boolean sci =
        pci.read32(function, PciConfiguration.VENDOR) == (PIIX4_POWER_MANAGEMENT << 16 | INTEL);
    int irq = sci ? SCI_IRQ : PIRQ_IRQ[IsaBridge.pirq(function >>> 3 & 0x1F, pin)];
    pci.write8(function, PciConfiguration.INTERRUPT_LINE, irq);
  }
}
