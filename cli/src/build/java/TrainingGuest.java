import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/**
 * Writes the kernel that the JVM learns from what Troupe does while a guest boots: which classes it
 * loads, and what of them is run often. The launcher runs Troupe with it once, when it builds.
 *
 * <p>It is a bzImage as Linux has it, of functions such as a C compiler makes: of random
 * instructions in the proportions that kernels have, with loops and calls of each other. They run
 * with paging, under a timer interrupt, some of them often enough to be translated, most seldom. It
 * is the same each time.
 *
 * <p>{@code java -cp xz.jar TrainingGuest.java TO PORT}: the guest ends by a write to that port.
 */
final class TrainingGuest {
  private static final int EAX = 0;
  private static final int ECX = 1;
  private static final int EDX = 2;
  private static final int ESI = 6;
  private static final int EDI = 7;

  /** What functions compute with; EBX and EBP point to what they have in memory. */
  private static final int[] VALUES = {EAX, ECX, EDX, ESI, EDI};

  private static final int BASE = 0x100_0000;
  private static final int HIGH = 0xC000_0000;
  private static final int DATA = HIGH + 0x300_0000;
  private static final int DATA_BYTES = 1 << 20;
  private static final int TABLES = 0x200_0000;
  private static final int IDT = 0x201_0000;
  private static final int TICKS = HIGH + 0x201_1000;
  private static final int STACK = HIGH + 0x202_0000;

  private static final int FUNCTIONS = 1_500;

  /** The first of them call none, the next only those. */
  private static final int LEAVES = 100;

  private static final int NEAR_LEAVES = 500;

  /** Functions are called up to 2 to this power times one after the other. */
  private static final int MOST_CALLS = 15;

  private final Random random = new Random(1);
  private final ByteBuffer code = ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final int[] starts = new int[FUNCTIONS];

  public static void main(String[] args) throws IOException {
    byte[] kernel = new TrainingGuest().kernel(Integer.parseInt(args[1], 16));
    Files.write(Path.of(args[0]), image(kernel));
  }

  // ---- The file

