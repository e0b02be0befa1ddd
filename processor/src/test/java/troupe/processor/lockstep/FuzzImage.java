package troupe.processor.lockstep;

import java.util.Random;
import troupe.processor.Processor;
import troupe.processor.ProcessorState;
import troupe.processor.SegmentRegisters;
import troupe.processor.fpu.FpuState;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.simd.SimdState;

/**
 * The memory around a random program: descriptors, page tables, handlers that go on at another
 * place of the program after an exception, and data. All of it follows from the program.
 *
 * <pre>
 * 0000 IVT    1000 GDT   1800 IDT   2000 TSS   2400 TSS of #DF   4000 handlers
 * 6000 stack of level 0  8000 page directory   9000 page table   A000 resume counter and places
 * B000 another page directory   C000 its page table, with other pages of code at some addresses
 * 10000 code, 14000 stack, 18000 data   20000 the same 64 KiB once more (paged modes)
 * 30000 nothing   31000 device
 * </pre>
 *
 * Code that runs on past its end must not get to the device: what a device answers depends on what
 * was read before, and how far ahead a processor fetches is its own affair. Code that jumps there
 * gets the same bytes at all times ({@link RepeatableBoard}).
 */
final class FuzzImage implements LockStep.Image {
  static final int CODE = 0x10000;
  static final int CODE_BYTES = 0x4000;
  static final int STACK = 0x14000;
  static final int DATA = 0x18000;
  static final int ALIAS = 0x20000;
  private static final int NOTHING = 0x30000;
  static final int DEVICE = 0x31000;

  /** Of a linear address, what stays of it within a page of 4 MiB, which is mapped twice. */
  static final int LARGE_PAGE_MASK = 0x3FFFFF;

  static final int PAGE_TABLE = 0x9000;
  private static final int GDT = 0x1000;
  private static final int IDT = 0x1800;
  private static final int TSS = 0x2000;
  private static final int DOUBLE_FAULT_TSS = 0x2400;
  private static final int HANDLERS = 0x4000;
  private static final int SYSTEM_STACK = 0x8000;
  static final int DIRECTORY = 0x8000;
  static final int OTHER_DIRECTORY = 0xB000;
  private static final int OTHER_TABLE = 0xC000;

  // Selectors.
  static final int CODE32 = 0x08;
  static final int DATA32 = 0x10;
  static final int CODE16 = 0x18;
  static final int DATA16 = 0x20;
  static final int TASK = 0x28;
  static final int DOUBLE_FAULT_TASK = 0x30;
  static final int USER_CODE32 = 0x3B;
  static final int USER_DATA32 = 0x43;
  static final int USER_CODE16 = 0x4B;
  static final int USER_DATA16 = 0x53;
  static final int USER_CODE_SMALL = 0x5B;
  static final int USER_DATA_SMALL = 0x63;
  static final int USER_STACK = 0x6B;
  static final int USER_STACK16 = 0x73;
  static final int STACK16 = 0x78;
  static final int EXPAND_DOWN = 0x83;
  static final int READ_ONLY = 0x8B;
  static final int EXECUTE_ONLY = 0x93;
  static final int CALL_GATE = 0x9B;
  static final int ABSENT = 0xA3;

  private static final int BYTES = 1 << 20;
  private final FuzzProgram program;
  private final Mode mode;

  FuzzImage(FuzzProgram program) {
    this.program = program;
    mode = program.mode();
  }

  @Override
  public long bytes() {
    return BYTES;
  }

  @Override
  public void fill(PhysicalMemory memory, PhysicalMemory.Device device) {
    memory.map(NOTHING >> 12, 1, PhysicalMemory.Target.NOTHING, PhysicalMemory.Target.NOTHING);
    memory.setDevice(DEVICE >> 12, 1, device);
    memory.map(DEVICE >> 12, 1, PhysicalMemory.Target.DEVICE, PhysicalMemory.Target.DEVICE);
    Random random = new Random(program.data());
    byte[] content = new byte[0xC000];
    random.nextBytes(content);
    for (int n = 0; n < content.length; n += 4 + random.nextInt(60)) {
      // Pointers into the data, small numbers.
      int value = random.nextBoolean() ? random.nextInt(64) : DATA - mode.dataBase() + n;
      for (int k = 0; k < 4 && n + k < content.length; k++) {
        content[n + k] = (byte) (value >>> 8 * k);
      }
    }
    memory.write(STACK, content, 0, content.length);
    descriptors(memory);
    tables(memory, random);
    new FuzzHandlers(memory, mode).write(HANDLERS, program.places());
    byte[] code = program.image();
    memory.write(CODE, code, 0, code.length);
  }

