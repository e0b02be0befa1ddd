package troupe.processor.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.processor.OneByOne.DONE;

import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.processor.Fault;
import troupe.processor.OneByOne;
import troupe.processor.Processor;

/** When x87, MMX and SSE instructions are refused, and how errors are delivered. */
final class X87AvailabilityTest {
  private static final int[] FLD1 = {0xD9, 0xE8};
  private static final int[] FLDZ = {0xD9, 0xEE};
  private static final int[] FDIVP = {0xDE, 0xF9};
  private static final int[] FWAIT = {0x9B};
  private static final int[] FNCLEX = {0xDB, 0xE2};
  private static final int[] FNINIT = {0xDB, 0xE3};
  private static final int[] FNSTSW_AX = {0xDF, 0xE0};
  private static final int[] FNSAVE = {0xDD, 0x36};
  private static final int[] FXSAVE = {0x0F, 0xAE, 0x06};
  private static final int[] PADDB = {0x0F, 0xFC, 0xC1};
  private static final int[] ADDPS = {0x0F, 0x58, 0xC1};
  private static final int[] CVTPI2PS = {0x0F, 0x2A, 0xC1};
  private static final int[] SFENCE = {0x0F, 0xAE, 0xF8};
  private static final int[] MOVNTI = {0x0F, 0xC3, 0x06};
  private static final int UNMASK_ZERO_DIVIDE = 0x37B;

  private final OneByOne machine = new OneByOne();
  private final Processor c = machine.c;

  private void zeroDivide() {
    c.fpu.setControl(UNMASK_ZERO_DIVIDE);
    assertEquals(DONE, machine.run(FLD1));
    assertEquals(DONE, machine.run(FLDZ));
    assertEquals(DONE, machine.run(FDIVP));
  }

  @Test
  void taskSwitched() {
    c.cr0 |= Processor.CR0_TS;
    for (int[] code : List.of(FLD1, FWAIT, FNSTSW_AX, FNINIT, FXSAVE, PADDB, ADDPS)) {
      assertEquals(Fault.NM, machine.run(code));
    }
    for (int[] code : List.of(SFENCE, MOVNTI)) {
      assertEquals(DONE, machine.run(code));
    }
    c.cr0 &= ~Processor.CR0_MP;
    assertEquals(DONE, machine.run(FWAIT));
  }

  @Test
  void emulation() {
    c.cr0 |= Processor.CR0_EM;
    assertEquals(Fault.NM, machine.run(FLD1));
    assertEquals(DONE, machine.run(FWAIT));
    assertEquals(Fault.UD, machine.run(PADDB));
    assertEquals(Fault.UD, machine.run(ADDPS));
    c.cr0 |= Processor.CR0_TS;
    assertEquals(Fault.UD, machine.run(PADDB));
    assertEquals(Fault.UD, machine.run(ADDPS));
  }

  @Test
  void sseNeedsTheSystem() {
    c.cr4 = 0;
    assertEquals(Fault.UD, machine.run(ADDPS));
    assertEquals(Fault.UD, machine.run(CVTPI2PS));
    assertEquals(DONE, machine.run(PADDB));
    assertEquals(DONE, machine.run(FXSAVE));
    assertEquals(DONE, machine.run(SFENCE));
  }

  @Test
  void errorsWaitForTheNextWaitingInstruction() {
    zeroDivide();
    assertEquals(DONE, machine.run(FNSTSW_AX));
    assertEquals(0xB084, c.get16(Processor.EAX) & 0xB8FF);
    assertEquals(Fault.MF, machine.run(FLD1));
    assertEquals(Fault.MF, machine.run(FWAIT));
    assertEquals(Fault.MF, machine.run(PADDB));
    assertEquals(Fault.MF, machine.run(CVTPI2PS));
    assertEquals(DONE, machine.run(ADDPS));
    assertEquals(DONE, machine.run(FNCLEX));
    assertEquals(DONE, machine.run(FWAIT));
    // The operands of the division are still there.
    assertEquals(6, c.fpu.top);
    assertTrue(machine.errors.stream().noneMatch(on -> on));
  }

  @Test
  void errorsDriveTheErrorPin() {
    c.cr0 &= ~Processor.CR0_NE;
    zeroDivide();
    assertEquals(List.of(true), machine.errors);
    assertEquals(DONE, machine.run(FNSAVE));
    assertEquals(List.of(true, false), machine.errors);
    zeroDivide();
    assertEquals(DONE, machine.run(FNCLEX));
    assertEquals(List.of(true, false, true, false), machine.errors);
  }

  @Test
  void theInterruptComesBeforeTheNextWaitingInstruction() {
    c.cr0 &= ~Processor.CR0_NE;
    zeroDivide();
    c.setInterruptRequest(true);
    assertEquals(DONE, machine.run(FLD1));
    c.eflags |= Processor.IF;
    c.setInterruptRequest(true);
    assertEquals(Fault.RESTART, machine.run(FWAIT));
    assertEquals(DONE, machine.run(FNSTSW_AX));
    c.setInterruptRequest(false);
    assertEquals(DONE, machine.run(FWAIT));
  }

  @Test
  void unmaskingAnErrorThatIsThereDelivers() {
    assertEquals(DONE, machine.run(FLD1));
    assertEquals(DONE, machine.run(FLDZ));
    assertEquals(DONE, machine.run(FDIVP));
    c.memory.write16(OneByOne.MEMORY, UNMASK_ZERO_DIVIDE);
    assertEquals(DONE, machine.run(0xD9, 0x2E));
    assertEquals(Fault.MF, machine.run(FWAIT));
  }

  @Test
  void simdErrors() {
    c.simd.mxcsr = 0x1F80 & ~(1 << 9);
    c.simd.xmm[0] = 0x3F80_0000L;
    c.simd.xmm[2] = 0;
    assertEquals(Fault.XM, machine.run(0xF3, 0x0F, 0x5E, 0xC1));
    assertEquals(0x3F80_0000L, c.simd.xmm[0]);
    assertEquals(4, c.simd.mxcsr & 0x3F);
    c.cr4 &= ~Processor.CR4_OSXMMEXCPT;
    assertEquals(Fault.UD, machine.run(0xF3, 0x0F, 0x5E, 0xC1));
  }

  @Test
  void reservedBitsOfMxcsr() {
    c.memory.write32(OneByOne.MEMORY, 0x1_1F80);
    assertEquals(Fault.GP, machine.run(0x0F, 0xAE, 0x16));
    assertEquals(0x1F80, c.simd.mxcsr);
    c.memory.write32(OneByOne.MEMORY, 0xFFC0);
    assertEquals(DONE, machine.run(0x0F, 0xAE, 0x16));
    assertEquals(0xFFC0, c.simd.mxcsr);
  }
}
