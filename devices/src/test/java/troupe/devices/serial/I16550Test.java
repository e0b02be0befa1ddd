package troupe.devices.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class I16550Test extends ChipContractTest<I16550.State, I16550> {
  private static final int THR = 0;
  private static final int IER = 1;
  private static final int IIR = 2;
  private static final int FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;

  /** Ten bits at 115,200 baud. */
  private static final long CHARACTER = 86_806;

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private boolean sinkFull;
  private boolean irq;

  @Override
  protected I16550 create(TimerQueue clock) {
    return new I16550(clock, high -> irq = high, this::sink, true);
  }

  private boolean sink(int value) {
    if (!sinkFull) {
      sent.write(value);
    }
    return !sinkFull;
  }

  @Override
  protected void exercise(I16550 chip) {
    chip.write8(FCR, 0x81);
    chip.write8(IER, 0x0F);
    chip.write8(MCR, 0x0B);
    for (int i = 0; i < 20; i++) {
      chip.write8(THR, i);
    }
    chip.receive(0x41);
    chip.receiveBreak();
    chip.setModemLines(true, false, true, false);
    chip.write8(7, 0x5A);
    chip.write8(LCR, 0x1B);
    clock.advanceTo(2_500_000);
  }

  @Override
  protected PortDevice ports(I16550 chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 8;
  }

  private final I16550 uart = create(clock);

  private void setUp115200() {
    uart.write8(LCR, 0x83);
    uart.write8(0, 1);
    uart.write8(1, 0);
    uart.write8(LCR, 0x03);
    uart.write8(MCR, 0x0B);
  }

  private void pass(long nanos) {
    clock.advanceTo(clock.now() + nanos);
  }

  @Test
  void bytesLeaveAtTheBaudRate() {
    setUp115200();
    uart.write8(THR, 'a');
    assertEquals(0x20, uart.read8(LSR), "holding register empty again, shifter busy");
    uart.write8(THR, 'b');
    assertEquals(0x00, uart.read8(LSR));
    pass(CHARACTER);
    assertEquals("a", sent.toString());
    assertEquals(0x20, uart.read8(LSR));
    pass(CHARACTER);
    assertEquals("ab", sent.toString());
    assertEquals(0x60, uart.read8(LSR));
  }

  @Test
  void fifoHoldsSixteenMore() {
    setUp115200();
    uart.write8(FCR, 0x01);
    for (int i = 0; i < 17; i++) {
      uart.write8(THR, 'A' + i);
    }
    pass(16 * CHARACTER);
    assertEquals("ABCDEFGHIJKLMNOP", sent.toString());
    pass(CHARACTER);
    assertEquals("ABCDEFGHIJKLMNOPQ", sent.toString());
  }

  @Test
  void sinkWithoutRoomHoldsTheTransmitter() {
    setUp115200();
    sinkFull = true;
    uart.write8(THR, 'a');
    uart.write8(THR, 'b');
    pass(10 * CHARACTER);
    assertEquals(0x00, uart.read8(LSR));
    sinkFull = false;
    uart.sinkReady();
    assertEquals("a", sent.toString());
    assertEquals(0x20, uart.read8(LSR));
    pass(CHARACTER);
    assertEquals("ab", sent.toString());
  }

  @Test
  void unthrottledIsPromptButNotAtOnce() {
    I16550 fast = new I16550(clock, high -> irq = high, this::sink, false);
    fast.write8(MCR, 0x08);
    fast.write8(FCR, 1);
    fast.write8(IER, 2);
    assertTrue(irq);
    assertEquals(0xC2, fast.read8(IIR));
    for (int i = 0; i < 16; i++) {
      fast.write8(THR, 'x');
    }
    assertFalse(irq);
    pass(20_000);
    assertEquals(16, sent.size());
    assertTrue(irq);
  }

  /** What Linux's 8250 driver does to find out whether the THRE interrupt can be trusted. */
  @Test
  void enablingTheTransmitterInterruptRaisesItEachTime() {
    setUp115200();
    for (int i = 0; i < 3; i++) {
      uart.write8(IER, 2);
      assertTrue(irq);
      assertEquals(0x02, uart.read8(IIR));
      assertEquals(0x01, uart.read8(IIR), "reading it took it back");
      assertFalse(irq);
      uart.write8(IER, 0);
    }
  }

  /** Linux's autoconfig. */
  @Test
  void looksLikeA16550A() {
    uart.write8(IER, 0);
    assertEquals(0, uart.read8(IER));
    uart.write8(IER, 0xFF);
    assertEquals(0x0F, uart.read8(IER));
    uart.write8(IER, 0);
    uart.write8(MCR, 0x1A);
    assertEquals(0x90, uart.read8(MSR) & 0xF0);
    uart.write8(MCR, 0);
    uart.write8(LCR, 0xBF);
    uart.write8(2, 0);
    uart.write8(LCR, 0);
    uart.write8(FCR, 0x01);
    assertEquals(3, uart.read8(IIR) >> 6);
    uart.write8(FCR, 0x21);
    assertEquals(6, uart.read8(IIR) >> 5, "no 64-byte FIFO");
    uart.write8(FCR, 0);
    assertEquals(0, uart.read8(IIR) >> 6);
    uart.write8(7, 0xA5);
    assertEquals(0xA5, uart.read8(7));
  }

  @Test
  void receivedByteInterrupts() {
    setUp115200();
    uart.write8(IER, 1);
    assertEquals(1, uart.receiveSpace());
    uart.receive('k');
    assertEquals(0, uart.receiveSpace());
    assertTrue(irq);
    assertEquals(0x04, uart.read8(IIR));
    assertEquals(0x61, uart.read8(LSR));
    assertEquals('k', uart.read8(0));
    assertFalse(irq);
    assertEquals(0x60, uart.read8(LSR));
  }

  @Test
  void overrunReplacesTheByteAndTellsOnce() {
    setUp115200();
    uart.write8(IER, 4);
    uart.receive('1');
    uart.receive('2');
    assertTrue(irq);
    assertEquals(0x06, uart.read8(IIR));
    assertEquals(0x63, uart.read8(LSR));
    assertFalse(irq);
    assertEquals(0x61, uart.read8(LSR));
    assertEquals('2', uart.read8(0));
  }

  @Test
  void triggerLevelAndTimeout() {
    setUp115200();
    uart.write8(FCR, 0x41); // four bytes
    uart.write8(IER, 1);
    uart.receive('a');
    uart.receive('b');
    assertFalse(irq);
    pass(4 * CHARACTER + 10);
    assertTrue(irq);
    assertEquals(0xCC, uart.read8(IIR));
    assertEquals('a', uart.read8(0));
    assertFalse(irq);
    uart.receive('c');
    uart.receive('d');
    uart.receive('e');
    assertEquals(0xC4, uart.read8(IIR));
    assertTrue(irq);
    uart.read8(0);
    assertEquals(0xC1, uart.read8(IIR));
  }

  @Test
  void breakIsReportedWithItsByte() {
    setUp115200();
    uart.write8(FCR, 0x01);
    uart.receive('a');
    uart.receiveBreak();
    assertEquals(0xE1, uart.read8(LSR), "an error somewhere in the FIFO");
    assertEquals('a', uart.read8(0));
    assertEquals(0xF1, uart.read8(LSR));
    assertEquals(0x61, uart.read8(LSR));
    assertEquals(0, uart.read8(0));
  }

  @Test
  void roomListenerFillsTheGapAtOnce() {
    setUp115200();
    uart.write8(IER, 1);
    String text = "hello";
    int[] next = {0};
    uart.onReceiveRoom(
        () -> {
          while (uart.receiveSpace() > 0 && next[0] < text.length()) {
            uart.receive(text.charAt(next[0]++));
          }
        });
    uart.receive(text.charAt(next[0]++));
    StringBuilder got = new StringBuilder();
    while ((uart.read8(LSR) & 1) != 0) {
      got.append((char) uart.read8(0));
    }
    assertEquals(text, got.toString());
  }

  @Test
  void loopbackReturnsBytesAndLines() {
    setUp115200();
    uart.write8(MCR, 0x1F);
    assertEquals(0xF0, uart.read8(MSR) & 0xF0);
    assertEquals(0, uart.receiveSpace());
    uart.receive('x');
    assertEquals(0, uart.read8(LSR) & 1);
    uart.write8(THR, 'q');
    pass(CHARACTER);
    assertEquals('q', uart.read8(0));
    assertEquals(0, sent.size());
  }

  @Test
  void modemDeltas() {
    setUp115200();
    uart.write8(IER, 8);
    assertEquals(0xB0, uart.read8(MSR));
    uart.setModemLines(false, true, true, true);
    assertTrue(irq);
    assertEquals(0x00, uart.read8(IIR));
    assertEquals(0xE1, uart.read8(MSR));
    assertFalse(irq);
    uart.setModemLines(false, true, false, true);
    assertEquals(0xA4, uart.read8(MSR), "the ring indicator's trailing edge");
  }

  @Test
  void interruptNeedsOut2() {
    setUp115200();
    uart.write8(MCR, 0x03);
    uart.write8(IER, 2);
    assertFalse(irq);
    uart.write8(MCR, 0x0B);
    assertTrue(irq);
  }

  @Test
  void divisorLatch() {
    uart.write8(LCR, 0x80);
    uart.write16(0, 0x1234);
    assertEquals(0x1234, uart.read16(0));
    uart.write8(LCR, 0);
    assertEquals(0, uart.read8(1));
  }
}
