package troupe.conformance.programs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import troupe.processor.CpuModel;
import troupe.processor.IoBus;
import troupe.processor.Processor;
import troupe.processor.ProcessorState;
import troupe.processor.SegmentRegisters;
import troupe.processor.Surroundings;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.RegionStore;

/**
 * One of v86's programs: an ELF file, run in flat 32-bit protected mode without paging until it
 * halts. Each exception has a handler that halts too.
 */
final class V86Program {
  private static final int DATA = 0x100000;
  private static final int DATA_END = 0x102000;
  private static final int GDT = 0x1000;
  private static final int IDT = 0x2000;
  private static final int HANDLERS = 0x3000;
  private static final int STACK = 0x8000;
  private static final int HLT = 0xF4;
  private static final int ARITHMETIC = 0x8D5;
  private static final int FPU_TAG_EMPTY = 0xAAAA;

  /** v86 does not compare the exception flags for invalid operands, precision and denormals. */
  private static final int FPU_STATUS = 0xFFFF & ~(1 << 9 | 1 << 5 | 1 << 3 | 1 << 1);

  private static final double NEAR = 1e-7;
  private static final int LONGEST = 200_000;

  private final PhysicalMemory memory = new PhysicalMemory(2 << 20);
  private final Processor processor;

  V86Program(byte[] elf, boolean translated) {
    RegionStore store =
        translated ? new RegionStore(RegionStore.Limits.EVERYTHING, Runnable::run) : null;
    processor = new Processor(CpuModel.DEFAULT, memory, new Nothing(), new Nothing(), store);
    descriptor(GDT + 8, 0x9B);
    descriptor(GDT + 16, 0x93);
    for (int vector = 0; vector < 32; vector++) {
      memory.write32(IDT + 8 * vector, 8 << 16 | HANDLERS + 16 * vector);
      memory.write32(IDT + 8 * vector + 4, 0x8E00);
      memory.write8(HANDLERS + 16 * vector, HLT);
    }
    start(load(elf));
    for (int n = 0; n < LONGEST && !processor.halted() && !processor.shutDown(); n++) {
      processor.run(1);
    }
  }

  private void descriptor(int at, int access) {
    memory.write32(at, 0xFFFF);
    memory.write32(at + 4, 0x00CF0000 | access << 8);
  }

  /** Copies the segments of the file to their places; returns its entry point. */
  private int load(byte[] elf) {
    ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    int headers = file.getInt(0x1C);
    for (int n = 0; n < file.getShort(0x2C); n++) {
      int at = headers + 32 * n;
      int size = file.getInt(at + 16);
      boolean loaded = file.getInt(at) == 1;
      if (loaded && size > 0) {
        memory.write(file.getInt(at + 12), elf, file.getInt(at + 4), size);
      }
    }
    return file.getInt(0x18);
  }

  private void start(int entry) {
    ProcessorState reset = processor.save();
    int[] attributes = {
      0xC093, 0xC09B, 0xC093, 0xC093, 0xC093, 0xC093, 0, SegmentRegisters.PRESENT
    };
    int[] general = new int[8];
    general[Processor.ESP] = STACK;
    int cr0 = Processor.CR0_PE | Processor.CR0_NE | Processor.CR0_MP | Processor.CR0_ET;
    int cr4 = Processor.CR4_OSFXSR | Processor.CR4_OSXMMEXCPT;
    processor.restore(
        new ProcessorState(
            general,
            entry,
            2,
            new int[] {16, 8, 16, 16, 16, 16, 0, 0},
            new int[8],
            new int[] {-1, -1, -1, -1, -1, -1, 0, 0},
            attributes,
            new int[] {GDT, 23, IDT, 255},
            new int[] {cr0, 0, 0, cr4},
            reset.pdptes(),
            reset.debug(),
            0,
            true,
            0,
            reset.modelSpecific(),
            reset.fpu(),
            reset.simd(),
            reset.run()));
    processor.fpu.setControl(0x37F);
    processor.fpu.setTagWord(0xFFFF);
  }

  // ---- Judgement

