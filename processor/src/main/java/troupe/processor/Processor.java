package troupe.processor;

import troupe.processor.decode.CodeCache;
import troupe.processor.decode.Disassembler;
import troupe.processor.decode.Insn;
import troupe.processor.decode.JumpCache;
import troupe.processor.fpu.FpuState;
import troupe.processor.interpreter.Interpreter;
import troupe.processor.memory.GuestPage;
import troupe.processor.memory.Mmu;
import troupe.processor.memory.PageFault;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.semantics.Flags;
import troupe.processor.simd.SimdState;
import troupe.processor.translator.Region;
import troupe.processor.translator.RegionStore;
import troupe.processor.translator.TranslationCounters;
import troupe.processor.translator.Translator;

/**
 * One IA-32 processor: its registers, and the primitives that the meaning of instructions is
 * written with. The fields are public to the packages of this module (semantics, decoder, engines);
 * other modules use the methods.
 *
 * <p>Memory is reached through a segment and an offset ([SDM] vol. 3, chapter 3); anything that
 * does not work out throws this processor's {@link Fault} and leaves the instruction undone.
 */
public final class Processor {
  // General registers as encoded in instructions.
  public static final int EAX = 0;
  public static final int ECX = 1;
  public static final int EDX = 2;
  public static final int EBX = 3;
  public static final int ESP = 4;
  public static final int EBP = 5;
  public static final int ESI = 6;
  public static final int EDI = 7;

  // Segment registers as encoded in instructions, then the system segments.
  public static final int ES = 0;
  public static final int CS = 1;
  public static final int SS = 2;
  public static final int DS = 3;
  public static final int FS = 4;
  public static final int GS = 5;
  public static final int LDTR = 6;
  public static final int TR = 7;

  // EFLAGS.
  public static final int CF = 1;
  public static final int PF = 1 << 2;
  public static final int AF = 1 << 4;
  public static final int ZF = 1 << 6;
  public static final int SF = 1 << 7;
  public static final int TF = 1 << 8;
  public static final int IF = 1 << 9;
  public static final int DF = 1 << 10;
  public static final int OF = 1 << 11;
  public static final int IOPL = 3 << 12;
  public static final int NT = 1 << 14;
  public static final int RF = 1 << 16;
  public static final int VM = 1 << 17;
  public static final int AC = 1 << 18;
  public static final int VIF = 1 << 19;
  public static final int VIP = 1 << 20;
  public static final int ID = 1 << 21;
  public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

  // CR0 and CR4.
  public static final int CR0_PE = 1;
  public static final int CR0_MP = 1 << 1;
  public static final int CR0_EM = 1 << 2;
  public static final int CR0_TS = 1 << 3;
  public static final int CR0_ET = 1 << 4;
  public static final int CR0_NE = 1 << 5;
  public static final int CR0_WP = 1 << 16;
  public static final int CR0_AM = 1 << 18;
  public static final int CR0_NW = 1 << 29;
  public static final int CR0_CD = 1 << 30;
  public static final int CR0_PG = 1 << 31;
  public static final int CR4_VME = 1;
  public static final int CR4_PVI = 1 << 1;
  public static final int CR4_TSD = 1 << 2;
  public static final int CR4_DE = 1 << 3;
  public static final int CR4_PSE = 1 << 4;
  public static final int CR4_PAE = 1 << 5;
  public static final int CR4_MCE = 1 << 6;
  public static final int CR4_PGE = 1 << 7;
  public static final int CR4_PCE = 1 << 8;
  public static final int CR4_OSFXSR = 1 << 9;
  public static final int CR4_OSXMMEXCPT = 1 << 10;

  /** General registers; {@link Insn#NO_REGISTER} is always zero. */
  public final int[] r = new int[9];

  /** Offset of the next instruction in CS. */
  public int eip;

  public final SegmentRegisters segments = new SegmentRegisters();

  /** EFLAGS but for the arithmetic flags while {@link #flagKind} is not {@link Flags#EAGER}. */
  public int eflags;

