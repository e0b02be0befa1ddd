package troupe.board.firmware;

import troupe.processor.Processor;

/** INT 15h ([RBIL] INT 15, [ACPI] 2.0 chapter 14 for E820h). */
final class SystemServices {
  /** Second interrupt controller, clock, INT 15h AH=4Fh, extended data area. */
  static final int FEATURES_1 = 0x74;

  private static final int NOT_SUPPORTED = 0x86;
  private static final int SMAP = 0x534D4150;
  private static final int PORT_92 = 0x92;
  private static final int A20 = 2;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_MILLI = 1_000;
  private static final int WAITING = 1;

  private final MemoryMap map;
  private final SystemRom rom;
  private final PointingDevice mouse;
  private final AdvancedPower apm;

  SystemServices(MemoryMap map, SystemRom rom, AdvancedPower apm) {
    this.map = map;
    this.rom = rom;
    this.apm = apm;
    mouse = new PointingDevice();
  }

  Outcome call(Caller caller) {
    switch (caller.ah()) {
      case 0x24 -> a20(caller);
      case 0x4F -> caller.carry(true); // the key is not taken
      case 0x53 -> apm.call16(caller);
      case 0x80, 0x81, 0x82, 0x85, 0x91 -> {
        caller.ah(0);
        caller.carry(false);
      }
      case 0x90 -> {
        caller.ah(0);
        caller.carry(false);
      }
      case 0x83 -> eventWait(caller);
      case 0x86 -> {
        return delay(caller);
      }
      case 0x87 -> moveBlock(caller);
      case 0x88 -> {
        caller.ax(map.extendedKib());
        caller.carry(false);
      }
      case 0xC0 -> {
        FontServices.loadEs(caller, SystemRom.SEGMENT);
        caller.bx(rom.offset("configuration"));
        caller.ah(0);
        caller.carry(false);
      }
      case 0xC1 -> {
        FontServices.loadEs(caller, caller.bda16(Bda.EBDA_SEGMENT));
        caller.ah(0);
        caller.carry(false);
      }
      case 0xC2 -> {
        return mouse.call(caller);
      }
      case 0xE8 -> memory(caller);
      default -> fail(caller);
    }
    return Outcome.DONE;
  }

  private static void fail(Caller caller) {
    caller.ah(NOT_SUPPORTED);
    caller.carry(true);
  }

  private static void a20(Caller caller) {
    int port = caller.in8(PORT_92);
    switch (caller.al()) {
      case 0x00 -> caller.out8(PORT_92, port & ~(A20 | 1));
      case 0x01 -> caller.out8(PORT_92, port & ~1 | A20);
      case 0x02 -> caller.al((port & A20) != 0 ? 1 : 0);
      case 0x03 -> caller.bx(0x0003); // keyboard controller and port 92h
      default -> {
        fail(caller);
        return;
      }
    }
    caller.ah(0);
    caller.carry(false);
  }

  // ---- Waiting

  /** AH=86h: CX:DX microseconds. The clock interrupts at least every 55 ms; short waits poll. */
  private Outcome delay(Caller caller) {
    Ebda ebda = new Ebda(caller);
    if (ebda.get8(Ebda.WAIT_PHASE) != WAITING) {
      long micros = (long) caller.cx() << 16 | caller.dx();
      ebda.set32(Ebda.WAIT_DEADLINE, (int) (caller.nanos() / NANOS_PER_MICRO + micros));
      ebda.set8(Ebda.WAIT_PHASE, WAITING);
    }
    int left = ebda.get32(Ebda.WAIT_DEADLINE) - (int) (caller.nanos() / NANOS_PER_MICRO);
    if (left > 0) {
      return left > 60_000 ? Outcome.WAIT : Outcome.POLL;
    }
    ebda.set8(Ebda.WAIT_PHASE, 0);
    caller.ah(0);
    caller.carry(false);
    return Outcome.DONE;
  }

  /** AH=83h: sets bit 7 of a byte after CX:DX microseconds, counted by the periodic interrupt. */
  private static void eventWait(Caller caller) {
    if (caller.al() == 1) {
      ClockServices.periodic(caller, false);
      caller.bda8(Bda.WAIT_ACTIVE, 0);
      caller.carry(false);
      return;
    }
    if ((caller.bda8(Bda.WAIT_ACTIVE) & 1) != 0) {
      fail(caller);
      return;
    }
    int es = caller.c.segments.selector[Processor.ES];
    caller.bda32(Bda.WAIT_FLAG_POINTER, es << 16 | caller.bx());
    caller.bda32(Bda.WAIT_COUNT, caller.cx() << 16 | caller.dx());
    caller.bda8(Bda.WAIT_ACTIVE, 1);
    ClockServices.periodic(caller, true);
    caller.ah(0);
    caller.carry(false);
  }

  // ---- Memory

  /** AH=87h: CX words between two descriptors of the table at ES:SI. */
  private static void moveBlock(Caller caller) {
    int words = caller.cx();
    int from = descriptorBase(caller, caller.si() + 0x10);
    int to = descriptorBase(caller, caller.si() + 0x18);
    byte[] bytes = new byte[2 * words];
    caller.c.memory.read(from, bytes, 0, bytes.length);
    caller.c.memory.write(to, bytes, 0, bytes.length);
    caller.ah(0);
    caller.zero(true);
    caller.carry(false);
  }

  private static int descriptorBase(Caller caller, int offset) {
    int low = caller.read32(Processor.ES, offset + 2) & 0xFFFFFF;
    return low | caller.read8(Processor.ES, offset + 7) << 24;
  }

  private void memory(Caller caller) {
    int[] r = caller.c.r;
    switch (caller.al()) {
      case 0x01 -> {
        caller.ax(map.kibTo16Mib());
        caller.bx(map.blocksFrom16Mib());
        caller.cx(map.kibTo16Mib());
        caller.dx(map.blocksFrom16Mib());
        caller.carry(false);
      }
      case 0x81 -> {
        r[Processor.EAX] = map.kibTo16Mib();
        r[Processor.EBX] = map.blocksFrom16Mib();
        r[Processor.ECX] = map.kibTo16Mib();
        r[Processor.EDX] = map.blocksFrom16Mib();
        caller.carry(false);
      }
      case 0x20 -> systemAddressMap(caller);
      default -> fail(caller);
    }
  }

  private void systemAddressMap(Caller caller) {
    int[] r = caller.c.r;
    int index = r[Processor.EBX];
    if (r[Processor.EDX] != SMAP
        || index < 0
        || index >= map.ranges().size()
        || Integer.compareUnsigned(r[Processor.ECX], 20) < 0) {
      fail(caller);
      return;
    }
    MemoryRange range = map.ranges().get(index);
    byte[] entry = new byte[20];
    for (int i = 0; i < 8; i++) {
      entry[i] = (byte) (range.base() >>> 8 * i);
      entry[8 + i] = (byte) (range.length() >>> 8 * i);
    }
    entry[16] = (byte) range.type();
    caller.write(Processor.ES, caller.di(), entry);
    caller.carry(false);
    r[Processor.EBX] = index + 1 < map.ranges().size() ? index + 1 : 0;
    r[Processor.EAX] = SMAP;
    r[Processor.ECX] = 20;
  }
}