  // ---- Descriptors

  private void descriptors(PhysicalMemory memory) {
    segment(memory, CODE32, 0, 0xFFFFF, 0xC09B);
    segment(memory, DATA32, 0, 0xFFFFF, 0xC093);
    segment(memory, CODE16, CODE, 0xFFFF, 0x009B);
    segment(memory, DATA16, DATA, 0x7FFF, 0x0093);
    segment(memory, TASK, TSS, 0x2067 - 0x2000 + 0x90, 0x008B);
    segment(memory, DOUBLE_FAULT_TASK, DOUBLE_FAULT_TSS, 0x67, 0x0089);
    segment(memory, USER_CODE32, 0, 0xFFFFF, 0xC0FB);
    segment(memory, USER_DATA32, 0, 0xFFFFF, 0xC0F3);
    segment(memory, USER_CODE16, CODE, 0x3FFF, 0x00FB);
    segment(memory, USER_DATA16, DATA, 0x7EFE, 0x00F3);
    segment(memory, USER_CODE_SMALL, CODE, 0x3FFF, 0x40FB);
    segment(memory, USER_DATA_SMALL, DATA, 0x6FFD, 0x40F3);
    segment(memory, USER_STACK, STACK, 0x3FFE, 0x40F3);
    segment(memory, USER_STACK16, STACK, 0x2FFF, 0x00F3);
    segment(memory, STACK16, STACK, 0x3FFF, 0x0093);
    segment(memory, EXPAND_DOWN, DATA, 0x0FFF, 0x40F7);
    segment(memory, READ_ONLY, DATA, 0x7FFF, 0x40F1);
    segment(memory, EXECUTE_ONLY, CODE, 0x3FFF, 0x40F9);
    segment(memory, ABSENT, DATA, 0x7FFF, 0x4073);
    gate(memory, GDT + (CALL_GATE & ~7), CODE32, HANDLERS + FuzzHandlers.CALLED, 0xEC00);
    memory.write32(TSS + 4, SYSTEM_STACK);
    memory.write32(TSS + 8, DATA32);
    memory.write32(TSS + 0x64, 0x68 << 16);
    for (int n = 0; n < 0x80; n++) {
      memory.write8(TSS + 0x68 + n, n % 3 == 0 ? 0x5A : 0);
    }
    memory.write8(TSS + 0x68 + 0x80, 0xFF);
    int[] registers = {SYSTEM_STACK - 0x800, 0, 0, 0};
    memory.write32(DOUBLE_FAULT_TSS + 0x1C, DIRECTORY);
    memory.write32(DOUBLE_FAULT_TSS + 0x20, HANDLERS + FuzzHandlers.DOUBLE_FAULT);
    memory.write32(DOUBLE_FAULT_TSS + 0x24, 2);
    memory.write32(DOUBLE_FAULT_TSS + 0x38, registers[0]);
    for (int at : new int[] {0x48, 0x50, 0x54, 0x58, 0x5C}) {
      memory.write32(DOUBLE_FAULT_TSS + at, DATA32);
    }
    memory.write32(DOUBLE_FAULT_TSS + 0x4C, CODE32);
    for (int vector = 0; vector < 256; vector++) {
      int handler = HANDLERS + FuzzHandlers.offset(vector);
      if (mode.isProtected()) {
        // Some for programs at level 3, some with interrupts off.
        int type = (vector % 3 == 0 || vector >= 0x30 ? 0xEE00 : 0x8E00) | (vector & 1) << 8;
        gate(memory, IDT + 8 * vector, CODE32, handler, type);
      } else {
        memory.write32(4 * vector, HANDLERS + FuzzHandlers.REAL);
      }
    }
    if (mode.isProtected()) {
      gate(memory, IDT + 8 * 8, DOUBLE_FAULT_TASK, 0, 0x8500);
    }
  }

  private static void segment(
      PhysicalMemory memory, int selector, int base, int limit, int attributes) {
    int at = GDT + (selector & ~7);
    memory.write32(at, base << 16 | limit & 0xFFFF);
    memory.write32(
        at + 4, base & 0xFF000000 | attributes << 8 | limit & 0xF0000 | base >>> 16 & 0xFF);
  }

  private static void gate(PhysicalMemory memory, int at, int selector, int offset, int type) {
    memory.write32(at, selector << 16 | offset & 0xFFFF);
    memory.write32(at + 4, offset & 0xFFFF0000 | type);
  }

  // ---- Page tables

