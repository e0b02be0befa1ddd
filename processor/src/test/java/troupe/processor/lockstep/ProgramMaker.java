package troupe.processor.lockstep;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import troupe.processor.Processor;
import troupe.processor.lockstep.FuzzProgram.Step;
import troupe.processor.lockstep.FuzzProgram.Translation;
import troupe.processor.lockstep.FuzzProgram.Unit;

/** Makes a random program of a seed: instructions of the whole table, and patterns of programs. */
final class ProgramMaker {
  private static final int[] SELECTORS = {
    FuzzImage.CODE32,
    FuzzImage.DATA32,
    FuzzImage.USER_CODE32,
    FuzzImage.USER_DATA32,
    FuzzImage.USER_DATA16,
    FuzzImage.USER_DATA_SMALL,
    FuzzImage.USER_STACK,
    FuzzImage.USER_STACK16,
    FuzzImage.EXPAND_DOWN,
    FuzzImage.READ_ONLY,
    FuzzImage.EXECUTE_ONLY,
    FuzzImage.ABSENT,
    FuzzImage.DATA16,
    FuzzImage.STACK16,
    0
  };
  private static final int[] FAR = {
    FuzzImage.CODE16,
    FuzzImage.CODE32,
    FuzzImage.USER_CODE32,
    FuzzImage.USER_CODE16,
    FuzzImage.USER_CODE_SMALL,
    FuzzImage.CALL_GATE
  };

  private final Random random;
  private final Mode mode;
  private final InstructionMaker instructions;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Draft> drafts = new ArrayList<>();

  /** A unit whose place and targets are not known yet. */
  private static final class Draft {
    byte[] code;
    int offset;

    /** Unit that it refers to, or -1. */
    int target = -1;

    /** Where in the code the reference is, its size, and whether it is a distance. */
    int at;

    int size;
    boolean relative;
  }

  private ProgramMaker(long seed) {
    random = new Random(seed * 0x5DEECE66DL ^ seed >>> 7);
    Mode[] modes = Mode.values();
    mode = modes[random.nextInt(modes.length)];
    instructions = new InstructionMaker(random, mode);
  }

  static FuzzProgram make(long seed) {
    return new ProgramMaker(seed).program();
  }

  private FuzzProgram program() {
    int count = 10 + random.nextInt(90);
    for (int n = 0; n < count; n++) {
      drafts.add(draft(n, count));
    }
    int at = random.nextInt(0x40);
    for (Draft draft : drafts) {
      // Some code is in other pages, some crosses from one into the next.
      at += oneIn(40) ? random.nextInt(0x1000) : 0;
      if (at + draft.code.length > FuzzImage.CODE_BYTES - 32) {
        at = random.nextInt(8);
        if (at + draft.code.length > drafts.getFirst().offset) {
          break;
        }
      }
      draft.offset = at;
      at += draft.code.length;
    }
    List<Unit> units = new ArrayList<>();
    for (Draft draft : drafts) {
      fill(draft);
      units.add(new Unit(draft.offset, draft.code));
    }
    int[] entries = new int[FuzzHandlers.PLACE_COUNT];
    for (int n = 0; n < entries.length; n++) {
      entries[n] = drafts.get(n == 0 ? 0 : random.nextInt(count)).offset;
    }
    Translation translation =
        new Translation(
            new int[] {1, 1, 2, 3, 6}[random.nextInt(5)],
            new int[] {300, 300, 40, 6}[random.nextInt(4)],
            oneIn(3));
    int control = oneIn(3) ? random.nextInt() & (Processor.CR0_AM | FuzzProgram.CONTROL_4) : 0;
    return new FuzzProgram(mode, translation, control, random.nextLong(), units, entries, steps());
  }

  private void fill(Draft draft) {
    if (draft.target < 0) {
      return;
    }
    int target = drafts.get(draft.target).offset;
    int value =
        draft.relative
            ? target - draft.offset - draft.at - draft.size
            : FuzzImage.CODE - mode.codeBase() + target;
    if (draft.size == 1 && value != (byte) value) {
      value = 0;
    }
    for (int n = 0; n < draft.size; n++) {
      draft.code[draft.at + n] = (byte) (value >>> 8 * n);
    }
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    int longest = new int[] {2, 30, 300, 3000}[random.nextInt(4)];
    int count = 10 + random.nextInt(60);
    int interrupts = 1 + random.nextInt(20);
    for (int n = 0; n < count; n++) {
      steps.add(new Step.Run(1 + random.nextInt(longest)));
      if (oneIn(interrupts)) {
        steps.add(new Step.Interrupt());
      }
      if (oneIn(60)) {
        steps.add(new Step.NonMaskable());
      }
      if (oneIn(60)) {
        byte[] bytes = new byte[1 + random.nextInt(8)];
        random.nextBytes(bytes);
        steps.add(new Step.Write(FuzzImage.CODE + random.nextInt(0x600), bytes));
      }
      if (oneIn(600)) {
        steps.add(new Step.A20(random.nextBoolean()));
      }
    }
    return steps;
  }