  public int flagKind;
  public int flagA;
  public int flagB;
  public int flagR;

  public int cr0;

  /** Linear address of the last page fault. */
  public int cr2;

  public int cr4;
  public final int[] dr = new int[8];

  /** 0 to 3; 3 in virtual-8086 mode, 0 in real mode. */
  public int cpl;

  public final FpuState fpu = new FpuState();
  public final SimdState simd = new SimdState();
  public final PhysicalMemory memory;
  public final Mmu mmu;
  public final IoBus io;
  public final Surroundings surroundings;
  public final Debug debug = new Debug(this);
  public final CpuModel model;
  public final ModelSpecificRegisters msrs = new ModelSpecificRegisters();

  public int gdtBase;
  public int gdtLimit;
  public int idtBase;
  public int idtLimit;

  /** EIP of the instruction that is running. */
  public int start;

  /** Steps of a repeated string instruction between looks at interrupts. */
  public static final int REPEAT_STEPS = 65_536;

  /** DR7 bits that read as written here whatever was stored. */
  public static final int DR7_FIXED = 1 << 10;

  /** What has to be looked at before the next instruction; see the interpreter. */
  public int events;

  /** Instructions of the budget that translated code was given and has not counted yet. */
  public int unused;

  /**
   * Calls of the guest that are calls of the JVM just now, see {@link
   * troupe.processor.translator.Region#call}.
   */
  public int callDepth;

  /** Of the counted ones, those that a fault in translated code leaves undone. */
  public int undone;

  /** Translated code was left because the instruction at EIP could not be done there. */
  public boolean missed;

  private final Fault fault = new Fault();

  /** Where translated code goes on. */
  public final JumpCache jumps = new JumpCache();

  private final CodeCache codeCache;
  private final Translator translator;
  private final Interpreter interpreter;
  private long timeStampOffset;

  /** A processor after power-on reset that interprets everything. */
  public Processor(CpuModel model, PhysicalMemory memory, IoBus io, Surroundings surroundings) {
    this(model, memory, io, surroundings, null);
  }

  /**
   * A processor after power-on reset.
   *
   * @param translation translates hot code; null to interpret everything
   */
  public Processor(
      CpuModel model,
      PhysicalMemory memory,
      IoBus io,
      Surroundings surroundings,
      RegionStore translation) {
    this.model = model;
    this.memory = memory;
    this.io = io;
    this.surroundings = surroundings;
    mmu = new Mmu(memory, new PagingFaults());
    codeCache = new CodeCache(this);
    translator = translation == null ? null : new Translator(this, codeCache, translation);
    interpreter = new Interpreter(this, codeCache, translator);
    memory.setObserver(
        new PhysicalMemory.Observer() {
          @Override
          public void mappingChanged() {
            mmu.flushAll();
            codeCache.clear();
          }

          @Override
          public void codeWritten(int page, int from, int to) {
            codeCache.written(page, from, to);
          }
        });
    reset();
  }

  /** RESET#, and INIT# as well: nothing here survives the one but not the other but x87 and SSE. */
  public void reset() {
    java.util.Arrays.fill(r, 0);
    r[EDX] = model.signature();
    eip = 0xFFF0;
    eflags = 2;
    flagKind = Flags.EAGER;
    segments.reset();
    cr0 = CR0_CD | CR0_NW | CR0_ET;
    cr2 = 0;
    cr4 = 0;
    cpl = 0;
    gdtBase = 0;
    gdtLimit = 0xFFFF;
    idtBase = 0;
    idtLimit = 0xFFFF;
    java.util.Arrays.fill(dr, 0);
    dr[6] = Debug.DR6_RESET;
    dr[7] = Debug.DR7_RESET;
    msrs.reset();
    fpu.reset();
    simd.reset();
    mmu.setControl(cr0, cr4);
    mmu.setCr3(0);
    mmu.flushAll();
    updateAccess();
    interpreter.reset();
  }

