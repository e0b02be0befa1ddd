package troupe.processor.semantics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.TestBus;
import troupe.processor.TestSurroundings;
import troupe.processor.decode.Decoder;
import troupe.processor.decode.Insn;
import troupe.processor.memory.PhysicalMemory;

/** Where 0F 3F is a call of the firmware, and where it is an invalid opcode. */
class FirmwareCallTest {
  private static final int DIRECTORY = 0x1000;
  private static final int TABLE = 0x2000;
  private static final int ROM_LINEAR = 0xF0000;

  /** Where a memory manager has put its copy of the ROM. */
  private static final int COPY = 0x150000;

  private int calls;
  private final PhysicalMemory memory = new PhysicalMemory(2 << 20);
  private final Processor c =
      new Processor(
          CpuModel.DEFAULT,
          memory,
          new TestBus(),
          new TestSurroundings() {
            @Override
            public boolean firmwareCall(Processor processor, int number) {
              calls++;
              return true;
            }
          });

  @BeforeEach
  void mapCopy() {
    memory.write32(DIRECTORY, TABLE | 7);
    for (int page = 0; page < 1024; page++) {
      int at = page << 12;
      memory.write32(TABLE + 4 * page, (at == ROM_LINEAR ? COPY : at) | 7);
    }
    for (int at : new int[] {COPY, 0x30000, 0xE0000}) {
      memory.write32(at, 0x013F0F);
    }
    c.mmu.setCr3(DIRECTORY);
    c.setCr0(Processor.CR0_PE | Processor.CR0_PG);
  }

  @Test
  void aMemoryManagersCopyOfTheRomCallsIt() {
    virtual8086(ROM_LINEAR >>> 4, Processor.IOPL);
    execute();
    assertEquals(1, calls);
  }

  @Test
  void otherVirtual8086ProgramsDoNot() {
    virtual8086(ROM_LINEAR >>> 4, 0);
    assertInvalid();
    virtual8086(0x3000, Processor.IOPL);
    assertInvalid();
  }

  @Test
  void protectedModeNeedsTheRomItself() {
    c.segments.setReal(Processor.CS, ROM_LINEAR >>> 4);
    assertInvalid();
    c.segments.setReal(Processor.CS, 0xE000);
    execute();
    assertEquals(1, calls);
  }

  private void virtual8086(int segment, int iopl) {
    c.setCpl(3);
    c.eflags = 2 | Processor.VM | iopl;
    c.segments.setReal(Processor.CS, segment);
  }

  private void execute() {
    c.eip = 0;
    c.start = 0;
    Insn call = new Decoder(c).decode(0);
    call.handler.run(c, call);
  }

  private void assertInvalid() {
    assertEquals(Fault.UD, assertThrows(Fault.class, this::execute).vector);
    assertEquals(0, calls);
  }
}
