package troupe.conformance.silicon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import troupe.processor.CpuModel;
import troupe.processor.IoBus;
import troupe.processor.Processor;
import troupe.processor.ProcessorState;
import troupe.processor.Surroundings;
import troupe.processor.fpu.FpuState;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.simd.SimdState;
import troupe.processor.translator.RegionStore;

/**
 * Our processor in the place of the silicon: at privilege level 3 with flat segments and paging,
 * the same two pages present, breakpoints behind the instruction, and a handler for each vector
 * that halts, so that the handler's address and the frame on the kernel's stack tell what happened.
 */
final class OurProcessor {
  // Physical pages.
  private static final int DIRECTORY = 0x1000;
  private static final int MEMORY_TABLE = 0x2000;
  private static final int CODE_TABLE = 0x3000;
  private static final int SYSTEM_TABLE = 0x4000;
  private static final int TABLES = 0x5000;
  private static final int HANDLERS = 0x6000;
  private static final int STACK = 0x7000;
  private static final int MEMORY_PAGE = 0x8000;
  private static final int CODE_PAGE = 0x9000;

  // Linear addresses of the system's pages.
  private static final int SYSTEM = 0xC000_0000;
  private static final int IDT = SYSTEM;
  private static final int GDT = SYSTEM + 0x800;
  private static final int TSS = SYSTEM + 0x900;
  private static final int HANDLER_CODE = SYSTEM + 0x1000;
  private static final int STACK_TOP = SYSTEM + 0x3000;

  private static final int KERNEL_CODE = 0x08;
  private static final int KERNEL_DATA = 0x10;
  private static final int USER_CODE = 0x1B;
  private static final int USER_DATA = 0x23;
  private static final int TASK = 0x28;
  private static final int FLAT_CODE = 0xC0FB;
  private static final int FLAT_DATA = 0xC0F3;
  private static final int BUSY_TSS = 0x8B;
  private static final int VECTORS = 32;
  private static final int WITH_ERROR_CODE = 1 << 8 | 0x1F << 10 | 1 << 17;
  private static final int PAGE = 4096;
  private static final int HLT = 0xF4;
  private static final int LIMIT = 100_000;

  private final PhysicalMemory memory = new PhysicalMemory(1 << 20);
  private final Processor processor;
  private final ProcessorState template;

  /**
   * @param translated everything is translated before it runs
   */
  OurProcessor(boolean translated) {
    pageTables();
    descriptors();
    RegionStore store =
        translated ? new RegionStore(RegionStore.Limits.EVERYTHING, Runnable::run) : null;
    processor = new Processor(CpuModel.DEFAULT, memory, new NoPorts(), new Alone(), store);
    template = processor.save();
  }

  /** Translated code leaves an access that misses in the TLB to the interpreter. */
  private void fillTlb() {
    processor.writeLinear8(Image.MEMORY, processor.readLinear8(Image.MEMORY));
  }

  private void pageTables() {
    entry(DIRECTORY, Image.MEMORY >>> 22, MEMORY_TABLE | 7);
    entry(DIRECTORY, Image.CODE >>> 22, CODE_TABLE | 7);
    entry(DIRECTORY, SYSTEM >>> 22, SYSTEM_TABLE | 3);
    entry(MEMORY_TABLE, Image.MEMORY >>> 12 & 1023, MEMORY_PAGE | 7);
    entry(CODE_TABLE, Image.CODE >>> 12 & 1023, CODE_PAGE | 7);
    entry(SYSTEM_TABLE, 0, TABLES | 3);
    entry(SYSTEM_TABLE, 1, HANDLERS | 3);
    entry(SYSTEM_TABLE, 2, STACK | 3);
  }

  private void entry(int table, int index, int value) {
    memory.write32(table + 4 * index, value);
  }

  private void descriptors() {
    for (int vector = 0; vector < VECTORS; vector++) {
      int handler = HANDLER_CODE + 16 * vector;
      int gate = TABLES + 8 * vector;
      memory.write32(gate, KERNEL_CODE << 16 | handler & 0xFFFF);
      memory.write32(gate + 4, handler & 0xFFFF0000 | 0xEE00);
      memory.write8(HANDLERS + 16 * vector, HLT);
    }
    int gdt = TABLES + (GDT - SYSTEM);
    flat(gdt + KERNEL_CODE, 0x9B);
    flat(gdt + KERNEL_DATA, 0x93);
    flat(gdt + (USER_CODE & ~7), 0xFB);
    flat(gdt + (USER_DATA & ~7), 0xF3);
    int tss = TABLES + (TSS - SYSTEM);
    memory.write32(tss + 4, STACK_TOP);
    memory.write32(tss + 8, KERNEL_DATA);
  }

  private void flat(int at, int access) {
    memory.write32(at, 0x0000FFFF);
    memory.write32(at + 4, 0x00CF0000 | access << 8);
  }

