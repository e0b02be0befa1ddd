package troupe.board.firmware;

import troupe.processor.Processor;

/**
 * POST: sets the chips up through their ports, fills the interrupt vectors and the data areas,
 * finds what is there. A step that waits for a chip is called again; where it is, is in the
 * extended data area.
 */
final class PowerOnSelfTest {
  // What the stub finds in AX when POST is through.
  private static final int BOOT = 0;
  private static final int RESUME = 1;

  private static final int BDA_BYTES = 0x100;
  private static final int EBDA_BYTES = 0x400;
  private static final int CMOS_SHUTDOWN = 0x0F;
  private static final int SHUTDOWN_EOI_JUMP = 0x05;
  private static final int SHUTDOWN_BLOCK_MOVE = 0x09;
  private static final int SHUTDOWN_JUMP = 0x0A;

  private static final int EQUIPMENT_FLOPPY = 0x01;
  private static final int EQUIPMENT_FPU = 0x02;
  private static final int EQUIPMENT_MOUSE = 0x04;
  private static final int EQUIPMENT_COLOUR_80 = 0x20;

  // Phases.
  private static final int KEYBOARD = 0;
  private static final int DRIVES = 1;
  private static final int FLOPPY = 2;
  private static final int OPTION_ROMS = 3;
  private static final int WOKEN = 0xFF;

  private static final int FIRST_OPTION_ROM = 0xC800;
  private static final int LAST_OPTION_ROM = 0xE000;
  private static final int OPTION_ROM_STEP = 0x80;

  private static final int KEYBOARD_MILLIS = 1_000;

  /** POST waits with a clock of 1 ms, not of 55. */
  private static final int FAST_CLOCK = 1193;

  private static final int MODE_ALL_OFF = 0x74; // translating, both devices off
  private static final int MODE_KEYBOARD_QUIET = 0x64; // translating, mouse off
  private static final int MODE_RUN = 0x65; // and the keyboard interrupts
  private static final int KEYBOARD_RESET = 0xFF;
  private static final int BAT_PASSED = 0xAA;

  private final FirmwareSettings settings;
  private final MemoryMap map;
  private final SystemRom rom;
  private final VideoModeSetting video;
  private final DiskServices disks;
  private final MemoryTables tables;
  private final KernelStart kernel;

  PowerOnSelfTest(
      FirmwareSettings settings,
      MemoryMap map,
      SystemRom rom,
      VideoModeSetting video,
      DiskServices disks,
      MemoryTables tables,
      KernelStart kernel) {
    this.settings = settings;
    this.map = map;
    this.rom = rom;
    this.video = video;
    this.disks = disks;
    this.tables = tables;
    this.kernel = kernel;
  }

  /** After a reset of the processor: either POST begins, or a program wants to be resumed. */
  void begin(Caller caller) {
    int shutdown = ClockServices.cmos(caller, CMOS_SHUTDOWN);
    ClockServices.cmos(caller, CMOS_SHUTDOWN, 0);
    if (shutdown == SHUTDOWN_EOI_JUMP
        || shutdown == SHUTDOWN_JUMP
        || shutdown == SHUTDOWN_BLOCK_MOVE) {
      if (shutdown == SHUTDOWN_EOI_JUMP) {
        caller.out8(0x20, 0x20);
      }
      new Ebda(caller).set8(Ebda.POST_PHASE, WOKEN);
      return;
    }
    interruptControllers(caller);
    dataAreas(caller);
    vectors(caller);
    chips(caller);
    new PciSetup(caller).run();
    video.initialize(caller);
    video.set(caller, 3);
    VideoServices.print(
        caller,
        "Troupe BIOS\nIntel 440BX, %d MiB of memory\n".formatted(settings.memoryBytes() >>> 20));
    int serial = SerialServices.detect(caller);
    int parallel = PrinterServices.detect(caller);
    int equipment =
        EQUIPMENT_FPU | EQUIPMENT_MOUSE | EQUIPMENT_COLOUR_80 | serial << 9 | parallel << 14;
    caller.bda16(Bda.EQUIPMENT, equipment | floppies(caller));
    keyboard(caller);
  }