  /** A number that changes with the mapping of linear addresses and with the privilege level. */
  public int mapping() {
    return mmu.generation << 2 | cpl;
  }

  // ---- Running

  /**
   * Executes about {@code instructions} instructions, exceptions and interrupts counted as one
   * each: fewer if the processor halts or shuts down, or {@link #requestAttention} was called; a
   * few more, to the end of a block.
   */
  public void run(long instructions) {
    interpreter.run(instructions);
  }

  /**
   * Executes exactly {@code instructions} instructions, for comparison with another engine: fewer
   * only if the processor halts or shuts down. Then goes on, without one more instruction, until
   * {@code deliveries} exceptions and interrupts have been delivered.
   */
  public void runExactly(long instructions, long deliveries) {
    interpreter.runExactly(instructions, deliveries);
  }

  /** Exceptions and external interrupts delivered since power-on. */
  public long deliveries() {
    return interpreter.deliveries();
  }

  /** Instructions executed since power-on. */
  public long instructions() {
    return interpreter.instructions();
  }

  /** See {@link Region#crossed}. */
  public void crossesOften(Region region) {
    translator.withoutWindows(region);
  }

  /** What the translator has done for this processor; all zero if there is none. */
  public TranslationCounters translation() {
    return translator == null ? TranslationCounters.NONE : translator.counters();
  }

  /** What {@link #codeBytes} is at most: decoded code, which is on the heap, and translated. */
  public static final long MOST_CODE_BYTES = CodeCache.MOST_BYTES + CodeCache.MOST_REGION_BYTES;

  /** How much of that is on the heap, if no other processor shares any of the translated code. */
  public static final long MOST_CODE_HEAP_BYTES =
      CodeCache.MOST_BYTES + RegionStore.heapBytes(CodeCache.MOST_REGION_BYTES);

  /** Bytes of memory that decoded code takes now, and the translated code that is attached. */
  public long codeBytes() {
    return codeCache.bytes() + codeCache.regionBytes();
  }

  /** Waiting for an interrupt after HLT. */
  public boolean halted() {
    return interpreter.halted();
  }

  /** In shutdown after a triple fault. */
  public boolean shutDown() {
    return interpreter.shutDown();
  }

  /** Ends the running {@link #run} soon. May be called from any thread. */
  public void requestAttention() {
    interpreter.requestAttention();
  }

  /** Takes back {@link #requestAttention}. */
  public void clearAttention() {
    interpreter.clearAttention();
  }

  /** Level of the INTR pin. */
  public void setInterruptRequest(boolean high) {
    interpreter.setInterruptRequest(high);
  }

  /** An edge on the NMI pin. */
  public void raiseNmi() {
    interpreter.raiseNmi();
  }

  /** A20M#: true lets address bit 20 through. */
  public void setA20(boolean open) {
    if (open != mmu.a20()) {
      mmu.setA20(open);
      codeCache.clear();
    }
  }

  public boolean a20() {
    return mmu.a20();
  }

  /** HLT. */
  public void halt() {
    interpreter.halt();
  }

  /** Leaves HLT without an interrupt, for a firmware call that waits for something else. */
  public void wake() {
    interpreter.wake();
  }

  /** No interrupt is taken before the next instruction has run (STI, MOV SS, POP SS). */
  public void inhibitInterrupts() {
    interpreter.inhibit();
  }

  /** IRET unblocks NMI. */
  public void endNmi() {
    interpreter.endNmi();
  }

  /** Whether a trap follows each instruction. */
  public boolean singleStep() {
    return (eflags & TF) != 0;
  }

  public long timeStamp() {
    return surroundings.timeStamp() + timeStampOffset;
  }

  public void setTimeStamp(long value) {
    timeStampOffset = value - surroundings.timeStamp();
  }

  // ---- Modes

  public boolean protectedMode() {
    return (cr0 & CR0_PE) != 0;
  }

  public boolean virtual8086() {
    return (eflags & VM) != 0;
  }

