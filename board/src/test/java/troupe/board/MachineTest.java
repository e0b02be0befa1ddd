package troupe.board;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import troupe.devices.outside.MemoryBlockPort;
import troupe.devices.state.BadStateException;
import troupe.devices.state.StateCodec;

class MachineTest {
  private static final long LONG = 10_000_000_000L;
  private static final int HLT = 0xF4;
  private final Configurations configurations = new Configurations();

  /** Runs until something else than the end of the budget or a pause happens. */
  private static RunEnd finish(Machine machine) {
    for (int i = 0; i < 1000; i++) {
      RunEnd end = machine.run(0);
      if (!(end instanceof RunEnd.Budget || end instanceof RunEnd.Attention)) {
        return end;
      }
    }
    throw new AssertionError("runs on: " + machine.describe());
  }

  @Test
  void startsAtTheResetVectorAndHalts() {
    Machine machine = Configurations.running(configurations, 0xFA, HLT);
    assertInstanceOf(RunEnd.Halted.class, finish(machine));
    assertTrue(machine.describe().contains("real mode, CS:EIP f000:0000e002"));
    assertTrue(machine.describe().endsWith("halted"));
  }

  @Test
  void resetControlRegister() {
    // mov dx,0CF9h; mov al,6; out dx,al; hlt
    Machine machine = Configurations.running(configurations, 0xBA, 0xF9, 0x0C, 0xB0, 6, 0xEE, HLT);
    assertInstanceOf(RunEnd.ResetRequested.class, finish(machine));
    machine.reset();
    assertInstanceOf(RunEnd.ResetRequested.class, finish(machine), "it does it again");
  }

  @Test
  void keyboardControllerResetsThePc() {
    // mov al,0FEh; out 64h,al; jmp $
    Machine machine = Configurations.running(configurations, 0xB0, 0xFE, 0xE6, 0x64, 0xEB, 0xFE);
    assertInstanceOf(RunEnd.ResetRequested.class, finish(machine));
  }

  @Test
  void processorResetWithAShutdownCodeGoesOn() {
    // in al,70h ... : if CMOS 0Fh is 5, hlt; else set it to 5 and reset the processor by port 92h
    Machine machine =
        Configurations.running(
            configurations,
            0xB0,
            0x8F,
            0xE6,
            0x70,
            0xE4,
            0x71,
            0x3C,
            0x05,
            0x74,
            0x0A, // cmp al,5; je hlt
            0xB0,
            0x05,
            0xE6,
            0x71,
            0xB0,
            0x01,
            0xE6,
            0x92,
            0xEB,
            0xFE, //
            0xFA,
            HLT);
    assertInstanceOf(RunEnd.Halted.class, finish(machine));
    assertTrue(machine.describe().contains("0000e016"), machine.describe());
  }

  @Test
  void tripleFault() {
    // lidt with a limit of 0, in protected mode, then int3: o32 lidt [cs:E020h]; mov cr0,1; int3
    Machine machine =
        Configurations.running(
            configurations,
            0x2E,
            0x0F,
            0x01,
            0x1E,
            0x20,
            0xE0,
            0x66,
            0xB8,
            1,
            0,
            0,
            0,
            0x0F,
            0x22,
            0xC0,
            0xCC,
            HLT,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0);
    assertInstanceOf(RunEnd.TripleFault.class, finish(machine));
    machine.reset();
    assertInstanceOf(RunEnd.TripleFault.class, finish(machine));
  }

  @Test
  void exitPortAndPortLog() {
    List<Integer> log = new ArrayList<>();
    configurations.exitPort = OptionalInt.of(0xF4);
    configurations.portLogs.put(
        0xE9,
        value -> {
          log.add(value);
          return true;
        });
    // mov al,'A'; out E9h,al; in al,E9h; out E9h,al; mov al,3; out F4h,al; jmp $
    Machine machine =
        Configurations.running(
            configurations,
            0xB0,
            0x41,
            0xE6,
            0xE9,
            0xE4,
            0xE9,
            0xE6,
            0xE9,
            0xB0,
            3,
            0xE6,
            0xF4,
            0xEB,
            0xFE);
    assertEquals(new RunEnd.ExitPort(3), finish(machine));
    assertEquals(List.of(0x41, 0xE9), log);
  }

  @Test
  void aFullPortLogHoldsTheGuest() {
    List<Integer> log = new ArrayList<>();
    configurations.exitPort = OptionalInt.of(0xF4);
    boolean[] room = {false};
    configurations.portLogs.put(0xE9, value -> room[0] && log.add(value));
    Machine machine =
        Configurations.running(configurations, 0xB0, 0x41, 0xE6, 0xE9, 0xE6, 0xF4, 0xEB, 0xFE);
    machine.run(0);
    long instructions = machine.instructions();
    assertInstanceOf(RunEnd.Attention.class, machine.run(LONG));
    assertEquals(instructions, machine.instructions());
    room[0] = true;
    finish(machine);
    assertEquals(List.of(0x41), log);
  }

