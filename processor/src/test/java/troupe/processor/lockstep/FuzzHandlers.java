package troupe.processor.lockstep;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import troupe.processor.Processor;
import troupe.processor.memory.PhysicalMemory;

/**
 * Machine code of the handlers: an exception goes on at the next of a list of places in the
 * program, with pointers and the stack put right; an external interrupt counts and returns.
 */
final class FuzzHandlers {
  /** Offsets of entries. */
  static final int REAL = 0x800;

  static final int CALLED = 0x880;
  static final int DOUBLE_FAULT = 0x900;
  private static final int COMMON = 0xA00;
  private static final int INTERRUPT = 0xB00;

  static final int COUNTER = 0xA000;
  private static final int PLACES = 0xA010;
  static final int PLACE_COUNT = 16;
  private static final int TSS = 0x2000;
  private static final int WITH_ERROR_CODE = 1 << 8 | 0x1F << 10 | 1 << 17;

  private final PhysicalMemory memory;
  private final Mode mode;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  FuzzHandlers(PhysicalMemory memory, Mode mode) {
    this.memory = memory;
    this.mode = mode;
  }

  /** Offset of a vector's handler. */
  static int offset(int vector) {
    return vector < 32 ? 16 * vector : (vector & 1) == 0 ? INTERRUPT : 16 * 32;
  }

  /** Registers that point to memory of their own. */
  static void pointers(Mode mode, int[] general) {
    values(mode).forEach((register, value) -> general[register] = value);
  }

  private static Map<Integer, Integer> values(Mode mode) {
    int data = FuzzImage.DATA - mode.dataBase();
    Map<Integer, Integer> values = new HashMap<>();
    values.put(Processor.EBX, data + 0x200);
    values.put(Processor.ESI, data + 0x840);
    values.put(Processor.EDI, data + 0x1100);
    values.put(Processor.EBP, mode.stackTop() - 0x100);
    values.put(Processor.ESP, mode.stackTop());
    return values;
  }

  /** Writes all of them, and the list of places. */
  void write(int at, int[] places) {
    for (int n = 0; n < PLACE_COUNT; n++) {
      memory.write32(PLACES + 4 * n, places[n % places.length]);
    }
    if (!mode.isProtected()) {
      real();
      put(at + REAL);
      return;
    }
    for (int vector = 0; vector <= 32; vector++) {
      if (vector < 32 && (WITH_ERROR_CODE >>> vector & 1) != 0) {
        bytes(0x83, 0xC4, 4); // add esp, 4
      }
      bytes(0xE9);
      word(COMMON - (16 * vector + out.size() + 4));
      put(at + 16 * vector);
    }
    common();
    put(at + COMMON);
    // An external interrupt that only counts.
    bytes(0x50, 0x1E, 0x66, 0xB8, FuzzImage.DATA32, 0, 0x8E, 0xD8); // push eax, ds; mov ds, 10h
    bytes(0xFF, 5);
    word(COUNTER + 4);
    bytes(0x1F, 0x58, 0xCF); // pop ds, eax; iret
    put(at + INTERRUPT);
    // The target of the call gate.
    bytes(0x40, 0x49, 0xCB); // inc eax; dec ecx; retf
    put(at + CALLED);
    doubleFault();
    put(at + DOUBLE_FAULT);
  }

  private void nextPlace() {
    bytes(0xA1); // mov eax, [counter]
    word(COUNTER);
    bytes(0x40, 0x83, 0xE0, PLACE_COUNT - 1, 0xA3); // inc eax; and eax, 15; mov [counter], eax
    word(COUNTER);
    bytes(0x8B, 0x04, 0x85); // mov eax, [places + 4 * eax]
    word(PLACES);
  }

  private void pointers() {
    values(mode)
        .forEach(
            (register, value) -> {
              if (register != Processor.ESP) {
                bytes(0xB8 + register);
                word(value);
              }
            });
  }