  /** A bzImage ([Linux] Documentation/arch/x86/boot.rst). */
  private static byte[] image(byte[] kernel) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    FilterOptions[] filters = {new X86Options(), new LZMA2Options(1)};
    try (XZOutputStream out = new XZOutputStream(packed, filters, XZ.CHECK_CRC32)) {
      out.write(kernel);
    }
    int setup = 2 * 512;
    ByteBuffer b = ByteBuffer.allocate(setup + packed.size() + 4).order(ByteOrder.LITTLE_ENDIAN);
    b.put(0x1F1, (byte) 1).putShort(0x1FE, (short) 0xAA55).putShort(0x200, (short) 0x66EB);
    b.putInt(0x202, 0x5372_6448).putShort(0x206, (short) 0x020F).put(0x211, (byte) 1);
    b.putInt(0x214, 0x10_0000).putInt(0x22C, 0x7FFF_FFFF).putInt(0x238, 2047);
    b.putInt(0x248, 0).putInt(0x24C, packed.size() + 4);
    b.putLong(0x258, BASE).putInt(0x260, 16 << 20);
    b.put(setup, packed.toByteArray()).putInt(setup + packed.size(), kernel.length);
    return b.array();
  }

  /** An ELF file of one segment. */
  private byte[] kernel(int exitPort) {
    write(exitPort);
    int size = code.position();
    int head = 0x1000;
    // What is unpacked is as easy to pack as a kernel, which is larger than what runs.
    byte[] rest = new byte[4 << 20];
    for (int n = 0; n < rest.length; n++) {
      rest[n] = random.nextInt(8) == 0 ? (byte) random.nextInt(16) : code.get(n % size);
    }
    ByteBuffer b = ByteBuffer.allocate(head + size + rest.length).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0, 0x464C_457F).put(4, (byte) 1).put(5, (byte) 1).put(6, (byte) 1);
    b.putShort(16, (short) 2).putShort(18, (short) 3).putInt(20, 1).putInt(24, BASE).putInt(28, 52);
    b.putShort(40, (short) 52).putShort(42, (short) 32).putShort(44, (short) 1);
    int[] segment = {1, head, BASE, BASE, size, size, 7, 0x1000};
    for (int n = 0; n < segment.length; n++) {
      b.putInt(52 + 4 * n, segment[n]);
    }
    b.put(head, code.array(), 0, size).put(head + size, rest);
    return b.array();
  }

  // ---- The program

  private void write(int exitPort) {
    int toStart = jump();
    while (code.position() < 64) {
      code.put((byte) 0x90);
    }
    // Functions call only those before them.
    for (int n = 0; n < FUNCTIONS; n++) {
      while (code.position() % 16 != 0) {
        code.put((byte) 0x90);
      }
      starts[n] = code.position();
      function(n);
    }
    int handler = code.position();
    bytes(0x50); // push eax
    bytes(0xFF, 0x05).putInt(TICKS); // inc [ticks]
    bytes(0xB0, 0x20, 0xE6, 0x20); // EOI
    bytes(0x58, 0xCF); // pop eax; iret
    land(toStart);
    prologue(handler);
    for (int n = 0; n < FUNCTIONS; n++) {
      bytes(0xBD).putInt(1 << n % MOST_CALLS); // mov ebp, calls
      int again = code.position();
      call(n);
      bytes(0x4D, 0x0F, 0x85); // dec ebp; jnz again
      code.putInt(again - code.position() - 4);
    }
    bytes(0x31, 0xC0, 0xBA).putInt(exitPort); // xor eax, eax; mov edx, port
    bytes(0xEE, 0xFA, 0xF4); // out dx, al; cli; hlt
  }

  /** Paging, a stack, interrupts by the timer. */
  private void prologue(int handler) {
    // 4 MiB pages, at their addresses and from HIGH on.
    bytes(0xBF).putInt(TABLES); // mov edi, TABLES
    bytes(0xB8).putInt(0x83); // mov eax, present, writable, 4 MiB
    bytes(0xB9).putInt(64); // mov ecx, 64
    int loop = code.position();
    bytes(0x89, 0x07, 0x89, 0x87).putInt(0xC00); // mov [edi], eax; mov [edi + C00h], eax
    bytes(0x83, 0xC7, 0x04, 0x05).putInt(0x40_0000); // add edi, 4; add eax, 4 MiB
    bytes(0xE2, loop - code.position() - 2); // loop
    // The data in 4 KiB pages instead.
    bytes(0xBF).putInt(TABLES + 0x1000);
    bytes(0xB8).putInt((DATA - HIGH) | 3);
    bytes(0xB9).putInt(1024);
    loop = code.position();
    bytes(0x89, 0x07, 0x83, 0xC7, 0x04, 0x05).putInt(0x1000);
    bytes(0xE2, loop - code.position() - 2);
    bytes(0xC7, 0x05).putInt(TABLES + (DATA >>> 20 & ~3)).putInt(TABLES + 0x1003);
    bytes(0x0F, 0x20, 0xE0, 0x83, 0xC8, 0x10, 0x0F, 0x22, 0xE0); // CR4.PSE
    bytes(0xB8).putInt(TABLES);
    bytes(0x0F, 0x22, 0xD8, 0x0F, 0x20, 0xC0); // mov cr3, eax; mov eax, cr0
    bytes(0x0D).putInt(0x8001_0000);
    bytes(0x0F, 0x22, 0xC0); // mov cr0, eax
    bytes(0xBC).putInt(STACK); // mov esp, STACK
    bytes(0xB8).putInt(HIGH + BASE + code.position() + 6);
    bytes(0xFF, 0xE0); // jmp eax
    // IDT: the timer at 20h, everything else not present.
    int at = HIGH + BASE + handler;
    bytes(0xC7, 0x05).putInt(HIGH + IDT + 0x100).putInt(at & 0xFFFF | 0x10 << 16);
    bytes(0xC7, 0x05).putInt(HIGH + IDT + 0x104).putInt(at & 0xFFFF_0000 | 0x8E00);
    bytes(0x68).putInt(HIGH + IDT); // push IDT
    bytes(0x66, 0x68).putShort((short) 0x7FF); // push limit
    bytes(0x0F, 0x01, 0x1C, 0x24); // lidt [esp]
    for (int[] out :
        new int[][] {
          {0x20, 0x11},
          {0x21, 0x20},
          {0x21, 4},
          {0x21, 1},
          {0x21, 0xFE},
          {0xA1, 0xFF},
          {0x43, 0x34},
          {0x40, 0xA9},
          {0x40, 0x12}
        }) {
      bytes(0xB0, out[1], 0xE6, out[0]);
    }
    bytes(0xFB); // sti
  }

  private void function(int n) {
    bytes(0x55, 0x89, 0xE5, 0x57, 0x56, 0x53); // push ebp; mov ebp, esp; push edi, esi, ebx
    bytes(0x83, 0xEC, 0x40); // sub esp, 40h
    bytes(0xBB).putInt(DATA + random.nextInt(DATA_BYTES - 0x2000) & ~3);
    for (int r : VALUES) {
      loadLocal(r);
    }
    int statements = 4 + random.nextInt(14);
    int calls = 0;
    for (int k = 0; k < statements; k++) {
      int what = random.nextInt(100);
      if (what < 30) {
        branch();
      } else if (what < 36) {
        loop();
      } else if (what < 46 && n >= LEAVES && calls < 2) {
        // Not far down: the number of calls must not explode.
        call(random.nextInt(n < NEAR_LEAVES ? LEAVES : NEAR_LEAVES));
        calls++;
      } else {
        straight(2 + random.nextInt(6));
      }
    }
    bytes(0x83, 0xC4, 0x40, 0x5B, 0x5E, 0x5F, 0x5D, 0xC3);
  }

  private void branch() {
    compare();
    bytes(0x70 | random.nextInt(16), 0); // jcc
    int from = code.position();
    straight(1 + random.nextInt(4));
    boolean otherwise = random.nextInt(3) == 0;
    if (otherwise) {
      bytes(0xEB, 0); // jmp
      code.put(from - 1, (byte) (code.position() - from));
      from = code.position();
      straight(1 + random.nextInt(3));
    }
    code.put(from - 1, (byte) (code.position() - from));
  }

  private void loop() {
    bytes(0xC7, 0x45, 0xE0 - 4).putInt(2 + random.nextInt(6)); // mov [ebp - 24h], count
    int from = code.position();
    straight(2 + random.nextInt(5));
    bytes(0xFF, 0x4D, 0xE0 - 4); // dec [ebp - 24h]
    bytes(0x0F, 0x85).putInt(from - code.position() - 4);
  }

  private void straight(int instructions) {
    for (int k = 0; k < instructions; k++) {
      instruction();
    }
  }

  private int value() {
    return VALUES[random.nextInt(VALUES.length)];
  }

  /** One of the registers that have a low byte. */
  private int low() {
    return random.nextInt(3);
  }

  private int immediate8() {
    return random.nextInt(128);
  }

  private void compare() {
    switch (random.nextInt(8)) {
      case 0, 1 -> bytes(0x85, modrm(value(), value())); // test r, r
      case 2 -> bytes(0x39, modrm(value(), value())); // cmp r, r
      case 3, 4 -> bytes(0x83, modrm(7, value()), immediate8()); // cmp r, imm8
      case 5 -> bytes(0x81, modrm(7, value())).putInt(random.nextInt());
      case 6 -> memory(7, 0x83).put((byte) immediate8()); // cmp [m], imm8
      default -> memory(random.nextInt(2), 0xF6).put((byte) 0x40); // test byte [m], imm8
    }
  }

  private void loadLocal(int r) {
    bytes(0x8B, 0x45 | r << 3, 0xD8 - 4 * random.nextInt(7) & 0xFF);
  }

  private void instruction() {
    int r = value();
    int q = value();
    int what = random.nextInt(100);
    if (what < 14) {
      memory(r, 0x8B); // mov r, [m]
    } else if (what < 23) {
      memory(r, 0x89); // mov [m], r
    } else if (what < 30) {
      loadLocal(r);
    } else if (what < 35) {
      bytes(0x89, 0x45 | r << 3, 0xD8 - 4 * random.nextInt(7)); // mov [ebp - n], r
    } else if (what < 41) {
      bytes(0x89, modrm(r, q)); // mov q, r
    } else if (what < 44) {
      bytes(0xB8 | r).putInt(random.nextInt()); // mov r, imm32
    } else if (what < 52) {
      bytes(random.nextInt(8) << 3 | 1, modrm(r, q)); // alu q, r
    } else if (what < 58) {
      bytes(0x83, modrm(random.nextInt(8), r), immediate8()); // alu r, imm8
    } else if (what < 60) {
      bytes(0x81, modrm(random.nextInt(8), r)).putInt(random.nextInt());
    } else if (what < 64) {
      memory(r, random.nextInt(8) << 3 | 3); // alu r, [m]
    } else if (what < 67) {
      memory(r, random.nextInt(7) << 3 | 1); // alu [m], r
    } else if (what < 69) {
      memory(random.nextInt(7), 0x83).put((byte) immediate8()); // alu [m], imm8
    } else if (what < 74) {
      bytes(0x8D, 0x44 | r << 3, scaled(q), immediate8()); // lea r, [ebx + q * n + d]
    } else if (what < 78) {
      int shift = new int[] {4, 5, 7, 0, 1}[random.nextInt(5)];
      bytes(0xC1, modrm(shift, r), 1 + random.nextInt(31));
    } else if (what < 80) {
      bytes(0x48 - 8 * random.nextInt(2) | r); // inc, dec
    } else if (what < 83) {
      memory(r, 0x0F, 0xB6 + random.nextInt(2)); // movzx r, [m]
    } else if (what < 85) {
      bytes(0x0F, (random.nextBoolean() ? 0xB6 : 0xBE), modrm(r, low()));
    } else if (what < 87) {
      memory(low(), 0x88); // mov byte [m], r
    } else if (what < 89) {
      bytes(0x50 | r, 0x58 | q); // push r; pop q
    } else {
      seldom(r, q, random.nextInt(24));
    }
  }

  private void seldom(int r, int q, int what) {
    switch (what) {
      case 0 -> bytes(0x0F, 0xAF, modrm(r, q)); // imul r, q
      case 1 -> bytes(0x6B, modrm(r, q), immediate8()); // imul r, q, imm8
      case 2 -> bytes(0xF7, 0xE0 | low()); // mul
      case 3 -> bytes(0x31, 0xD2, 0xB9).putInt(7).put((byte) 0xF7).put((byte) 0xF1); // div ecx
      case 4 -> bytes(0x0F, 0x90 | random.nextInt(16), 0xC0 | low()); // setcc
      case 5, 6 -> bytes(0x0F, 0x40 | random.nextInt(16), modrm(r, q)); // cmovcc
      case 7 -> bytes(0x0F, 0xBA, modrm(4 + random.nextInt(4), r), random.nextInt(32)); // bt imm
      case 8 -> bytes(0x0F, 0xBC + random.nextInt(2), modrm(r, q)); // bsf, bsr
      case 9 -> bytes(0x0F, random.nextBoolean() ? 0xA4 : 0xAC, modrm(r, q), 5); // shld, shrd
      case 10 -> bytes(0xF7, modrm(2 + random.nextInt(2), r)); // not, neg
      case 11 -> bytes(0xD3, modrm(4 + random.nextInt(2), r)); // shl, shr by CL
      case 12 -> memory(r, 0x0F, 0xB1); // cmpxchg [m], r
      case 13 -> memory(r, 0xF0, 0x0F, 0xC1); // lock xadd [m], r
      case 14 -> memory(r, 0x87); // xchg [m], r
      case 15 -> bytes(0x9C, 0xFA, 0x9D); // pushf; cli; popf
      case 16 ->
          bytes(
              0x57, 0x56, 0x8D, 0x7B, 0x40, 0x89, 0xDE, 0xB9, 16, 0, 0, 0, 0xF3, 0xA5, 0x5E, 0x5F);
      case 17 -> bytes(0x57, 0x89, 0xDF, 0xB9, 32, 0, 0, 0, 0xF3, 0xAA, 0x5F); // rep stosb
      case 18 -> memory(0, 0x66, 0xC7).putShort((short) random.nextInt()); // mov word [m], imm16
      case 19 -> memory(r, 0x66, 0x8B); // mov r16, [m]
      case 20 -> memory(0, 0xC7).putInt(random.nextInt()); // mov [m], imm32
      case 21 -> memory(r, 0x64, 0x8B); // mov r, fs:[m]
      case 22 -> bytes(0x99, 0x98); // cdq; cwde
      default -> memory(random.nextInt(2), 0xFF); // inc, dec [m]
    }
  }

  /** An operand at EBX, or at an element of an array there. */
  private ByteBuffer memory(int reg, int... opcode) {
    if (random.nextInt(4) == 0) {
      // The index must be small; it is made so before.
      int index = low();
      bytes(0x83, modrm(4, index), 0x7C); // and index, 7Ch
      bytes(opcode);
      return bytes(0x44 | reg << 3, 3 | index << 3 | random.nextInt(3) << 6, immediate8());
    }
    bytes(opcode);
    return random.nextInt(4) == 0
        ? bytes(0x83 | reg << 3).putInt(random.nextInt(0x800) & ~3)
        : bytes(0x43 | reg << 3, immediate8() & ~3);
  }

  private int scaled(int index) {
    return 3 | index << 3 | random.nextInt(4) << 6;
  }

  private static int modrm(int reg, int rm) {
    return 0xC0 | reg << 3 | rm;
  }

  private ByteBuffer bytes(int... values) {
    for (int value : values) {
      code.put((byte) value);
    }
    return code;
  }

  private void call(int function) {
    bytes(0xE8).putInt(starts[function] - code.position() - 4);
  }

  /** A jump to be landed. */
  private int jump() {
    bytes(0xE9).putInt(0);
    return code.position() - 4;
  }

  private void land(int jump) {
    code.putInt(jump, code.position() - jump - 4);
  }
}