  /** The first MiB as it is, the alias, and some pages of data that are not as they should be. */
  private void tables(PhysicalMemory memory, Random random) {
    int user = mode.cpl == 3 ? 4 : 0;
    memory.write32(DIRECTORY, PAGE_TABLE | 7);
    for (int page = 0; page < 256; page++) {
      int linear = page << 12;
      int physical = linear >= ALIAS && linear < NOTHING ? linear - ALIAS + CODE : linear;
      int rights = linear >= CODE ? 3 | user : 3;
      if (linear >= DATA + 0x2000 && linear < ALIAS) {
        rights ^=
            switch (random.nextInt(8)) {
              case 0 -> 1;
              case 1 -> 2;
              case 2 -> 4;
              default -> 0;
            };
      }
      memory.write32(PAGE_TABLE + 4 * page, physical | rights);
      memory.write32(OTHER_TABLE + 4 * page, other(page, physical) | rights);
    }
    memory.write32(OTHER_DIRECTORY, OTHER_TABLE | 7);
    // The first 4 MiB once more, in one large page.
    memory.write32(DIRECTORY + 4, 0x87);
    memory.write32(OTHER_DIRECTORY + 4, 0x87);
  }

  /** Two pages of the code change places. */
  private static int other(int page, int physical) {
    return switch (page - (CODE >> 12)) {
      case 1, 2 -> (CODE >> 12) + 3 - (page - (CODE >> 12)) << 12;
      default -> physical;
    };
  }

  // ---- Processor

  @Override
  public void start(Processor c) {
    Random random = new Random(~program.data());
    ProcessorState reset = c.save();
    int[] general = new int[8];
    for (int n = 0; n < 8; n++) {
      general[n] = random.nextInt();
    }
    FuzzHandlers.pointers(mode, general);
    int[] selectors = {mode.data, mode.code, mode.stack, mode.data, mode.data, mode.data, 0, TASK};
    int[] bases = new int[8];
    int[] limits = new int[8];
    int[] attributes = new int[8];
    for (int n = 0; n < 6; n++) {
      describe(c.memory, n, selectors[n], bases, limits, attributes);
    }
    bases[SYSTEM_SEGMENT] = TSS;
    limits[SYSTEM_SEGMENT] = 0xF7;
    attributes[SYSTEM_SEGMENT] = 0x8B;
    long[] significands = random.longs(8).toArray();
    int[] signExponents = random.ints(8, 0, 0x10000).toArray();
    int[] rest = {0x37F, 0, 0, random.nextInt(256), 0, 0, 0, 0, 0};
    int eflags = random.nextInt() & Processor.ARITHMETIC | 2;
    eflags |= random.nextInt(8) == 0 ? 0 : Processor.IF;
    eflags |= mode == Mode.VIRTUAL_8086 ? Processor.VM : 0;
    eflags |= mode.cpl == 3 && random.nextInt(3) == 0 ? 0 : Processor.IOPL;
    c.restore(
        new ProcessorState(
            general,
            program.places()[0],
            eflags,
            selectors,
            bases,
            limits,
            attributes,
            new int[] {
              GDT, 0x7FF, mode.isProtected() ? IDT : 0, mode.isProtected() ? 0x7FF : 0x3FF
            },
            new int[] {
              mode.controlRegister0() | program.control() & Processor.CR0_AM,
              0,
              DIRECTORY,
              Processor.CR4_OSFXSR
                  | Processor.CR4_OSXMMEXCPT
                  | program.control() & FuzzProgram.CONTROL_4
            },
            reset.pdptes(),
            reset.debug(),
            mode.cpl,
            true,
            0,
            reset.modelSpecific(),
            new FpuState.Saved(significands, signExponents, rest),
            new SimdState.Saved(random.longs(16).toArray(), 0x1F80),
            reset.run()));
  }

  private static final int SYSTEM_SEGMENT = Processor.TR;

  private void describe(
      PhysicalMemory memory, int n, int selector, int[] bases, int[] limits, int[] attributes) {
    if (mode == Mode.REAL || mode == Mode.VIRTUAL_8086) {
      bases[n] = selector << 4;
      limits[n] = 0xFFFF;
      attributes[n] = SegmentRegisters.REAL_MODE | mode.cpl << SegmentRegisters.DPL_SHIFT;
      return;
    }
    int low = memory.read32(GDT + (selector & ~7));
    int high = memory.read32(GDT + (selector & ~7) + 4);
    bases[n] = low >>> 16 | (high & 0xFF) << 16 | high & 0xFF000000;
    int limit = low & 0xFFFF | high & 0xF0000;
    limits[n] = (high & 1 << 23) != 0 ? limit << 12 | 0xFFF : limit;
    attributes[n] = high >>> 8 & 0xF0FF;
  }
}
