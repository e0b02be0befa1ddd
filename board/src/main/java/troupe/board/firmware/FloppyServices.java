package troupe.board.firmware;

import troupe.processor.Processor;

/**
 * INT 13h (and 40h) for floppy drives: through the 82077 and DMA channel 2 ([82077AA] Command Set,
 * [IBM AT] diskette BIOS). A request is a few steps (motor, recalibrate, seek, transfer), kept in
 * the extended data area; waits end with IRQ 6 or the clock.
 */
final class FloppyServices {
  /** The diskette parameter table that INT 1Eh leads to, for 1.44 MB. */
  static final byte[] PARAMETERS = {
    (byte) 0xDF, 0x02, 0x25, 0x02, 0x12, 0x1B, (byte) 0xFF, 0x6C, (byte) 0xF6, 0x0F, 0x08
  };

  private static final int DOR = 0x3F2;
  private static final int MSR = 0x3F4;
  private static final int FIFO = 0x3F5;
  private static final int DIR = 0x3F7;
  private static final int CCR = 0x3F7;
  private static final int DOR_RUN = 0x0C; // not reset, DMA and IRQ on
  private static final int MSR_RQM = 0x80;
  private static final int MSR_DIO = 0x40;
  private static final int MSR_CB = 0x10;
  private static final int DISK_CHANGE = 0x80;

  private static final int SPECIFY = 0x03;
  private static final int RECALIBRATE = 0x07;
  private static final int SENSE_INTERRUPT = 0x08;
  private static final int SEEK = 0x0F;
  private static final int READ = 0xE6;
  private static final int WRITE = 0xC5;
  private static final int FORMAT = 0x4D;
  private static final int RESULTS = 7;

  /** ST0 of SENSE INTERRUPT STATUS when no drive has anything to say. */
  private static final int NOTHING_PENDING = 0x80;

  // Steps, in DISK_PHASE.
  private static final int IDLE = 0;
  private static final int RESET = 1;
  private static final int CLEAR_CHANGE = 2;
  private static final int RECALIBRATING = 3;
  private static final int SEEKING = 4;
  private static final int TRANSFER = 5;

  private static final int MOTOR_TICKS = 0x25;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int MOST_RETRIES = 3;
  private static final int SECTOR = 512;
  private static final int BELOW_16_MIB = 0x100_0000;

  // DMA channel 2.
  private static final int DMA_ADDRESS = 0x04;
  private static final int DMA_COUNT = 0x05;
  private static final int DMA_MASK = 0x0A;
  private static final int DMA_MODE = 0x0B;
  private static final int DMA_CLEAR_FLIP_FLOP = 0x0C;
  private static final int DMA_PAGE = 0x81;
  private static final int DMA_CHANNEL = 2;
  private static final int DMA_TO_MEMORY = 0x46;
  private static final int DMA_FROM_MEMORY = 0x4A;

  private static final int CMOS_TYPES = 0x10;

  static FloppyType type(Caller caller, int drive) {
    int types = ClockServices.cmos(caller, CMOS_TYPES);
    return switch (drive) {
      case 0 -> FloppyType.ofCode(types >>> 4);
      case 1 -> FloppyType.ofCode(types & 0xF);
      default -> FloppyType.NONE;
    };
  }

  /** INT 13h for a drive below 80h. */
  Outcome call(Caller caller, int drive) {
    FloppyType type = type(caller, drive);
    int function = caller.ah();
    if (type == FloppyType.NONE && function != 0x00 && function != 0x01) {
      if (function == 0x08 || function == 0x15) {
        if (function == 0x08) {
          caller.ax(0);
          caller.bx(0);
          caller.cx(0);
          caller.dh(0);
          caller.dl(count(caller));
        }
        caller.ah(0);
        caller.carry(function == 0x08 && drive > 1);
        return Outcome.DONE;
      }
      return end(caller, function > 0x18 ? DiskStatus.BAD_COMMAND : DiskStatus.TIMED_OUT);
    }
    return switch (function) {
      case 0x00 -> {
        int status = reset(caller);
        yield status == DiskStatus.WAITING ? Outcome.WAIT : end(caller, status);
      }
      case 0x01 -> {
        int status = caller.bda8(Bda.FLOPPY_STATUS);
        caller.ah(status);
        caller.carry(status != 0);
        yield Outcome.DONE;
      }
      case 0x02, 0x03, 0x04 -> addressed(caller, drive, function);
      case 0x05 -> {
        int linear = caller.linear(Processor.ES, caller.bx());
        Request request =
            new Request(drive, 0x05, caller.ch(), caller.dh(), 1, caller.al(), linear);
        int status = run(caller, request);
        yield status == DiskStatus.WAITING ? Outcome.WAIT : end(caller, status);
      }
      case 0x08 -> {
        caller.bx(type.cmosCode());
        caller.ch(type.cylinders() - 1);
        caller.cl(type.sectors());
        caller.dh(1);
        caller.dl(count(caller));
        int table = caller.vector(0x1E);
        FontServices.loadEs(caller, table >>> 16);
        caller.di(table & 0xFFFF);
        caller.al(0);
        yield end(caller, DiskStatus.OK);
      }
      case 0x15 -> {
        caller.ah(type == FloppyType.KB_360 ? 1 : 2);
        caller.carry(false);
        yield Outcome.DONE;
      }
      case 0x16 -> {
        select(caller, drive);
        boolean changed = (caller.in8(DIR) & DISK_CHANGE) != 0;
        yield end(caller, changed ? DiskStatus.MEDIUM_CHANGED : DiskStatus.OK);
      }
      case 0x17 -> end(caller, DiskStatus.OK);
      case 0x18 -> {
        int table = caller.vector(0x1E);
        FontServices.loadEs(caller, table >>> 16);
        caller.di(table & 0xFFFF);
        yield end(caller, DiskStatus.OK);
      }
      default -> end(caller, DiskStatus.BAD_COMMAND);
    };
  }