  /** #GP(0) unless the CPL is 0. */
  public void needPrivilege0() {
    if (cpl != 0) {
      throw generalProtection();
    }
  }

  public void setCpl(int level) {
    cpl = level;
    updateAccess();
  }

  private void updateAccess() {
    boolean user = cpl == 3;
    boolean aligned = user && (cr0 & CR0_AM) != 0 && (eflags & AC) != 0;
    mmu.setAccess(user, aligned, debug.watchesData());
  }

  public void setCr0(int value) {
    int changed = cr0 ^ value;
    cr0 = value | CR0_ET;
    mmu.setControl(cr0, cr4);
    if ((changed & (CR0_PG | CR0_WP)) != 0) {
      if ((changed & value & CR0_PG) != 0 && !mmu.setCr3(mmu.cr3())) {
        cr0 ^= changed;
        mmu.setControl(cr0, cr4);
        throw generalProtection();
      }
      mmu.flushAll();
    }
    if ((changed & CR0_PE) != 0) {
      setCpl(0);
    }
    updateAccess();
  }

  /** Writes CR4; reserved bits and features the model lacks are refused. */
  public void setCr4(int value) {
    int known =
        CR4_VME
            | CR4_PVI
            | CR4_TSD
            | CR4_DE
            | CR4_PSE
            | CR4_MCE
            | CR4_PCE
            | (model.has(CpuModel.PAE) ? CR4_PAE : 0)
            | (model.has(CpuModel.PGE) ? CR4_PGE : 0)
            | (model.has(CpuModel.FXSR) ? CR4_OSFXSR : 0)
            | (model.has(CpuModel.SSE) ? CR4_OSXMMEXCPT : 0);
    if ((value & ~known) != 0) {
      throw generalProtection();
    }
    int before = cr4;
    int changed = cr4 ^ value;
    cr4 = value;
    mmu.setControl(cr0, cr4);
    if ((changed & (CR4_PAE | CR4_PSE | CR4_PGE)) != 0) {
      if ((changed & value & CR4_PAE) != 0 && !mmu.setCr3(mmu.cr3())) {
        cr4 = before;
        mmu.setControl(cr0, cr4);
        throw generalProtection();
      }
      mmu.flushAll();
    }
  }

  public void setDr7(int value) {
    dr[7] = value;
    updateAccess();
    interpreter.updateEvents();
  }

  /** Sets or clears one system flag. */
  public void setFlag(int flag, boolean on) {
    setFlags(flag, on ? flag : 0);
  }

  /** Replaces the EFLAGS bits in {@code mask} by those of {@code value}. */
  public void setFlags(int mask, int value) {
    int arithmetic = mask & ARITHMETIC;
    int before = arithmetic == 0 || arithmetic == ARITHMETIC ? eflags : eflags();
    int reserved = 2;
    eflags = (before & ~mask | value & mask) & DEFINED_FLAGS | reserved;
    if (arithmetic != 0) {
      flagKind = Flags.EAGER;
    }
    int changed = before ^ eflags;
    if ((changed & AC) != 0) {
      updateAccess();
    }
    if ((changed & (TF | IF | RF)) != 0) {
      interpreter.updateEvents();
    }
  }

  /** Whether CLI and STI act on IF at this privilege; otherwise they fault, or act on VIF. */
  public boolean mayChangeInterruptFlag() {
    return cpl <= (eflags >>> 12 & 3);
  }

  /** What CLI does where it may. */
  public void disableInterrupts() {
    eflags &= ~IF;
    interpreter.interruptFlagChanged();
  }

  /** What STI does where it may: no interrupt is taken before the next instruction, at EIP. */
  public void enableInterrupts() {
    if ((eflags & IF) == 0) {
      eflags |= IF;
      interpreter.interruptFlagChanged();
      interpreter.inhibit();
    }
  }

  private static final int DEFINED_FLAGS =
      ARITHMETIC | TF | IF | DF | IOPL | NT | RF | VM | AC | VIF | VIP | ID;