  private static int floppies(Caller caller) {
    int count = 0;
    for (int drive = 0; drive < 2; drive++) {
      count += FloppyServices.type(caller, drive) != FloppyType.NONE ? 1 : 0;
    }
    return count == 0 ? 0 : EQUIPMENT_FLOPPY | (count - 1) << 6;
  }

  private static void interruptControllers(Caller caller) {
    // ICW1 to ICW4, then only clock, keyboard, cascade, floppy; coprocessor and disks.
    for (int[] write :
        new int[][] {
          {0x20, 0x11},
          {0xA0, 0x11},
          {0x21, 0x08},
          {0xA1, 0x70},
          {0x21, 0x04},
          {0xA1, 0x02},
          {0x21, 0x01},
          {0xA1, 0x01},
          {0x21, 0xB8},
          {0xA1, 0x1F}
        }) {
      caller.out8(write[0], write[1]);
    }
  }

  private static void dataAreas(Caller caller) {
    int resetFlag = caller.bda16(Bda.RESET_FLAG);
    for (int i = 0; i < BDA_BYTES; i += 4) {
      caller.bda32(i, 0);
    }
    caller.bda16(Bda.RESET_FLAG, resetFlag);
    caller.bda16(Bda.EBDA_SEGMENT, Ebda.SEGMENT);
    caller.bda16(Bda.MEMORY_KIB, Ebda.BASE_MEMORY_KIB);
    caller.bda16(Bda.KEY_HEAD, Bda.KEY_BUFFER);
    caller.bda16(Bda.KEY_TAIL, Bda.KEY_BUFFER);
    caller.bda16(Bda.KEY_BUFFER_START_POINTER, Bda.KEY_BUFFER);
    caller.bda16(Bda.KEY_BUFFER_END_POINTER, Bda.KEY_BUFFER_END);
    caller.bda8(Bda.KEYBOARD_MODE, KeyboardInterrupt.ENHANCED);
    Ebda ebda = new Ebda(caller);
    for (int i = 0; i < EBDA_BYTES; i += 4) {
      ebda.set32(i, 0);
    }
    ebda.set8(Ebda.SIZE, Ebda.KIB);
  }

  private void vectors(Caller caller) {
    for (int vector = 0; vector < 0x100; vector++) {
      boolean users = vector >= 0x60 && vector < 0x68;
      caller.vector(vector, users ? 0 : SystemRom.SEGMENT, users ? 0 : rom.offset("iret"));
    }
    Object[][] entries = {
      {0x02, "int02"},
      {0x05, "int05"},
      {0x08, "int08"},
      {0x09, "int09"},
      {0x0A, "spurious"},
      {0x0B, "spurious"},
      {0x0C, "spurious"},
      {0x0D, "spurious"},
      {0x0E, "int0e"},
      {0x0F, "spurious"},
      {0x11, "int11"},
      {0x12, "int12"},
      {0x13, "disk"},
      {0x14, "int14"},
      {0x15, "int15"},
      {0x16, "int16"},
      {0x17, "int17"},
      {0x18, "int18"},
      {0x19, "int19"},
      {0x1A, "int1a"},
      {0x1D, "int1d"},
      {0x1E, "floppyTable"},
      {0x40, "int40"},
      {0x42, "int42"},
      {0x70, "rtcInterrupt"},
      {0x71, "redirected"},
      {0x72, "spurious"},
      {0x73, "spurious"},
      {0x74, "mouse"},
      {0x75, "coprocessor"},
      {0x76, "diskInterrupt"},
      {0x77, "diskInterrupt"}
    };
    for (Object[] entry : entries) {
      caller.vector((int) entry[0], SystemRom.SEGMENT, rom.offset((String) entry[1]));
    }
    caller.vector(0x41, Ebda.SEGMENT, Ebda.DISK_TABLE_0);
    caller.vector(0x46, Ebda.SEGMENT, Ebda.DISK_TABLE_1);
  }