  static int count(Caller caller) {
    int equipment = caller.bda16(Bda.EQUIPMENT);
    return (equipment & 1) == 0 ? 0 : (equipment >>> 6 & 3) + 1;
  }

  private static Outcome end(Caller caller, int status) {
    caller.bda8(Bda.FLOPPY_STATUS, status);
    caller.ah(status);
    caller.carry(status != 0);
    return Outcome.DONE;
  }

  private Outcome addressed(Caller caller, int drive, int function) {
    int sectors = caller.al();
    if (sectors == 0 || caller.dh() > 1 || caller.cl() == 0) {
      return end(caller, DiskStatus.BAD_COMMAND);
    }
    int linear = caller.linear(Processor.ES, caller.bx());
    int status =
        run(
            caller,
            new Request(drive, function, caller.ch(), caller.dh(), caller.cl(), sectors, linear));
    if (status == DiskStatus.WAITING) {
      return Outcome.WAIT;
    }
    if (status != DiskStatus.OK) {
      caller.al(new Ebda(caller).get32(Ebda.DISK_DONE));
    }
    return end(caller, status);
  }

  /**
   * One request.
   *
   * @param function 02h read, 03h write, 04h verify, 05h format
   * @param sectors how many, on one track
   * @param linear where in memory
   */
  record Request(
      int drive, int function, int cylinder, int head, int sector, int sectors, int linear) {}

  /** Does what can be done now of a request. {@link DiskStatus#WAITING}: call again later. */
  int run(Caller caller, Request request) {
    Ebda ebda = new Ebda(caller);
    boolean begins = ebda.beginsDiskRequest(request.hashCode());
    int step = ebda.get8(Ebda.DISK_PHASE);
    if (begins) {
      ebda.set32(Ebda.DISK_DONE, 0);
      ebda.set8(Ebda.DISK_RETRIES, 0);
      step = first(caller, ebda, request);
    }
    while (step != IDLE) {
      boolean done = step == TRANSFER ? resultsReady(caller) : sense(caller) != NOTHING_PENDING;
      if (!done) {
        if (ebda.get32(Ebda.DISK_DEADLINE) - caller.millis() < 0) {
          ebda.set8(Ebda.DISK_PHASE, IDLE);
          // Whatever hangs is cleared by the reset that the caller does next.
          return DiskStatus.TIMED_OUT;
        }
        return DiskStatus.WAITING;
      }
      if (step == TRANSFER) {
        int status = results(caller, ebda, request);
        if (status == DiskStatus.OK && ebda.get32(Ebda.DISK_DONE) < request.sectors) {
          step = transfer(caller, ebda, request);
          continue;
        }
        if (status != DiskStatus.OK && retry(caller, ebda, request)) {
          step = recalibrate(caller, ebda, request);
          continue;
        }
        ebda.set8(Ebda.DISK_PHASE, IDLE);
        return status;
      }
      step = next(caller, ebda, request, step);
    }
    return DiskStatus.NOT_READY;
  }

  /** Whether another attempt, at another data rate perhaps, is worth it. */
  private static boolean retry(Caller caller, Ebda ebda, Request request) {
    int retries = ebda.get8(Ebda.DISK_RETRIES) + 1;
    ebda.set8(Ebda.DISK_RETRIES, retries);
    return retries < MOST_RETRIES && (caller.in8(DIR) & DISK_CHANGE) == 0 && request.function != 5;
  }

  private static int enter(Caller caller, Ebda ebda, int step) {
    ebda.set8(Ebda.DISK_PHASE, step);
    ebda.set32(Ebda.DISK_DEADLINE, caller.millis() + TIMEOUT_MILLIS);
    return step;
  }