  @Test
  void powerOffThroughTheFirmwaresRegisters() {
    Machine machine = Configurations.running(configurations, 0xFA, HLT);
    out32(machine, 0xCF8, 0x8000_3B40);
    out32(machine, 0xCFC, 0x4001);
    out32(machine, 0xCF8, 0x8000_3B80);
    machine.ports().write8(0xCFC, 1);
    machine.ports().write16(0x4004, 0x2000);
    assertInstanceOf(RunEnd.PoweredOff.class, finish(machine));
  }

  /**
   * A guest that counts the timer's interrupts at 0:500h, and halts.
   *
   * @param timerMode control word for counter 0
   * @param again what the handler does besides counting
   */
  private void countsTicks(int timerMode, int... again) {
    configurations.bios =
        Optional.of(
            Configurations.rom(
                // cli; PIC vectors at 8; mask all but IRQ 0; timer of 10 ms
                0xFA,
                0xB0,
                0x11,
                0xE6,
                0x20,
                0xB0,
                8,
                0xE6,
                0x21,
                0xB0,
                4,
                0xE6,
                0x21, //
                0xB0,
                1,
                0xE6,
                0x21,
                0xB0,
                0xFE,
                0xE6,
                0x21,
                0xB0,
                timerMode,
                0xE6,
                0x43, //
                0xB0,
                0x9C,
                0xE6,
                0x40,
                0xB0,
                0x2E,
                0xE6,
                0x40, //
                // vector 8 to F000:E080; mov ax,0; mov ds,ax; mov [20h],E080h; mov [22h],F000h
                0x31,
                0xC0,
                0x8E,
                0xD8,
                0xC7,
                0x06,
                0x20,
                0,
                0x80,
                0xE0, //
                0xC7,
                0x06,
                0x22,
                0,
                0,
                0xF0,
                0xBC,
                0,
                0x10,
                0x8E,
                0xD0, //
                0xFB,
                HLT,
                0xEB,
                0xFD));
    byte[] rom = configurations.bios.get();
    int at = 0xE080;
    for (int code : new int[] {0xFF, 0x06, 0, 5}) { // inc word [500h]
      rom[at++] = (byte) code;
    }
    for (int code : again) {
      rom[at++] = (byte) code;
    }
    for (int code : new int[] {0xB0, 0x20, 0xE6, 0x20, 0xCF}) { // mov al,20h; out 20h,al; iret
      rom[at++] = (byte) code;
    }
  }

  @Test
  void timerInterruptsWakeAHaltedGuest() {
    long[] host = {0};
    countsTicks(0x34);
    Machine machine = new Machine(configurations.make(), () -> host[0], start -> null);
    machine.resume();
    for (int i = 0; i < 1000 && machine.nanos() < 1_000_000_000; i++) {
      if (machine.run(0) instanceof RunEnd.Halted) {
        long wait = machine.hostNanosToAlarm();
        assertTrue(wait > 0 && wait <= 10_100_000, "wait " + wait);
        host[0] += wait;
      }
    }
    assertEquals(99, machine.memory().read16(0x500), 1);
  }

  /** Time passes between any two looks at the host's clock: a tick may fall due at any point. */
  @Test
  void aTimerThatFallsDueWhileTheGuestHaltsIsNotLost() {
    long[] host = {0};
    Random random = new Random(1);
    // Mode 0; the handler loads the counter again: mov al,9Ch; out 40h,al; mov al,2Eh; out 40h,al
    configurations.clock = ClockMode.HOST;
    countsTicks(0x30, 0xB0, 0x9C, 0xE6, 0x40, 0xB0, 0x2E, 0xE6, 0x40);
    Machine machine =
        new Machine(configurations.make(), () -> host[0] += random.nextInt(400), start -> null);
    machine.resume();
    while (machine.memory().read16(0x500) < 500) {
      if (machine.run(0) instanceof RunEnd.Halted) {
        long wait = machine.hostNanosToAlarm();
        assertTrue(
            wait <= 10_100_000, "waits " + wait + " after " + machine.memory().read16(0x500));
        host[0] += Math.max(0, wait - random.nextInt(2000));
      }
    }
  }

  @Test
  void pciFunctionsAreWhereTheyShouldBe() {
    Machine machine = Configurations.running(configurations, 0xFA, HLT);
    assertEquals(
        Map.of(
            0x00,
            0x7192_8086,
            0x38,
            0x7110_8086,
            0x39,
            0x7111_8086,
            0x3B,
            0x7113_8086,
            0x40,
            0x8811_5333),
        functions(machine));
    configurations.board = BoardModel.I440FX;
    Machine other = Configurations.running(configurations, 0xFA, HLT);
    assertEquals(
        Map.of(
            0x00,
            0x1237_8086,
            0x08,
            0x7000_8086,
            0x09,
            0x7010_8086,
            0x0B,
            0x7113_8086,
            0x10,
            0x1111_1234),
        functions(other));
  }