  private static void chips(Caller caller) {
    clock(caller, FAST_CLOCK);
    // Channel 1: refresh every 15 us. Channel 2: silent.
    caller.out8(0x43, 0x54);
    caller.out8(0x41, 0x12);
    caller.out8(0x61, caller.in8(0x61) & 0xFC);
    // DMA controllers: clear, cascade on channel 4.
    caller.out8(0x0D, 0);
    caller.out8(0xDA, 0);
    caller.out8(0xD6, 0xC0);
    caller.out8(0xD4, 0);
    // Real-time clock: 32,768 Hz, 1,024 Hz periodic rate; BCD, 24 hours, no interrupts.
    ClockServices.cmos(caller, 0x0A, 0x26);
    ClockServices.cmos(caller, 0x0B, 0x02);
    ClockServices.cmos(caller, 0x0C);
    ClockServices.cmos(caller, 0x0D);
  }

  private static void clock(Caller caller, int count) {
    caller.out8(0x43, 0x36);
    caller.out8(0x40, count);
    caller.out8(0x40, count >>> 8);
  }

  private static void keyboard(Caller caller) {
    for (int i = 0; i < 32 && (caller.in8(0x64) & 1) != 0; i++) {
      caller.in8(0x60);
    }
    caller.out8(0x64, 0xAA);
    caller.in8(0x60);
    caller.out8(0x64, 0x60);
    caller.out8(0x60, MODE_ALL_OFF);
    caller.out8(0x64, 0x60);
    caller.out8(0x60, MODE_KEYBOARD_QUIET);
    caller.out8(0x60, KEYBOARD_RESET);
    new Ebda(caller).set32(Ebda.POST_DEADLINE, caller.millis() + KEYBOARD_MILLIS);
  }

  /** The steps that may wait. */
  Outcome step(Caller caller) {
    Ebda ebda = new Ebda(caller);
    while (true) {
      int phase = ebda.get8(Ebda.POST_PHASE);
      if (phase == WOKEN) {
        caller.ax(RESUME);
        return Outcome.DONE;
      }
      if (phase == OPTION_ROMS && nextRom(caller, ebda)) {
        return Outcome.DONE;
      }
      if (phase > OPTION_ROMS) {
        finish(caller);
        caller.ax(BOOT);
        kernel.start(caller.c, map.ranges());
        return Outcome.DONE;
      }
      boolean done =
          switch (phase) {
            case KEYBOARD -> keyboardReady(caller, ebda);
            case DRIVES -> drives(caller, ebda);
            case FLOPPY -> floppy(caller);
            default -> true;
          };
      if (!done) {
        return Outcome.WAIT;
      }
      ebda.set8(Ebda.POST_PHASE, phase + 1);
    }
  }

  private static boolean keyboardReady(Caller caller, Ebda ebda) {
    while ((caller.in8(0x64) & 1) != 0) {
      if (caller.in8(0x60) == BAT_PASSED) {
        runKeyboard(caller);
        return true;
      }
    }
    if (ebda.get32(Ebda.POST_DEADLINE) - caller.millis() < 0) {
      VideoServices.print(caller, "Keyboard not found\n");
      runKeyboard(caller);
      return true;
    }
    return false;
  }

  private static void runKeyboard(Caller caller) {
    caller.out8(0x64, 0x60);
    caller.out8(0x60, MODE_RUN);
  }

  // ---- Drives

  private boolean drives(Caller caller, Ebda ebda) {
    while (ebda.get8(Ebda.POST_STEP) < AtaDevice.COUNT) {
      int index = ebda.get8(Ebda.POST_STEP);
      if (!drive(caller, new AtaDevice(index, ebda))) {
        return false;
      }
      ebda.set8(Ebda.POST_STEP, index + 1);
    }
    caller.bda8(Bda.DISK_COUNT, ebda.get8(Ebda.DISK_DEVICES));
    return true;
  }