  /** #GP(0) if {@code target} is past the limit of CS. */
  public void checkJump(int target) {
    if (Integer.compareUnsigned(target, segments.limit[CS]) > 0) {
      throw generalProtection();
    }
  }

  /** Continues at {@code target} in CS. */
  public void jump(int target) {
    checkJump(target);
    eip = target;
  }

  /** The right to I/O ports: IOPL, else the bitmap of the TSS ([SDM] vol. 1, 19.5.2). */
  public void checkIo(int port, int size) {
    boolean limited = protectedMode() && (cpl > (eflags >>> 12 & 3) || virtual8086());
    if (!limited) {
      return;
    }
    boolean wideTss = (segments.attributes[TR] & 8) != 0;
    long limit = segments.limit[TR] & 0xFFFFFFFFL;
    if (!wideTss || limit < 103) {
      throw generalProtection();
    }
    int at = mmu.readSystem16(segments.base[TR] + 102) + (port >>> 3);
    if (at + 1 > limit) {
      throw generalProtection();
    }
    int bits = mmu.readSystem16(segments.base[TR] + at) >>> (port & 7);
    if ((bits & (1 << size) - 1) != 0) {
      throw generalProtection();
    }
  }

  // ---- Faults

  /** The exception {@code vector} with an error code, to be thrown. */
  public Fault fault(int vector, int errorCode) {
    fault.vector = vector;
    fault.errorCode = errorCode;
    return fault;
  }

  /** The exception {@code vector} without an error code, to be thrown. */
  public Fault fault(int vector) {
    return fault(vector, Fault.NO_ERROR_CODE);
  }

  /** Lets an interrupt that waits come first: the instruction is executed again after it. */
  public void yieldToInterrupt() {
    if (interpreter.interruptWaits()) {
      throw fault(Fault.RESTART);
    }
  }

  /** #GP(0), to be thrown. */
  public Fault generalProtection() {
    return fault(Fault.GP, 0);
  }

  /** #UD, to be thrown. */
  public Fault undefinedOpcode() {
    return fault(Fault.UD);
  }

  private final class PagingFaults implements PageFault {
    @Override
    public RuntimeException pageFault(int linear, int errorCode) {
      cr2 = linear;
      return fault(Fault.PF, errorCode);
    }

    @Override
    public RuntimeException alignmentCheck() {
      return fault(Fault.AC, 0);
    }

    @Override
    public void dataAccess(int linear, int size, boolean write) {
      debug.dataAccess(linear, size, write);
    }
  }

  // ---- Flags

  /** Sets the arithmetic flags lazily; {@code r} is sign-extended. */
  public void flags(int kind, int a, int b, int r) {
    flagKind = kind;
    flagA = a;
    flagB = b;
    flagR = r;
  }

  /** EFLAGS, complete. */
  public int eflags() {
    if (flagKind != Flags.EAGER) {
      eflags = eflags & ~ARITHMETIC | Flags.all(flagKind, flagA, flagB, flagR);
      flagKind = Flags.EAGER;
    }
    return eflags;
  }

  /** Replaces the arithmetic flags in {@code mask} by those of {@code value}. */
  public void setArithmetic(int mask, int value) {
    eflags = eflags() & ~mask | value & mask;
  }

  /** Replaces all arithmetic flags. */
  public void setAllArithmetic(int value) {
    eflags = eflags & ~ARITHMETIC | value;
    flagKind = Flags.EAGER;
  }

  /** Sets or clears the carry flag alone, as the board's firmware does in a caller's flags. */
  public void setCarry(boolean carry) {
    setArithmetic(CF, carry ? CF : 0);
  }

  /** Carry as 0 or 1. */
  public int carry() {
    if (flagKind == Flags.SUB32) {
      // Most conditions follow a comparison; with the kind known the formula is short.
      return Flags.carry(Flags.SUB32, flagA, flagB, flagR);
    }
    return flagKind == Flags.EAGER ? eflags & CF : Flags.carry(flagKind, flagA, flagB, flagR);
  }