  private static boolean resultsReady(Caller caller) {
    int expected = MSR_RQM | MSR_DIO | MSR_CB;
    return (caller.in8(MSR) & expected) == expected;
  }

  private static void select(Caller caller, int drive) {
    caller.bda8(Bda.FLOPPY_MOTOR_COUNT, MOTOR_TICKS);
    caller.bdaBits(Bda.FLOPPY_MOTOR, 0x0F, 1 << drive);
    caller.out8(DOR, DOR_RUN | 0x10 << drive | drive);
  }

  int reset(Caller caller) {
    Ebda ebda = new Ebda(caller);
    if (ebda.beginsDiskRequest(RESET)) {
      caller.out8(DOR, 0);
      caller.out8(DOR, DOR_RUN);
      caller.bdaBits(Bda.FLOPPY_RECALIBRATED, 0x0F, 0);
      enter(caller, ebda, RESET);
    }
    if (sense(caller) == NOTHING_PENDING) {
      if (ebda.get32(Ebda.DISK_DEADLINE) - caller.millis() < 0) {
        ebda.set8(Ebda.DISK_PHASE, IDLE);
        return DiskStatus.CONTROLLER_FAILED;
      }
      return DiskStatus.WAITING;
    }
    ebda.set8(Ebda.DISK_PHASE, IDLE);
    for (int drive = 1; drive < 4; drive++) {
      sense(caller);
    }
    specify(caller);
    return DiskStatus.OK;
  }

  private static void specify(Caller caller) {
    command(caller, SPECIFY, PARAMETERS[0] & 0xFF, PARAMETERS[1]);
  }

  private static void command(Caller caller, int... bytes) {
    for (int b : bytes) {
      if ((caller.in8(MSR) & (MSR_RQM | MSR_DIO)) != MSR_RQM) {
        return; // the time limit ends what follows from this
      }
      caller.out8(FIFO, b);
    }
  }

  private static int result(Caller caller) {
    int expected = MSR_RQM | MSR_DIO;
    return (caller.in8(MSR) & expected) == expected ? caller.in8(FIFO) : -1;
  }

  /** SENSE INTERRUPT STATUS: ST0, or 80h where nothing was pending. */
  private static int sense(Caller caller) {
    command(caller, SENSE_INTERRUPT);
    int st0 = result(caller);
    if (st0 < 0) {
      return NOTHING_PENDING;
    }
    if (st0 != NOTHING_PENDING) {
      result(caller);
    }
    return st0;
  }

  private int first(Caller caller, Ebda ebda, Request request) {
    select(caller, request.drive);
    caller.out8(CCR, rate(caller, request.drive, 0));
    // A request that was given up may have left bytes to be read.
    for (int i = 0; i < 16 && result(caller) >= 0; i++) {}
    sense(caller);
    if ((caller.in8(DIR) & DISK_CHANGE) != 0) {
      // Stepping clears the change line if there is a disk.
      command(caller, SEEK, request.drive, 1);
      return enter(caller, ebda, CLEAR_CHANGE);
    }
    if ((caller.bda8(Bda.FLOPPY_RECALIBRATED) & 1 << request.drive) == 0) {
      return recalibrate(caller, ebda, request);
    }
    return seek(caller, ebda, request);
  }

  private int recalibrate(Caller caller, Ebda ebda, Request request) {
    caller.out8(CCR, rate(caller, request.drive, ebda.get8(Ebda.DISK_RETRIES)));
    command(caller, RECALIBRATE, request.drive);
    return enter(caller, ebda, RECALIBRATING);
  }

  private int seek(Caller caller, Ebda ebda, Request request) {
    command(caller, SEEK, request.head << 2 | request.drive, request.cylinder);
    return enter(caller, ebda, SEEKING);
  }

  /** The step after a movement of the heads has ended. */
  private int next(Caller caller, Ebda ebda, Request request, int step) {
    return switch (step) {
      case CLEAR_CHANGE -> {
        if ((caller.in8(DIR) & DISK_CHANGE) != 0) {
          ebda.set8(Ebda.DISK_PHASE, IDLE);
          yield IDLE;
        }
        yield recalibrate(caller, ebda, request);
      }
      case RECALIBRATING -> {
        caller.bdaBits(Bda.FLOPPY_RECALIBRATED, 1 << request.drive, 1 << request.drive);
        yield seek(caller, ebda, request);
      }
      default -> transfer(caller, ebda, request);
    };
  }

  /** Data rate codes to try for a drive, most likely first. */
  private static int rate(Caller caller, int drive, int attempt) {
    int[] rates =
        switch (type(caller, drive)) {
          case KB_360, KB_720 -> new int[] {2};
          case KB_1200 -> new int[] {0, 1};
          case KB_2880 -> new int[] {3, 0, 2};
          case KB_1440, NONE -> new int[] {0, 2};
        };
    return rates[attempt % rates.length];
  }