  /** Identifies one device; false while it takes its time. */
  private boolean drive(Caller caller, AtaDevice device) {
    Ebda ebda = device.ebda();
    byte[] identity = new byte[AtaTransfer.SECTOR];
    boolean packet = device.kind() == AtaDevice.CD;
    int status =
        disks
            .ata()
            .identify(
                caller,
                device,
                packet ? AtaTransfer.IDENTIFY_PACKET : AtaTransfer.IDENTIFY,
                identity);
    if (status == DiskStatus.WAITING) {
      return false;
    }
    if (status == DiskStatus.OK) {
      if (packet) {
        int count = ebda.get8(Ebda.CD_DEVICES);
        ebda.set8(Ebda.CD_DEVICES + 1 + count, device.index());
        ebda.set8(Ebda.CD_DEVICES, count + 1);
      } else {
        disk(caller, device, identity);
      }
      announce(caller, device, identity);
    } else if (!packet && AtaTransfer.packetSignature(caller, device)) {
      // A packet device refuses IDENTIFY and shows what it is.
      device.cd();
      return drive(caller, device);
    } else {
      device.none();
    }
    return true;
  }

  private static int word(byte[] identity, int index) {
    return identity[2 * index] & 0xFF | (identity[2 * index + 1] & 0xFF) << 8;
  }

  private static void disk(Caller caller, AtaDevice device, byte[] identity) {
    Ebda ebda = device.ebda();
    long total = word(identity, 60) | (long) word(identity, 61) << 16;
    if ((word(identity, 83) & 0x400) != 0) {
      long wide = 0;
      for (int i = 0; i < 4; i++) {
        wide |= (long) word(identity, 100 + i) << 16 * i;
      }
      total = Math.max(total, wide);
    }
    device.disk(word(identity, 1), word(identity, 3), word(identity, 6), total);
    int count = ebda.get8(Ebda.DISK_DEVICES);
    ebda.set8(Ebda.DISK_DEVICES + 1 + count, device.index());
    ebda.set8(Ebda.DISK_DEVICES, count + 1);
    if (count < 2) {
      int table = count == 0 ? Ebda.DISK_TABLE_0 : Ebda.DISK_TABLE_1;
      ebda.set16(table, device.logicalCylinders());
      ebda.set8(table + 2, device.logicalHeads());
      ebda.set16(table + 5, -1);
      ebda.set8(table + 8, device.logicalHeads() > 8 ? 0x08 : 0);
      ebda.set16(table + 0x0C, device.logicalCylinders());
      ebda.set8(table + 0x0E, device.logicalSectors());
    }
  }

  private static void announce(Caller caller, AtaDevice device, byte[] identity) {
    StringBuilder model = new StringBuilder();
    for (int i = 27; i < 47; i++) {
      model.append((char) (word(identity, i) >>> 8)).append((char) (word(identity, i) & 0xFF));
    }
    VideoServices.print(
        caller,
        "ata%d-%d: %s%s\n"
            .formatted(
                device.index() >>> 1,
                device.index() & 1,
                model.toString().strip(),
                device.kind() == AtaDevice.DISK
                    ? ", %d MiB".formatted(device.total() >>> 11)
                    : ""));
  }

  private boolean floppy(Caller caller) {
    if (floppies(caller) == 0) {
      return true;
    }
    return disks.floppy().reset(caller) != DiskStatus.WAITING;
  }

  // ---- The end

  /** Finds the next option ROM with a right checksum: its segment goes to AX. */
  private static boolean nextRom(Caller caller, Ebda ebda) {
    int segment = Math.max(ebda.get16(Ebda.POST_ROM), FIRST_OPTION_ROM);
    while (segment < LAST_OPTION_ROM) {
      int base = segment << 4;
      int length = caller.c.readLinear8(base + 2) * 512;
      if (caller.c.readLinear16(base) == 0xAA55 && length > 0) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
          sum += caller.c.readLinear8(base + i);
        }
        int next = segment + (length + 0x7FF) / 0x800 * OPTION_ROM_STEP;
        if ((sum & 0xFF) == 0) {
          ebda.set16(Ebda.POST_ROM, next);
          caller.ax(segment);
          return true;
        }
      }
      segment += OPTION_ROM_STEP;
    }
    return false;
  }

  private void finish(Caller caller) {
    clock(caller, 0);
    ClockServices.ticksFromClock(caller);
    caller.bda16(Bda.RESET_FLAG, 0);
    tables.write(caller.c.memory);
    Processor c = caller.c;
    c.segments.setReal(Processor.DS, 0);
    c.segments.setReal(Processor.ES, 0);
  }
}