  private void common() {
    bytes(0x66, 0xB8, FuzzImage.DATA32, 0, 0x8E, 0xD8, 0x8E, 0xC0); // ds, es: flat
    nextPlace();
    bytes(0x8B, 0x54, 0x24, 8, 0x81, 0xE2); // mov edx, [esp + 8]; and edx, ~(TF | NT | AC)
    word(~(Processor.TF | Processor.NT | Processor.AC));
    if (mode.cpl == 0) {
      bytes(0xBC); // mov esp
      word(mode.stackTop());
      bytes(0x66, 0xB9); // mov cx, stack
      half(mode.stack);
      bytes(0x8E, 0xD1, 0x52, 0x68); // mov ss, cx; push edx; push cs
      word(mode.code);
      bytes(0x50); // push eax
    } else {
      bytes(0x89, 0x04, 0x24, 0xC7, 0x44, 0x24, 4); // mov [esp], eax; mov dword [esp + 4], cs
      word(mode.code);
      bytes(0x81, 0xCA); // or edx, VM
      word(mode == Mode.VIRTUAL_8086 ? Processor.VM : 0);
      bytes(0x89, 0x54, 0x24, 8, 0xC7, 0x44, 0x24, 12); // mov [esp + 8], edx; [esp + 12], esp
      word(mode.stackTop());
      bytes(0xC7, 0x44, 0x24, 16); // [esp + 16], ss
      word(mode.stack);
      if (mode == Mode.VIRTUAL_8086) {
        for (int n = 0; n < 4; n++) {
          bytes(0xC7, 0x44, 0x24, 20 + 4 * n); // es, ds, fs, gs
          word(mode.data);
        }
      }
    }
    pointers();
    bytes(0x66, 0xB9); // mov cx, data; mov ds, cx; mov es, cx
    half(mode == Mode.VIRTUAL_8086 ? FuzzImage.DATA32 : mode.data);
    bytes(0x8E, 0xD9, 0x8E, 0xC1, 0xCF);
  }

  /** Repairs the task that failed and returns to it. */
  private void doubleFault() {
    int begin = out.size();
    bytes(0x83, 0xC4, 4); // add esp, 4
    nextPlace();
    bytes(0xA3); // mov [tss.eip], eax
    word(TSS + 0x20);
    int[][] fields = {
      {0x24, mode == Mode.VIRTUAL_8086 ? Processor.VM | 0x202 : 0x202},
      {0x38, mode.stackTop()},
      {0x4C, mode.code},
      {0x50, mode.stack},
      {0x48, mode.data},
      {0x54, mode.data},
      {0x58, mode.data},
      {0x5C, mode.data}
    };
    for (int[] field : fields) {
      bytes(0xC7, 5); // mov dword [tss.field], value
      word(TSS + field[0]);
      word(field[1]);
    }
    bytes(0xCF, 0xE9); // iret; jmp begin
    word(begin - out.size() - 4);
  }

  private void real() {
    bytes(0x31, 0xC0, 0x8E, 0xD8); // xor ax, ax; mov ds, ax
    bytes(0x66, 0xA1);
    half(COUNTER);
    bytes(0x66, 0x40, 0x66, 0x83, 0xE0, PLACE_COUNT - 1, 0x66, 0xA3);
    half(COUNTER);
    bytes(0x66, 0x89, 0xC3, 0x66, 0xC1, 0xE3, 2); // mov ebx, eax; shl ebx, 2
    bytes(0x8B, 0x87);
    half(PLACES); // mov ax, [bx + places]
    bytes(0xBA);
    half(mode.stack);
    bytes(0x8E, 0xD2, 0xBC); // mov ss, dx; mov sp
    half(mode.stackTop());
    bytes(0x68);
    half(0x3202);
    bytes(0x68);
    half(mode.code);
    bytes(0x50); // push flags, cs, ax
    values(mode)
        .forEach(
            (register, value) -> {
              if (register != Processor.ESP) {
                bytes(0x66, 0xB8 + register);
                word(value);
              }
            });
    bytes(0xBA);
    half(mode.data);
    bytes(0x8E, 0xDA, 0x8E, 0xC2, 0xCF); // mov ds, dx; mov es, dx; iret
  }

  private void bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
  }

  private void half(int value) {
    bytes(value, value >>> 8);
  }

  private void word(int value) {
    half(value);
    half(value >>> 16);
  }

  private void put(int at) {
    byte[] code = out.toByteArray();
    memory.write(at, code, 0, code.length);
    out.reset();
  }
}