  private static Map<Integer, Integer> functions(Machine machine) {
    Map<Integer, Integer> found = new java.util.HashMap<>();
    for (int function = 0; function < 0x100; function++) {
      out32(machine, 0xCF8, 1 << 31 | function << 8);
      int id = machine.ports().read32(0xCFC);
      if (id != -1) {
        found.put(function, id);
      }
    }
    return found;
  }

  private static void out32(Machine machine, int port, int value) {
    machine.ports().write32(port, value);
  }

  @Test
  void frameBufferOpensThroughItsBaseAddressRegister() {
    Machine machine = Configurations.running(configurations, 0xFA, HLT);
    out32(machine, 0xCF8, 0x8000_4010);
    out32(machine, 0xCFC, 0xE000_0000);
    assertEquals(0xFF, machine.memory().read8(0xE000_0000));
    out32(machine, 0xCF8, 0x8000_4004);
    machine.ports().write16(0xCFC, 3);
    machine.memory().write8(0xE000_1234, 0x5A);
    assertEquals(0x5A, machine.memory().read8(0xE000_1234));
  }

  @Test
  void randomAccessesKillNothing() {
    Random random = new Random(2);
    configurations.drives.put(
        DriveSlot.IDE_0_0, new Drive.HardDisk(new MemoryBlockPort(new byte[1 << 20], 512, false)));
    configurations.drives.put(DriveSlot.IDE_1_0, new Drive.CdRom(Optional.empty()));
    configurations.drives.put(
        DriveSlot.FLOPPY_A,
        new Drive.Floppy(Optional.of(new MemoryBlockPort(new byte[1_474_560], 512, false))));
    Machine machine = Configurations.running(configurations, 0xFB, HLT, 0xEB, 0xFD);
    for (int i = 0; i < 200_000; i++) {
      int port = random.nextInt(4) != 0 ? random.nextInt(0x1000) : random.nextInt(0x1_0000);
      int value = random.nextInt();
      switch (random.nextInt(8)) {
        case 0 -> machine.ports().read8(port);
        case 1 -> machine.ports().read16(port);
        case 2 -> machine.ports().read32(port);
        case 3 -> machine.ports().write8(port, value & 0xFF);
        case 4 -> machine.ports().write16(port, value & 0xFFFF);
        case 5 -> machine.ports().write32(port, value);
        case 6 -> machine.memory().write32(random.nextInt(0x20_0000) + 0x8_0000, value);
        default -> machine.memory().read32(value);
      }
      if (i % 1000 == 0 && machine.run(0) instanceof RunEnd.TripleFault) {
        machine.reset();
      }
    }
    StateCodec.encode(machine.save());
  }

  @Test
  void saveAndRestore() throws BadStateException {
    int[] code = {0x40, 0xE4, 0x40, 0xE6, 0x80, 0xE4, 0x61, 0xEB, 0xF7}; // inc ax; in al,40h ...
    Machine machine = Configurations.running(configurations, code);
    out32(machine, 0xCF8, 0x8000_3860);
    out32(machine, 0xCFC, 0x0B0A_090B);
    machine.memory().write32(0x1234, 0xCAFE_BABE);
    for (int i = 0; i < 20; i++) {
      machine.run(0);
    }
    byte[] saved = StateCodec.encode(machine.save());
    Machine other = Configurations.running(configurations, code);
    for (int page = 0; page < machine.memory().ramPages(); page++) {
      byte[] content = machine.memory().ramPageIfPresent(page);
      if (content != null) {
        System.arraycopy(content, 0, other.memory().ramPage(page), 0, content.length);
      }
    }
    other.restore(StateCodec.decode(MachineState.class, saved));
    assertArrayEquals(saved, StateCodec.encode(other.save()));
    for (int i = 0; i < 20; i++) {
      machine.run(0);
      other.run(0);
    }
    assertArrayEquals(StateCodec.encode(machine.save()), StateCodec.encode(other.save()));
  }

  @Test
  void restoreRefusesAnotherPc() {
    Machine machine = Configurations.running(configurations, 0xFA, HLT);
    MachineState state = machine.save();
    configurations.memoryMib = 32;
    Machine other = Configurations.running(configurations, 0xFA, HLT);
    assertThrows(BadStateException.class, () -> other.restore(state));
    MachineState partless =
        new MachineState(
            state.board(), state.memoryMib(), state.nanos(), state.processor(), List.of());
    assertThrows(BadStateException.class, () -> machine.restore(partless));
  }

  @Test
  void runsAreTheSameEachTime() {
    int[] code = {0x40, 0xE4, 0x40, 0x00, 0xC4, 0xE4, 0x61, 0xEB, 0xF7};
    Machine one = Configurations.running(configurations, code);
    Machine two = Configurations.running(configurations, code);
    for (int i = 0; i < 50; i++) {
      one.run(0);
      if (i % 7 == 0) {
        two.requestAttention();
      }
      two.run(0);
    }
    assertArrayEquals(StateCodec.encode(one.save()), StateCodec.encode(two.save()));
  }
}