  public boolean zero() {
    return flagKind == Flags.EAGER ? (eflags & ZF) != 0 : flagR == 0;
  }

  public boolean sign() {
    return flagKind == Flags.EAGER ? (eflags & SF) != 0 : flagR < 0;
  }

  public boolean overflow() {
    if (flagKind == Flags.SUB32) {
      return Flags.overflow(Flags.SUB32, flagA, flagB, flagR) != 0;
    }
    return flagKind == Flags.EAGER
        ? (eflags & OF) != 0
        : Flags.overflow(flagKind, flagA, flagB, flagR) != 0;
  }

  public boolean parity() {
    return flagKind == Flags.EAGER ? (eflags & PF) != 0 : Flags.parity(flagR) != 0;
  }

  /** Condition tttn of Jcc, SETcc, CMOVcc ([SDM] vol. 2, B.1.4.7). */
  public boolean condition(int tttn) {
    boolean met =
        switch (tttn >>> 1) {
          case 0 -> overflow();
          case 1 -> carry() != 0;
          case 2 -> zero();
          case 3 -> carry() != 0 || zero();
          case 4 -> sign();
          case 5 -> parity();
          case 6 -> sign() != overflow();
          default -> zero() || sign() != overflow();
        };
    return met != ((tttn & 1) != 0);
  }

  // ---- General registers

  /** 8-bit register 0 AL, 1 CL, 2 DL, 3 BL, 4 AH, 5 CH, 6 DH, 7 BH. */
  public int get8(int n) {
    return n < 4 ? r[n] & 0xFF : r[n - 4] >>> 8 & 0xFF;
  }

  public void set8(int n, int value) {
    if (n < 4) {
      r[n] = r[n] & ~0xFF | value & 0xFF;
    } else {
      r[n - 4] = r[n - 4] & ~0xFF00 | (value & 0xFF) << 8;
    }
  }

  public int get16(int n) {
    return r[n] & 0xFFFF;
  }

  public void set16(int n, int value) {
    r[n] = r[n] & ~0xFFFF | value & 0xFFFF;
  }

  // ---- Effective addresses and memory through segments

  /** Offset of the memory operand of {@code i} within its segment. */
  public int effectiveAddress(Insn i) {
    int offset = r[i.base] + (r[i.index] << i.scale) + i.displacement;
    return i.address16 ? offset & 0xFFFF : offset;
  }

  /** Linear address of {@code size} bytes to read at an offset; faults like an access. */
  private int linearToRead(int segment, int offset, int size) {
    if ((offset & 0xFFFFFFFFL) + size - 1 > segments.readLimit[segment]) {
      segments.checkRead(this, segment, offset, size);
    }
    return segments.base[segment] + offset;
  }

  private int linearToWrite(int segment, int offset, int size) {
    if ((offset & 0xFFFFFFFFL) + size - 1 > segments.writeLimit[segment]) {
      segments.checkWrite(this, segment, offset, size);
    }
    return segments.base[segment] + offset;
  }

  public int read8(int segment, int offset) {
    return readLinear8(linearToRead(segment, offset, 1));
  }

  public int read16(int segment, int offset) {
    return readLinear16(linearToRead(segment, offset, 2));
  }

  public int read32(int segment, int offset) {
    return readLinear32(linearToRead(segment, offset, 4));
  }

  public long read64(int segment, int offset) {
    return readLinear64(linearToRead(segment, offset, 8));
  }

  public void write8(int segment, int offset, int value) {
    writeLinear8(linearToWrite(segment, offset, 1), value);
  }

  public void write16(int segment, int offset, int value) {
    writeLinear16(linearToWrite(segment, offset, 2), value);
  }

  public void write32(int segment, int offset, int value) {
    writeLinear32(linearToWrite(segment, offset, 4), value);
  }

  public void write64(int segment, int offset, long value) {
    writeLinear64(linearToWrite(segment, offset, 8), value);
  }