  // ---- Units

  private Draft draft(int number, int count) {
    Draft draft = new Draft();
    out.reset();
    int kind = random.nextInt(100);
    if (kind < 62) {
      bytes(instructions.any());
    } else if (kind < 82) {
      branch(draft, number, count);
    } else if (kind < 87) {
      pointer();
    } else if (kind < 90) {
      overwrite(draft, count);
    } else if (kind < 94) {
      string();
    } else if (kind < 96) {
      segment(draft, count);
    } else if (kind < 98) {
      control();
    } else {
      port();
    }
    draft.code = out.toByteArray();
    return draft;
  }

  private void refer(Draft draft, int target, int size, boolean relative) {
    draft.target = target;
    draft.at = out.size();
    draft.size = size;
    draft.relative = relative;
    for (int n = 0; n < size; n++) {
      out.write(0);
    }
  }

  private void branch(Draft draft, int number, int count) {
    int near = Math.clamp(number + random.nextInt(16) - 9, 0, count - 1);
    int word = mode.wide ? 4 : 2;
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> {
        out.write(0x70 + random.nextInt(16));
        refer(draft, near, 1, true);
      }
      case 4, 5, 6 -> {
        out.write(0x0F);
        out.write(0x80 + random.nextInt(16));
        refer(draft, near, word, true);
      }
      case 7 -> { // a loop that ends
        out.write(0x48 + 1 + random.nextInt(2)); // dec ecx or edx
        out.write(0x75);
        refer(draft, Math.max(0, number - 1 - random.nextInt(6)), 1, true);
      }
      case 8 -> {
        out.write(0xE0 + random.nextInt(4));
        refer(draft, near, 1, true);
      }
      case 9, 10 -> {
        out.write(0xE8);
        refer(draft, random.nextInt(count), word, true);
      }
      case 11 -> out.write(0xC3);
      case 12 -> {
        out.write(0xE9);
        refer(draft, near, word, true);
      }
      case 13 -> { // mov eax, target; jmp or call eax
        out.write(0xB8);
        refer(draft, random.nextInt(count), word, false);
        out.write(0xFF);
        out.write(oneIn(2) ? 0xE0 : 0xD0);
      }
      case 14 -> { // push target; ret
        out.write(0x68);
        refer(draft, random.nextInt(count), word, false);
        out.write(0xC3);
      }
      default -> { // cmp and branch
        bytes(0x83, 0xF8 + random.nextInt(8), random.nextInt(4), 0x70 + random.nextInt(16));
        refer(draft, near, 1, true);
      }
    }
  }

  private void number(int value) {
    for (int n = 0; n < (mode.wide ? 4 : 2); n++) {
      out.write(value >>> 8 * n);
    }
  }

  private void pointer() {
    out.write(0xB8 + new int[] {3, 5, 6, 7, 1}[random.nextInt(5)]);
    number(instructions.absolute(oneIn(2)));
  }

  /** Writes into code: through CS, a segment over everything, or another mapping of its page. */
  private void overwrite(Draft draft, int count) {
    boolean real = mode == Mode.REAL || mode == Mode.VIRTUAL_8086;
    if (mode.segmented() && !real) {
      // mov ax, flat; mov fs, ax; mov byte fs:[32-bit address], any
      int flat = mode.cpl == 0 ? FuzzImage.DATA32 : FuzzImage.USER_DATA32;
      operand16();
      bytes(0xB8, flat, flat >>> 8, 0x8E, 0xE0, 0x64);
      if (!mode.wide) {
        out.write(0x67);
      }
      bytes(0xC6, 5);
      word(FuzzImage.CODE + (mode.paged && oneIn(2) ? 0x10000 : 0) + random.nextInt(0x400));
      out.write(random.nextInt(256));
      return;
    }
    if (mode.segmented()) {
      out.write(0x2E);
    }
    boolean xor = oneIn(2);
    bytes(xor ? 0x80 : 0xC6, (xor ? 6 << 3 : 0) | (mode.wide ? 5 : 6));
    if (mode.paged && mode.wide && oneIn(2)) {
      word(FuzzImage.ALIAS + random.nextInt(0x400));
    } else {
      refer(draft, random.nextInt(count), mode.wide ? 4 : 2, false);
    }
    out.write(random.nextInt(256));
  }

  /** The prefix for operands of 16 bits, where they are not the usual ones. */
  private void operand16() {
    if (mode.wide) {
      out.write(0x66);
    }
  }

  private void string() {
    int[] registers = {1, 6, 7};
    for (int register : registers) {
      out.write(0xB8 + register);
      number(
          register == 1
              ? random.nextInt(oneIn(8) ? 5000 : 40)
              : instructions.absolute(oneIn(2)) - (oneIn(4) ? random.nextInt(64) : 0));
    }
    if (oneIn(3)) {
      out.write(oneIn(2) ? 0xFD : 0xFC);
    }
    if (!oneIn(6)) {
      out.write(oneIn(2) ? 0xF2 : 0xF3);
    }
    if (oneIn(8)) {
      out.write(0x66);
    }
    int[] operations = {0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0x6C, 0x6E};
    out.write(operations[random.nextInt(operations.length)]);
  }

  private void segment(Draft draft, int count) {
    boolean real = mode == Mode.REAL || mode == Mode.VIRTUAL_8086;
    if (oneIn(3)) { // far jump or call
      out.write(oneIn(2) ? 0xEA : 0x9A);
      refer(draft, random.nextInt(count), mode.wide ? 4 : 2, false);
      int selector = real || oneIn(3) ? mode.code : FAR[random.nextInt(FAR.length)];
      bytes(selector, selector >>> 8);
      return;
    }
    int selector =
        real
            ? 0x1400 + random.nextInt(0x800)
            : oneIn(2) ? mode.data : SELECTORS[random.nextInt(SELECTORS.length)];
    operand16();
    bytes(0xB8, selector, selector >>> 8); // mov ax, selector
    int register = oneIn(8) ? 2 : new int[] {0, 3, 4, 5}[random.nextInt(4)];
    bytes(0x8E, 0xC0 | register << 3);
  }

  /** What kernels do to the state that translated code depends on. */
  private void control() {
    if (mode.cpl != 0) {
      switch (random.nextInt(4)) {
        case 0 -> bytes(0x9C, 0x58, 0x50, 0x9D); // pushf; pop ax; push ax; popf
        case 1 -> bytes(0xCD, 0x30 + random.nextInt(8)); // int
        case 2 -> bytes(0xFB, 0x90, 0xFA);
        default -> bytes(0xCD, random.nextInt(256));
      }
      return;
    }
    switch (random.nextInt(9)) {
      case 0 -> {
        if (oneIn(2)) {
          bytes(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8); // mov eax, cr3; mov cr3, eax
        } else { // mov eax, the one or the other directory; mov cr3, eax
          if (!mode.wide) {
            out.write(0x66);
          }
          out.write(0xB8);
          word(oneIn(2) ? FuzzImage.DIRECTORY : FuzzImage.OTHER_DIRECTORY);
          bytes(0x0F, 0x22, 0xD8);
        }
      }
      case 1 -> { // toggle WP, TS, EM, MP, AM or NE
        bytes(
            0x0F, 0x20, 0xC0, 0x0F, 0xBA, 0xF8, new int[] {16, 3, 2, 1, 18, 5}[random.nextInt(6)]);
        bytes(0x0F, 0x22, 0xC0);
      }
      case 2 -> { // toggle TSD, DE, PSE, PGE, OSFXSR
        bytes(0x0F, 0x20, 0xE0, 0x0F, 0xBA, 0xF8, new int[] {2, 3, 4, 7, 9}[random.nextInt(5)]);
        bytes(0x0F, 0x22, 0xE0);
      }
      case 3 -> bytes(0xFB, 0xF4); // sti; hlt
      case 4 -> bytes(0x0F, 0x06); // clts
      case 5 -> {
        if (mode.wide && mode.paged) {
          remap();
        } else {
          bytes(0x9C, 0xFA, 0x9D);
        }
      }
      case 6 -> bytes(0xFB, 0x90, 0x90, 0xFA);
      case 7 -> { // the other mode and back: real and protected with the same segments
        bytes(0x0F, 0x20, 0xC0, 0x34, mode.paged ? 0 : 1, 0x0F, 0x22, 0xC0);
      }
      default -> bytes(0xCD, 0x30 + random.nextInt(8));
    }
  }

  /** Another page table entry for a page of code, data or the alias, and INVLPG. */
  private void remap() {
    int page = oneIn(3) ? 0x10 + random.nextInt(4) : 0x18 + random.nextInt(0x10);
    int physical = oneIn(2) ? page : 0x10 + random.nextInt(16);
    int linear = page << 12;
    bytes(0xC7, 5); // mov dword [entry], value
    word(FuzzImage.PAGE_TABLE + 4 * page);
    word((page >= 0x20 ? physical - 0x10 : physical) << 12 | (oneIn(8) ? random.nextInt(8) : 3));
    bytes(0x0F, 1, 0x3D); // invlpg [linear]
    word(linear);
  }

  private void port() {
    operand16();
    int port = oneIn(2) ? RepeatableBoard.INTERRUPT_PORT : random.nextInt(0x400);
    bytes(0xBA, port, port >>> 8); // mov dx, port
    out.write(new int[] {0xEC, 0xED, 0xEE, 0xEE, 0xEE, 0xEF}[random.nextInt(6)]);
  }

  private void bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
  }

  private void bytes(byte[] values) {
    out.writeBytes(values);
  }

  private void word(int value) {
    for (int n = 0; n < 4; n++) {
      out.write(value >>> 8 * n);
    }
  }
}
