package troupe.board.firmware;

import troupe.processor.Processor;

/** PCI BIOS 2.1, by INT 1Ah AH=B1h and by its 32-bit entry ([PCI BIOS] 2.1). */
final class PciBios {
  static final int SIGNATURE = 0x20494350; // "PCI "
  private static final int SUCCESSFUL = 0x00;
  private static final int NOT_SUPPORTED = 0x81;
  private static final int BAD_VENDOR = 0x83;
  private static final int NOT_FOUND = 0x86;
  private static final int BAD_REGISTER = 0x87;
  private static final int BUFFER_TOO_SMALL = 0x89;

  private static final int SERVICE = 0x49435024; // "$PCI"
  private static final int SERVICE_UNKNOWN = 0x80;
  private static final int FUNCTION_UNKNOWN = 0x81;

  private final SystemRom rom;
  private final byte[] routing;

  /**
   * @param routing the slots of the $PIR table
   */
  PciBios(SystemRom rom, byte[] routing) {
    this.rom = rom;
    this.routing = routing.clone();
  }

  /** The service directory, called far in 32-bit protected mode: EAX service, EBX function. */
  void directory(Caller caller) {
    int[] r = caller.c.r;
    if (caller.bl() != 0) {
      caller.al(FUNCTION_UNKNOWN);
    } else if (r[Processor.EAX] != SERVICE) {
      caller.al(SERVICE_UNKNOWN);
    } else {
      caller.al(0);
      r[Processor.EBX] = SystemRom.BASE;
      r[Processor.ECX] = SystemRom.SIZE;
      r[Processor.EDX] = rom.offset("pciBios");
    }
  }

  /** The 32-bit entry, called far: carry is the processor's own. */
  void call32(Caller caller) {
    caller.c.setCarry(call(caller, true) != SUCCESSFUL);
  }

  /** INT 1Ah AH=B1h. */
  void call16(Caller caller) {
    caller.carry(call(caller, false) != SUCCESSFUL);
  }

  private int call(Caller caller, boolean wide) {
    PciConfiguration pci = new PciConfiguration(caller);
    int function = caller.bx();
    int register = caller.di();
    int[] r = caller.c.r;
    int status =
        switch (caller.al()) {
          case 0x01, 0x81 -> {
            caller.al(1); // mechanism 1
            caller.bx(0x0210);
            caller.cl(0);
            r[Processor.EDX] = SIGNATURE;
            if (wide) {
              r[Processor.EDI] = SystemRom.BASE + rom.offset("pciBios");
            }
            yield SUCCESSFUL;
          }
          case 0x02, 0x82 -> {
            if (caller.dx() == 0xFFFF) {
              yield BAD_VENDOR;
            }
            yield found(caller, pci.findDevice(caller.dx(), caller.cx(), caller.si()));
          }
          case 0x03, 0x83 -> found(caller, pci.findClass(r[Processor.ECX] & 0xFFFFFF, caller.si()));
          case 0x06, 0x86 -> NOT_SUPPORTED; // special cycles
          case 0x08, 0x88 -> {
            if (register > 0xFF) {
              yield BAD_REGISTER;
            }
            caller.cl(pci.read8(function, register));
            yield SUCCESSFUL;
          }
          case 0x09, 0x89 -> {
            if (register > 0xFF || (register & 1) != 0) {
              yield BAD_REGISTER;
            }
            caller.cx(pci.read16(function, register));
            yield SUCCESSFUL;
          }
          case 0x0A, 0x8A -> {
            if (register > 0xFF || (register & 3) != 0) {
              yield BAD_REGISTER;
            }
            r[Processor.ECX] = pci.read32(function, register);
            yield SUCCESSFUL;
          }
          case 0x0B, 0x8B -> {
            if (register > 0xFF) {
              yield BAD_REGISTER;
            }
            pci.write8(function, register, caller.cl());
            yield SUCCESSFUL;
          }
          case 0x0C, 0x8C -> {
            if (register > 0xFF || (register & 1) != 0) {
              yield BAD_REGISTER;
            }
            pci.write16(function, register, caller.cx());
            yield SUCCESSFUL;
          }
          case 0x0D, 0x8D -> {
            if (register > 0xFF || (register & 3) != 0) {
              yield BAD_REGISTER;
            }
            pci.write32(function, register, r[Processor.ECX]);
            yield SUCCESSFUL;
          }
          case 0x0E, 0x8E -> routingOptions(caller, wide);
          default -> NOT_SUPPORTED;
        };
    caller.ah(status);
    return status;
  }

  private static int found(Caller caller, int function) {
    if (function < 0) {
      return NOT_FOUND;
    }
    caller.bx(function);
    return SUCCESSFUL;
  }

  /** ES:DI: size of a buffer, then a far pointer to it; in 32-bit code the offset is 32 bits. */
  private int routingOptions(Caller caller, boolean wide) {
    Processor c = caller.c;
    int di = wide ? c.r[Processor.EDI] : caller.di();
    int size = c.read16(Processor.ES, di);
    int offset = wide ? c.read32(Processor.ES, di + 2) : c.read16(Processor.ES, di + 2);
    int selector = c.read16(Processor.ES, di + (wide ? 6 : 4));
    if (size < routing.length) {
      c.write16(Processor.ES, di, routing.length);
      return BUFFER_TOO_SMALL;
    }
    int base;
    if (!wide) {
      base = selector << 4;
    } else if (selector == c.segments.selector[Processor.ES]) {
      base = c.segments.base[Processor.ES];
    } else {
      base = c.segments.base[Processor.DS];
    }
    caller.writeLinear(base + offset, routing, routing.length);
    c.write16(Processor.ES, di, routing.length);
    caller.bx(PciSetup.IRQS_FOR_PCI);
    return SUCCESSFUL;
  }
}