  /** Faults unless all {@code size} bytes can be read; reads nothing. */
  public void probeRead(int segment, int offset, int size) {
    mmu.probe(linearToRead(segment, offset, size), size, false);
  }

  /** Faults unless all {@code size} bytes can be written; writes nothing. */
  public void probeWrite(int segment, int offset, int size) {
    mmu.probe(linearToWrite(segment, offset, size), size, true);
  }

  /**
   * As {@link #probeWrite}, for a run of words on a stack, which need not be aligned as a whole.
   */
  public void probeWritable(int segment, int offset, int size) {
    if ((offset & 0xFFFFFFFFL) + size - 1 > segments.writeLimit[segment]) {
      // A 16-bit stack may wrap: then each word is on its own.
      for (int n = 0; n < size; n += 2) {
        int at =
            (segments.attributes[segment] & SegmentRegisters.BIG) != 0
                ? offset + n
                : offset + n & 0xFFFF;
        probeWrite(segment, at, 2);
      }
      return;
    }
    probeWrite(segment, offset, 1);
    probeWrite(segment, offset + size - 1, 1);
  }

  /** Reads an operand that will be written next: faults as the write would, so that it cannot. */
  public int readModify8(int segment, int offset) {
    int linear = linearToWrite(segment, offset, 1);
    mmu.probe(linear, 1, true);
    return read8(segment, offset);
  }

  public int readModify16(int segment, int offset) {
    int linear = linearToWrite(segment, offset, 2);
    mmu.probe(linear, 2, true);
    return read16(segment, offset);
  }

  public int readModify32(int segment, int offset) {
    int linear = linearToWrite(segment, offset, 4);
    mmu.probe(linear, 4, true);
    return read32(segment, offset);
  }

  // ---- Linear memory at the current privilege

  public int readLinear8(int linear) {
    Object page = GuestPage.find(mmu.read, linear);
    if (page != null) {
      return GuestPage.read8(page, linear);
    }
    return mmu.read8(linear);
  }

  public int readLinear16(int linear) {
    Object page = GuestPage.find(mmu.read, linear);
    int offset = linear & PhysicalMemory.PAGE_MASK;
    if (page != null && offset <= PhysicalMemory.PAGE_SIZE - 2) {
      return GuestPage.read16(page, offset);
    }
    return mmu.read16(linear);
  }

  public int readLinear32(int linear) {
    Object page = GuestPage.find(mmu.read, linear);
    int offset = linear & PhysicalMemory.PAGE_MASK;
    if (page != null && offset <= PhysicalMemory.PAGE_SIZE - 4) {
      return GuestPage.read32(page, offset);
    }
    return mmu.read32(linear);
  }

  public long readLinear64(int linear) {
    Object page = GuestPage.find(mmu.read, linear);
    int offset = linear & PhysicalMemory.PAGE_MASK;
    if (page != null && offset <= PhysicalMemory.PAGE_SIZE - 8) {
      return GuestPage.read64(page, offset);
    }
    return mmu.read64(linear);
  }

  public void writeLinear8(int linear, int value) {
    Object page = GuestPage.find(mmu.write, linear);
    if (page != null) {
      GuestPage.write8(page, linear, value);
    } else {
      mmu.write8(linear, value);
    }
  }

  public void writeLinear16(int linear, int value) {
    Object page = GuestPage.find(mmu.write, linear);
    int offset = linear & PhysicalMemory.PAGE_MASK;
    if (page != null && offset <= PhysicalMemory.PAGE_SIZE - 2) {
      GuestPage.write16(page, offset, value);
    } else {
      mmu.write16(linear, value);
    }
  }

  public void writeLinear32(int linear, int value) {
    Object page = GuestPage.find(mmu.write, linear);
    int offset = linear & PhysicalMemory.PAGE_MASK;
    if (page != null && offset <= PhysicalMemory.PAGE_SIZE - 4) {
      GuestPage.write32(page, offset, value);
    } else {
      mmu.write32(linear, value);
    }
  }

