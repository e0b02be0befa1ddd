package troupe.board.firmware;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import troupe.board.BoardModel;
import troupe.board.ClockMode;
import troupe.board.Drive;
import troupe.board.DriveSlot;
import troupe.board.Machine;
import troupe.board.MachineConfiguration;
import troupe.board.RunEnd;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.ByteSink;
import troupe.devices.outside.MemoryBlockPort;
import troupe.processor.CpuModel;

/**
 * A PC with Troupe's firmware, started from a floppy whose boot sector does the BIOS calls that a
 * test asks for: it takes registers from a table in memory, executes INT, and puts registers back.
 * Virtual time follows instructions, and a halted PC jumps to its next alarm.
 */
final class BiosGuest {
  static final int SECTOR = 512;
  static final int FLOPPY_BYTES = 2880 * SECTOR;

  private static final int REQUEST = 0x500;
  private static final int IN = 0x510;
  private static final int OUT = 0x530;
  private static final int READY = 2;
  private static final int CALL = 1;
  private static final long LONGEST = 120_000_000_000L;

  /** Registers before or after a call. */
  static final class Registers {
    int eax;
    int ebx;
    int ecx;
    int edx;
    int esi;
    int edi;
    int ebp;
    int es;
    int flags;

    int ah() {
      return eax >>> 8 & 0xFF;
    }

    int al() {
      return eax & 0xFF;
    }

    int ax() {
      return eax & 0xFFFF;
    }

    int bx() {
      return ebx & 0xFFFF;
    }

    int cx() {
      return ecx & 0xFFFF;
    }

    int dx() {
      return edx & 0xFFFF;
    }

    boolean carry() {
      return (flags & 1) != 0;
    }

    boolean zero() {
      return (flags & 0x40) != 0;
    }
  }

  final Map<DriveSlot, Drive> drives = new HashMap<>();
  final byte[] floppy = new byte[FLOPPY_BYTES];
  List<BootDevice> bootOrder = List.of(BootDevice.FLOPPY);
  int memoryMib = 32;
  Machine machine;
  private long host;

  /** Transfers of slow drives that are still to be completed, oldest first. */
  final Deque<Runnable> transfers = new ArrayDeque<>();

  BiosGuest() {
    byte[] program = program();
    System.arraycopy(program, 0, floppy, 0, SECTOR);
    drives.put(
        DriveSlot.FLOPPY_A,
        new Drive.Floppy(Optional.of(new MemoryBlockPort(floppy, SECTOR, false))));
  }

  /** The boot sector. */
  static byte[] program() {
    Assembler a = new Assembler(0x7E00, 0);
    a.org(0x7C00);
    a.hex("FA 31C0 8ED8 8EC0 8ED0 BC0070 FB"); // segments 0, stack at 7000h, STI
    a.db(0xC6, 0x06).dw(REQUEST).db(READY);
    a.label("wait").hex("F4"); // HLT
    a.db(0x80, 0x3E).dw(REQUEST).db(CALL).shortJump(0x75, "wait");
    a.db(0x8E, 0x06).dw(IN + 0x1C); // MOV ES
    a.db(0x66, 0xA1).dw(IN); // MOV EAX, EBX, ECX, EDX, ESI, EDI, EBP
    a.db(0x66, 0x8B, 0x1E).dw(IN + 4).db(0x66, 0x8B, 0x0E).dw(IN + 8);
    a.db(0x66, 0x8B, 0x16).dw(IN + 12).db(0x66, 0x8B, 0x36).dw(IN + 16);
    a.db(0x66, 0x8B, 0x3E).dw(IN + 20).db(0x66, 0x8B, 0x2E).dw(IN + 24);
    a.label("int").hex("CD00");
    a.db(0x66, 0xA3).dw(OUT);
    a.db(0x66, 0x89, 0x1E).dw(OUT + 4).db(0x66, 0x89, 0x0E).dw(OUT + 8);
    a.db(0x66, 0x89, 0x16).dw(OUT + 12).db(0x66, 0x89, 0x36).dw(OUT + 16);
    a.db(0x66, 0x89, 0x3E).dw(OUT + 20).db(0x66, 0x89, 0x2E).dw(OUT + 24);
    a.db(0x8C, 0x06).dw(OUT + 0x1C);
    a.hex("9C").db(0x8F, 0x06).dw(OUT + 0x1E); // PUSHF, POP [flags]
    a.db(0xC6, 0x06).dw(REQUEST).db(READY).jmp("wait");
    interruptAt = a.offset("int") + 1;
    a.org(0x7DFE).hex("55AA");
    return java.util.Arrays.copyOfRange(a.image(), 0x7C00, 0x7E00);
  }