  Result run(Case c) {
    byte[] code = new byte[PAGE];
    Arrays.fill(code, (byte) 0xCC);
    System.arraycopy(c.code(), 0, code, Image.CODE & PAGE - 1, c.code().length);
    memory.write(CODE_PAGE, code, 0, PAGE);
    byte[] page = new byte[PAGE];
    System.arraycopy(c.before().memory(), 0, page, Image.MEMORY & PAGE - 1, Image.MEMORY_BYTES);
    memory.write(MEMORY_PAGE, page, 0, PAGE);
    processor.restore(state(c.before()));
    fillTlb();
    for (int n = 0; n < LIMIT && !processor.halted() && !processor.shutDown(); n++) {
      processor.run(1);
    }
    ProcessorState after = processor.save();
    if (!processor.halted()) {
      return new Result(-1, 0, 0, after.eip() - Image.CODE, image(after, after.general()[4], 2));
    }
    int vector = after.eip() - HANDLER_CODE >>> 4;
    int frame = STACK + after.general()[4] - (STACK_TOP - PAGE);
    int error = 0;
    if ((WITH_ERROR_CODE >>> vector & 1) != 0) {
      error = memory.read32(frame);
      frame += 4;
    }
    int advance = memory.read32(frame) - Image.CODE - (vector == Result.EXECUTED ? 1 : 0);
    int address = vector == 14 ? after.control()[1] : 0;
    int eflags = memory.read32(frame + 8);
    int esp = memory.read32(frame + 12);
    return new Result(vector, error, address, advance, image(after, esp, eflags));
  }

  private ProcessorState state(Image before) {
    ByteBuffer fx = before.fx();
    int top = before.fsw() >>> 11 & 7;
    long[] significands = new long[8];
    int[] signExponents = new int[8];
    for (int i = 0; i < 8; i++) {
      significands[top + i & 7] = before.significand(i);
      signExponents[top + i & 7] = before.signExponent(i);
    }
    int[] rest = {
      before.fcw(), before.fsw() & ~(7 << 11), top, ~before.tags() & 0xFF, 0, 0, 0, 0, 0
    };
    long[] xmm = new long[16];
    for (int i = 0; i < 16; i++) {
      xmm[i] = fx.getLong(160 + 8 * i);
    }
    int[] selectors = {USER_DATA, USER_CODE, USER_DATA, USER_DATA, USER_DATA, USER_DATA, 0, TASK};
    int[] attributes = {
      FLAT_DATA, FLAT_CODE, FLAT_DATA, FLAT_DATA, FLAT_DATA, FLAT_DATA, 0, BUSY_TSS
    };
    int[] limits = {-1, -1, -1, -1, -1, -1, 0, 0x67};
    int cr0 =
        Processor.CR0_PE
            | Processor.CR0_MP
            | Processor.CR0_NE
            | Processor.CR0_WP
            | Processor.CR0_PG;
    int cr4 = Processor.CR4_OSFXSR | Processor.CR4_OSXMMEXCPT;
    return new ProcessorState(
        before.general().clone(),
        Image.CODE,
        before.eflags() & 0xCD5 | 0x202,
        selectors,
        new int[] {0, 0, 0, 0, 0, 0, 0, TSS},
        limits,
        attributes,
        new int[] {GDT, 0x2F, IDT, 8 * VECTORS - 1},
        new int[] {cr0, 0, DIRECTORY, cr4},
        template.pdptes(),
        template.debug(),
        3,
        true,
        0,
        template.modelSpecific(),
        new FpuState.Saved(significands, signExponents, rest),
        new SimdState.Saved(xmm, before.mxcsr()),
        new ProcessorState.Run(0, false, false, false, false, false, false));
  }

  private Image image(ProcessorState after, int esp, int eflags) {
    int[] general = after.general().clone();
    general[4] = esp;
    byte[] bytes = new byte[Image.FX_BYTES];
    ByteBuffer fx = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int[] rest = after.fpu().rest();
    int top = rest[2];
    fx.putShort(0, (short) rest[0]);
    fx.putShort(2, (short) (rest[1] | top << 11));
    fx.put(4, (byte) ~rest[3]);
    fx.putInt(24, after.simd().mxcsr());
    for (int i = 0; i < 8; i++) {
      fx.putLong(32 + 16 * i, after.fpu().significand()[top + i & 7]);
      fx.putShort(40 + 16 * i, (short) after.fpu().signExponent()[top + i & 7]);
    }
    for (int i = 0; i < 16; i++) {
      fx.putLong(160 + 8 * i, after.simd().xmm()[i]);
    }
    byte[] content = new byte[Image.MEMORY_BYTES];
    memory.read(MEMORY_PAGE + (Image.MEMORY & PAGE - 1), content, 0, content.length);
    return new Image(general, eflags & 0xCD5 | 0x202, bytes, content);
  }

  /** Nothing is behind any port. */
  private static final class NoPorts implements IoBus {
    @Override
    public int read8(int port) {
      return 0xFF;
    }

    @Override
    public int read16(int port) {
      return 0xFFFF;
    }

    @Override
    public int read32(int port) {
      return -1;
    }

    @Override
    public void write8(int port, int value) {}

    @Override
    public void write16(int port, int value) {}

    @Override
    public void write32(int port, int value) {}
  }

  /** No board. */
  private static final class Alone implements Surroundings {
    @Override
    public int acknowledgeInterrupt() {
      throw new IllegalStateException("no interrupt was requested");
    }

    @Override
    public long timeStamp() {
      return 0;
    }

    @Override
    public void floatingPointError(boolean asserted) {}

    @Override
    public void tripleFault() {}

    @Override
    public boolean firmwareCall(Processor processor, int number) {
      return false;
    }
  }
}