  public void writeLinear64(int linear, long value) {
    Object page = GuestPage.find(mmu.write, linear);
    int offset = linear & PhysicalMemory.PAGE_MASK;
    if (page != null && offset <= PhysicalMemory.PAGE_SIZE - 8) {
      GuestPage.write64(page, offset, value);
    } else {
      mmu.write64(linear, value);
    }
  }

  // ---- Reports

  /** The instruction at CS:EIP in words, or why it cannot be told; changes nothing but CR2. */
  public String describeNext() {
    int savedCr2 = cr2;
    try {
      return Disassembler.text(codeCache.decodeOne(), eip);
    } catch (Fault f) {
      return "not readable: " + f.getMessage();
    } finally {
      cr2 = savedCr2;
    }
  }

  /** Registers on several lines, for reports. */
  public String describe() {
    return "EAX=%08X EBX=%08X ECX=%08X EDX=%08X ESI=%08X EDI=%08X EBP=%08X ESP=%08X%n"
            .formatted(r[EAX], r[EBX], r[ECX], r[EDX], r[ESI], r[EDI], r[EBP], r[ESP])
        + "CS:EIP=%04X:%08X EFLAGS=%08X CPL=%d CR0=%08X CR2=%08X CR3=%08X CR4=%08X%n"
            .formatted(segments.selector[CS], eip, eflags(), cpl, cr0, cr2, mmu.cr3(), cr4)
        + "SS=%04X DS=%04X ES=%04X FS=%04X GS=%04X TR=%04X LDTR=%04X GDT=%08X IDT=%08X"
            .formatted(
                segments.selector[SS],
                segments.selector[DS],
                segments.selector[ES],
                segments.selector[FS],
                segments.selector[GS],
                segments.selector[TR],
                segments.selector[LDTR],
                gdtBase,
                idtBase);
  }

  // ---- Saved state

  /** All of the state, but RAM. Meant for {@code StateCodec} of the devices. */
  public ProcessorState save() {
    return new ProcessorState(
        java.util.Arrays.copyOf(r, 8),
        eip,
        eflags(),
        segments.selector.clone(),
        segments.base.clone(),
        segments.limit.clone(),
        segments.attributes.clone(),
        new int[] {gdtBase, gdtLimit, idtBase, idtLimit},
        new int[] {cr0, cr2, mmu.cr3(), cr4},
        mmu.pdptes(),
        dr.clone(),
        cpl,
        mmu.a20(),
        timeStampOffset,
        msrs.save(),
        fpu.save(),
        simd.save(),
        interpreter.save());
  }

  /** Takes over a saved state; its arrays have been checked by {@link ProcessorState}. */
  public void restore(ProcessorState s) {
    System.arraycopy(s.general(), 0, r, 0, 8);
    eip = s.eip();
    flagKind = Flags.EAGER;
    eflags = s.eflags() & DEFINED_FLAGS | 2;
    for (int n = 0; n < 8; n++) {
      segments.set(n, s.selectors()[n], s.bases()[n], s.limits()[n], s.attributes()[n]);
    }
    gdtBase = s.tables()[0];
    gdtLimit = s.tables()[1] & 0xFFFF;
    idtBase = s.tables()[2];
    idtLimit = s.tables()[3] & 0xFFFF;
    cr0 = s.control()[0] | CR0_ET;
    cr2 = s.control()[1];
    cr4 = s.control()[3];
    System.arraycopy(s.debug(), 0, dr, 0, 8);
    cpl = s.cpl() & 3;
    mmu.setControl(cr0, cr4);
    mmu.restore(s.control()[2], s.pdptes());
    mmu.setA20(s.a20());
    timeStampOffset = s.timeStampOffset();
    msrs.restore(s.modelSpecific());
    fpu.restore(s.fpu());
    simd.restore(s.simd());
    codeCache.clear();
    updateAccess();
    interpreter.restore(s.run());
  }
}