  /**
   * Sectors that one command moves. Where linear addresses are not physical ones, one at a time
   * goes through the buffer of the extended data area.
   */
  private static int chunk(Caller caller, Request request, int done) {
    return direct(caller, request) ? request.sectors - done : 1;
  }

  private static boolean direct(Caller caller, Request request) {
    int last = request.linear + request.sectors * SECTOR - 1;
    return (caller.c.cr0 & Processor.CR0_PG) == 0
        && request.linear >>> 16 == last >>> 16
        && last < BELOW_16_MIB;
  }

  private int transfer(Caller caller, Ebda ebda, Request request) {
    int done = ebda.get32(Ebda.DISK_DONE);
    int chunk = chunk(caller, request, done);
    int bytes = request.function == 5 ? 4 * request.sectors : chunk * SECTOR;
    boolean direct = direct(caller, request);
    int address = direct ? request.linear + done * SECTOR : ebda.linear(Ebda.SECTOR_BUFFER);
    boolean write = request.function == 3 || request.function == 5;
    if (!direct && write) {
      byte[] sector = caller.readLinear(request.linear + done * SECTOR, Math.min(bytes, SECTOR));
      caller.writeLinear(address, sector, sector.length);
    }
    if (request.function == 4) {
      // The data of a verification goes nowhere that matters.
      address = ebda.linear(Ebda.SECTOR_BUFFER);
      chunk = 1;
      bytes = SECTOR;
    }
    caller.out8(DMA_MASK, 4 | DMA_CHANNEL);
    caller.out8(DMA_CLEAR_FLIP_FLOP, 0);
    caller.out8(DMA_MODE, write ? DMA_FROM_MEMORY : DMA_TO_MEMORY);
    caller.out8(DMA_ADDRESS, address);
    caller.out8(DMA_ADDRESS, address >>> 8);
    caller.out8(DMA_PAGE, address >>> 16);
    caller.out8(DMA_COUNT, bytes - 1);
    caller.out8(DMA_COUNT, bytes - 1 >>> 8);
    caller.out8(DMA_MASK, DMA_CHANNEL);
    int unit = request.head << 2 | request.drive;
    caller.bdaBits(Bda.FLOPPY_RECALIBRATED, 0x80, 0);
    if (request.function == 5) {
      command(caller, FORMAT, unit, 2, request.sectors, PARAMETERS[7], PARAMETERS[8]);
    } else {
      int sector = request.sector + done;
      int table = caller.vector(0x1E);
      int linear = ((table >>> 16) << 4) + (table & 0xFFFF);
      int lastOnTrack = Math.max(caller.c.readLinear8(linear + 4), sector + chunk - 1);
      int gap = caller.c.readLinear8(linear + 5);
      command(
          caller,
          write ? WRITE : READ,
          unit,
          request.cylinder,
          request.head,
          sector,
          2,
          lastOnTrack,
          gap,
          0xFF);
    }
    return enter(caller, ebda, TRANSFER);
  }

  private static int results(Caller caller, Ebda ebda, Request request) {
    int[] result = new int[RESULTS];
    for (int i = 0; i < RESULTS; i++) {
      result[i] = result(caller);
      caller.bda8(Bda.FLOPPY_RESULT + i, result[i]);
    }
    if ((result[0] & 0xC0) == 0) {
      int done = ebda.get32(Ebda.DISK_DONE);
      int chunk = request.function == 4 ? 1 : chunk(caller, request, done);
      if (request.function == 2 && !direct(caller, request)) {
        byte[] sector = caller.readLinear(ebda.linear(Ebda.SECTOR_BUFFER), SECTOR);
        caller.writeLinear(request.linear + done * SECTOR, sector, SECTOR);
      }
      ebda.set32(Ebda.DISK_DONE, request.function == 5 ? request.sectors : done + chunk);
      return DiskStatus.OK;
    }
    int st1 = result[1];
    int st2 = result[2];
    if ((st1 & 0x02) != 0) {
      return DiskStatus.WRITE_PROTECTED;
    } else if ((st1 & 0x20) != 0) {
      return DiskStatus.UNCORRECTABLE;
    } else if ((st1 & 0x10) != 0) {
      return DiskStatus.DMA_OVERRUN;
    } else if ((st1 & 0x84) != 0) {
      return DiskStatus.SECTOR_NOT_FOUND;
    } else if ((st1 & 0x01) != 0 || (st2 & 0x01) != 0) {
      return DiskStatus.NO_ADDRESS_MARK;
    } else if ((st2 & 0x12) != 0) {
      return DiskStatus.SEEK_FAILED;
    }
    return (result[0] & 0x08) != 0 ? DiskStatus.TIMED_OUT : DiskStatus.CONTROLLER_FAILED;
  }
}