  /** What differs from the fixture, which gdb wrote. */
  List<String> differences(String fixture) {
    Matcher matcher =
        Pattern.compile("---BEGIN JSON---\\s*\\[(.*)\\]\\s*---END JSON---", Pattern.DOTALL)
            .matcher(fixture);
    if (!matcher.find()) {
      return List.of("the fixture has no state");
    }
    String[] expected = matcher.group(1).trim().split("\\s*,\\s*");
    List<String> wrong = new ArrayList<>();
    ProcessorState state = processor.save();
    int eip = state.eip();
    boolean inHandler = eip >= HANDLERS && eip < HANDLERS + 512;
    int vector = inHandler ? eip - HANDLERS >> 4 : -1;
    int wanted = vector(fixture);
    if (vector != wanted) {
      return List.of("exception %d in place of %d, at %X".formatted(vector, wanted, eip));
    }
    if (vector >= 0) {
      int at = memory.read32(state.general()[Processor.ESP] + (vector == 13 ? 4 : 0));
      if (at != integer(expected[8])) {
        wrong.add("exception at %X in place of %s".formatted(at, expected[8]));
      }
      return wrong;
    }
    for (int n = 0; n < 8; n++) {
      same(wrong, "register " + n, state.general()[n], expected[n]);
    }
    int[] rest = state.fpu().rest();
    int top = rest[2];
    if (integer(expected[expected.length - 2]) != FPU_TAG_EMPTY) {
      for (int n = 0; n < 8; n++) {
        stack(wrong, n, state, top + n & 7, expected[9 + n]);
      }
      int status = rest[1] & ~(7 << 11) | top << 11;
      int expectedStatus = integer(expected[expected.length - 1]);
      if (((status ^ expectedStatus) & FPU_STATUS) != 0) {
        wrong.add("x87 status %X/%X".formatted(status, expectedStatus));
      }
    } else {
      for (int n = 0; n < 16; n++) {
        long value = state.fpu().significand()[n / 2];
        same(wrong, "mm" + n / 2, (int) (value >>> 32 * (n & 1)), expected[17 + n]);
      }
    }
    for (int n = 0; n < 32; n++) {
      long value = state.simd().xmm()[n / 2];
      same(wrong, "xmm" + n / 4, (int) (value >>> 32 * (n & 1)), expected[33 + n]);
    }
    for (int at = DATA; at < DATA_END; at += 4) {
      same(wrong, "[%X]".formatted(at), memory.read32(at), expected[65 + (at - DATA) / 4]);
    }
    int flags = integer(expected[expected.length - 3]);
    if (((state.eflags() ^ flags) & ARITHMETIC) != 0) {
      wrong.add("flags %X/%X".formatted(state.eflags() & ARITHMETIC, flags & ARITHMETIC));
    }
    return wrong;
  }

  private static int vector(String fixture) {
    return fixture.contains("(signal SIGFPE)")
        ? 0
        : fixture.contains("(signal SIGILL)")
            ? 6
            : fixture.contains("(signal SIGSEGV)") || fixture.contains("(signal SIGBUS)") ? 13 : -1;
  }

  private static void stack(
      List<String> wrong, int n, ProcessorState state, int register, String expected) {
    if (expected.contains("invalid")) {
      return;
    }
    double is = value(state, register);
    double wanted =
        switch (expected.replaceAll("\\(.*\\)", "").replace("\"", "")) {
          case "inf", "+INFINITY" -> Double.POSITIVE_INFINITY;
          case "-inf", "-INFINITY" -> Double.NEGATIVE_INFINITY;
          case "nan", "-nan", "+NAN", "-NAN" -> Double.NaN;
          default -> Double.parseDouble(expected);
        };
    boolean same =
        Double.compare(is, wanted) == 0
            || Math.abs(is - wanted) <= NEAR * Math.max(1, Math.abs(wanted))
            || Double.isNaN(is) && Double.isNaN(wanted);
    if (!same) {
      wrong.add("st%d %s/%s".formatted(n, is, expected));
    }
  }

  private static double value(ProcessorState state, int register) {
    long significand = state.fpu().significand()[register];
    int signExponent = state.fpu().signExponent()[register];
    double sign = (signExponent & 0x8000) != 0 ? -1 : 1;
    int exponent = signExponent & 0x7FFF;
    if (exponent == 0x7FFF) {
      return significand << 1 == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    double fraction = (significand >>> 11) * 0x1p-52;
    return sign * Math.scalb(fraction, exponent - 0x3FFF);
  }

  private static void same(List<String> wrong, String what, int is, String expected) {
    if (is != integer(expected)) {
      wrong.add("%s %X/%X".formatted(what, is, integer(expected)));
    }
  }

  private static int integer(String text) {
    return (int) Long.parseLong(text);
  }

  /** Nothing is around the processor. */
  private static final class Nothing implements IoBus, Surroundings {
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

    @Override
    public int acknowledgeInterrupt() {
      throw new IllegalStateException("nothing asks for interrupts");
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
    public boolean firmwareCall(Processor caller, int number) {
      return false;
    }
  }
}