  private static int interruptAt;

  BiosGuest powerOn() {
    MachineConfiguration configuration =
        new MachineConfiguration(
            memoryMib,
            CpuModel.DEFAULT,
            BoardModel.I440BX,
            ClockMode.INSTRUCTIONS,
            Optional.empty(),
            Optional.empty(),
            drives,
            Map.of(),
            ByteSink.NONE,
            1_100_000_000L,
            bootOrder,
            Optional.empty(),
            Map.of(),
            OptionalInt.empty(),
            new UUID(1, 2),
            "1");
    FirmwareSettings settings =
        new FirmwareSettings((long) memoryMib << 20, bootOrder, new UUID(1, 2), "1");
    machine = new Machine(configuration, () -> host, start -> new TroupeFirmware(settings, start));
    machine.resume();
    return this;
  }

  /** A drive's content whose transfers end only while the guest waits for them. */
  BlockPort slow(BlockPort port) {
    return new BlockPort() {
      @Override
      public int sectorSize() {
        return port.sectorSize();
      }

      @Override
      public long sectors() {
        return port.sectors();
      }

      @Override
      public boolean readOnly() {
        return port.readOnly();
      }

      @Override
      public void read(long sector, int count, byte[] target, int offset, Completion completion) {
        transfers.add(() -> port.read(sector, count, target, offset, completion));
      }

      @Override
      public void write(long sector, int count, byte[] source, int offset, Completion completion) {
        transfers.add(() -> port.write(sector, count, source, offset, completion));
      }

      @Override
      public void flush(Completion completion) {
        transfers.add(() -> port.flush(completion));
      }
    };
  }

  /** Powers on and waits until the boot sector runs. */
  BiosGuest start() {
    powerOn();
    runUntil(() -> read8(REQUEST) == READY);
    return this;
  }

  void runUntil(BooleanSupplier condition) {
    long limit = host + LONGEST;
    while (!condition.getAsBoolean()) {
      if (!transfers.isEmpty()) {
        transfers.remove().run();
      }
      RunEnd end = machine.run(1_000_000);
      if (end instanceof RunEnd.Halted && machine.hostNanosToAlarm() != Long.MAX_VALUE) {
        host += Math.max(1, machine.hostNanosToAlarm());
      } else {
        host += 1_000_000;
      }
      if (host > limit) {
        throw new AssertionError("nothing happens: " + machine.describe() + "\n" + screen());
      }
    }
  }

  /** Does INT {@code number} with registers as set in {@code in}. */
  Registers call(int number, Registers in) {
    begin(number, in);
    runUntil(() -> read8(REQUEST) == READY);
    return out();
  }

  /** Lets the guest begin a call that will wait. */
  void begin(int number, Registers in) {
    int[] values = {in.eax, in.ebx, in.ecx, in.edx, in.esi, in.edi, in.ebp};
    for (int i = 0; i < values.length; i++) {
      machine.memory().write32(IN + 4 * i, values[i]);
    }
    machine.memory().write16(IN + 0x1C, in.es);
    machine.processor().writeLinear8(interruptAt, number);
    machine.memory().write8(REQUEST, CALL);
  }

  boolean done() {
    return read8(REQUEST) == READY;
  }

  Registers out() {
    Registers out = new Registers();
    out.eax = machine.memory().read32(OUT);
    out.ebx = machine.memory().read32(OUT + 4);
    out.ecx = machine.memory().read32(OUT + 8);
    out.edx = machine.memory().read32(OUT + 12);
    out.esi = machine.memory().read32(OUT + 16);
    out.edi = machine.memory().read32(OUT + 20);
    out.ebp = machine.memory().read32(OUT + 24);
    out.es = machine.memory().read16(OUT + 0x1C);
    out.flags = machine.memory().read16(OUT + 0x1E);
    return out;
  }

  Registers call(int number, int eax) {
    return call(number, registers(eax, 0, 0, 0));
  }

  Registers call(int number, int eax, int ebx, int ecx, int edx) {
    return call(number, registers(eax, ebx, ecx, edx));
  }

  static Registers registers(int eax, int ebx, int ecx, int edx) {
    Registers in = new Registers();
    in.eax = eax;
    in.ebx = ebx;
    in.ecx = ecx;
    in.edx = edx;
    return in;
  }

  int read8(int address) {
    return machine.memory().read8(address);
  }

  int read16(int address) {
    return machine.memory().read16(address);
  }

  int read32(int address) {
    return machine.memory().read32(address);
  }

  String screen() {
    return machine.display().textScreen().map(s -> s.text()).orElse("graphics");
  }
}
