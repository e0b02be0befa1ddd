package troupe.processor.fpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static troupe.processor.OneByOne.CODE;
import static troupe.processor.OneByOne.DONE;
import static troupe.processor.OneByOne.MEMORY;

import org.junit.jupiter.api.Test;
import troupe.processor.Fault;
import troupe.processor.OneByOne;
import troupe.processor.Processor;

/** Images of the state in memory, last pointers, and that faulting instructions change nothing. */
final class X87StateTest {
  private static final int CS_SELECTOR = 0x10;
  private static final int DS_SELECTOR = 0x20;
  private static final int[] FLD_M64_AT_8 = {0xDD, 0x46, 0x08};

  private final OneByOne machine = new OneByOne();
  private final Processor c = machine.c;

  private void loadOne() {
    c.memory.write32(MEMORY + 8, 0);
    c.memory.write32(MEMORY + 12, 0x3FF0_0000);
    assertEquals(DONE, machine.run(FLD_M64_AT_8));
  }

  @Test
  void protectedEnvironment32() {
    loadOne();
    assertEquals(DONE, machine.run(0xD9, 0x76, 0x40));
    int at = MEMORY + 0x40;
    assertEquals(0xFFFF_037F, c.memory.read32(at));
    assertEquals(0xFFFF_3800, c.memory.read32(at + 4));
    assertEquals(0xFFFF_3FFF, c.memory.read32(at + 8));
    assertEquals(CODE, c.memory.read32(at + 12));
    assertEquals(CS_SELECTOR, c.memory.read32(at + 16));
    assertEquals(MEMORY + 8, c.memory.read32(at + 20));
    assertEquals(0xFFFF_0000 | DS_SELECTOR, c.memory.read32(at + 24));
    assertEquals(0x037F, c.fpu.control);
  }

  @Test
  void protectedEnvironment16() {
    loadOne();
    assertEquals(DONE, machine.run(0x66, 0xD9, 0x76, 0x40));
    int at = MEMORY + 0x40;
    int[] wanted = {0x037F, 0x3800, 0x3FFF, CODE, CS_SELECTOR, MEMORY + 8, DS_SELECTOR};
    for (int n = 0; n < wanted.length; n++) {
      assertEquals(wanted[n], c.memory.read16(at + 2 * n));
    }
  }

  @Test
  void realEnvironmentHasLinearAddresses() {
    c.fpu.instructionOffset = 0x5678;
    c.fpu.instructionSelector = 0x1234;
    c.fpu.operandOffset = 0x9ABC;
    c.fpu.operandSelector = 0xF000;
    c.fpu.opcode = 0x5C1;
    c.cr0 &= ~Processor.CR0_PE;
    assertEquals(DONE, machine.run(0x66, 0xD9, 0x36));
    assertEquals(0x79B8, c.memory.read16(MEMORY + 6));
    assertEquals(0x15C1, c.memory.read16(MEMORY + 8));
    assertEquals(0x9ABC, c.memory.read16(MEMORY + 10));
    assertEquals(0xF000, c.memory.read16(MEMORY + 12));
    assertEquals(DONE, machine.run(0xD9, 0x36));
    assertEquals(0xFFFF_79B8, c.memory.read32(MEMORY + 12));
    assertEquals(0x0001_05C1 & 0xFFF | 0x1000, c.memory.read32(MEMORY + 16));
    assertEquals(0xFFFF_9ABC, c.memory.read32(MEMORY + 20));
    assertEquals(0x0000_F000, c.memory.read32(MEMORY + 24));
    assertEquals(DONE, machine.run(0xD9, 0x26));
    assertEquals(0x179B8, c.fpu.instructionOffset);
    assertEquals(0xF9ABC, c.fpu.operandOffset);
    assertEquals(0x5C1, c.fpu.opcode);
  }

  @Test
  void storesThatFaultChangeNothing() {
    loadOne();
    FpuState.Saved before = c.fpu.save();
    machine.limit(Processor.DS, MEMORY + 4);
    int[][] stores = {
      {0xDD, 0x1E},
      {0xDB, 0x3E},
      {0xDF, 0x3E},
      {0xDF, 0x36},
      {0xDD, 0x36},
      {0xD9, 0x36},
      {0x0F, 0xAE, 0x06},
      {0x0F, 0x7F, 0x06},
      {0x0F, 0x11, 0x06}
    };
    for (int[] code : stores) {
      assertEquals(Fault.GP, machine.run(code));
      assertEquals(0, c.memory.read32(MEMORY));
      FpuState.Saved after = c.fpu.save();
      assertEquals(before.rest()[2], after.rest()[2], "TOP");
      assertEquals(before.rest()[3], after.rest()[3], "tags");
      assertArrayEquals(before.significand(), after.significand());
    }
  }

  @Test
  void fxsaveAndFxrstor() {
    loadOne();
    for (int n = 0; n < 16; n++) {
      c.simd.xmm[n] = 0x0123_4567_89AB_CDEFL * (n + 1);
    }
    c.simd.mxcsr = 0x3FA1;
    c.fpu.operandSelector = 0x33;
    c.fpu.opcode = 0x123;
    FpuState.Saved before = c.fpu.save();
    var simdBefore = c.simd.save();
    assertEquals(DONE, machine.run(0x0F, 0xAE, 0x06));
    assertEquals(0x3800, c.memory.read16(MEMORY + 2));
    assertEquals(0x80, c.memory.read16(MEMORY + 4));
    assertEquals(0x3FFF, c.memory.read16(MEMORY + 32 + 8));
    assertEquals(0xFFFF, c.memory.read32(MEMORY + 28));
    c.fpu.reset();
    c.simd.reset();
    assertEquals(DONE, machine.run(0x0F, 0xAE, 0x0E));
    assertArrayEquals(before.rest(), c.fpu.save().rest());
    assertArrayEquals(before.significand(), c.fpu.save().significand());
    assertArrayEquals(before.signExponent(), c.fpu.save().signExponent());
    assertArrayEquals(simdBefore.xmm(), c.simd.xmm);
    assertEquals(0x3FA1, c.simd.mxcsr);
  }

  @Test
  void fxrstorChecksItsImage() {
    assertEquals(DONE, machine.run(0x0F, 0xAE, 0x06));
    assertEquals(Fault.GP, machine.run(0x0F, 0xAE, 0x4E, 0x08));
    c.memory.write32(MEMORY + 24, 0x1_0000);
    c.memory.write16(MEMORY, 0);
    assertEquals(Fault.GP, machine.run(0x0F, 0xAE, 0x0E));
    assertEquals(0x37F, c.fpu.control);
  }

  @Test
  void opcodeIsKeptForUnmaskedErrors() {
    c.fpu.setControl(0x37E);
    assertEquals(DONE, machine.run(0x3E, 0xD9, 0xFA));
    assertEquals(0x1FA, c.fpu.opcode);
    assertEquals(CODE, c.fpu.instructionOffset);
  }

  @Test
  void maskedStoreOfBytes() {
    c.fpu.setMmx(0, 0x8877_6655_4433_2211L);
    c.fpu.setMmx(1, 0x8000_0000_0000_0080L);
    assertEquals(DONE, machine.run(0x0F, 0xF7, 0xC1));
    assertEquals(0x11, c.memory.read32(MEMORY));
    assertEquals(0x8800_0000, c.memory.read32(MEMORY + 4));
    // An empty mask touches no memory.
    machine.limit(Processor.DS, 0);
    c.fpu.setMmx(1, 0);
    assertEquals(DONE, machine.run(0x0F, 0xF7, 0xC1));
  }
}
