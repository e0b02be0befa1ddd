package troupe.devices.vga;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.BadStateException;
import troupe.devices.state.ChipContractTest;

class VgaTest extends ChipContractTest<VgaState, Vga> {
  @Override
  protected Vga create(TimerQueue clock) {
    return new Vga(clock);
  }

  @Override
  protected void exercise(Vga vga) {
    Adapter adapter = new Adapter(clock, vga);
    adapter.setMode(3);
    adapter.print(0, 0, 80, "state", 0x1E);
    adapter.ports.write8(0x3C8, 17);
    adapter.ports.write8(0x3C9, 1);
    adapter.ports.write8(0x3C0, 0x33);
    adapter.indexed(0x3D4, 0x38, 0x48);
    adapter.indexed(0x3D4, 0x35, 0x70);
    adapter.window.read8(0x1_8000);
    adapter.dispi(Dispi.XRES, 800);
    adapter.dispi(Dispi.VIRTUAL_WIDTH, 1024);
  }

  @Override
  protected PortDevice ports(Vga vga) {
    return vga;
  }

  @Override
  protected int portCount() {
    return 0x30;
  }

  @Test
  void restoredAdapterShowsTheSame() throws BadStateException {
    Vga vga = create(clock);
    exercise(vga);
    Vga other = create(clock);
    other.restore(vga.save());
    assertArrayEquals(vga.render().pixels(), other.render().pixels());
    assertEquals(vga.textScreen(), other.textScreen());
  }

  @Test
  void stateOfAnotherShapeIsRefused() {
    Vga vga = create(clock);
    VgaState s = vga.save();
    VgaState shortCrtc =
        new VgaState(
            s.miscellaneous(),
            s.feature(),
            s.subsystemEnabled(),
            s.sequencer(),
            new VgaState.Registers(0, new int[3]),
            s.graphics(),
            s.attribute(),
            s.attributeDataNext(),
            s.dac(),
            s.dispi(),
            s.s3Crtc(),
            s.s3Sequencer(),
            s.latches(),
            s.memory());
    assertThrows(BadStateException.class, () -> vga.restore(shortCrtc));
    VgaState outside =
        new VgaState(
            s.miscellaneous(),
            s.feature(),
            s.subsystemEnabled(),
            s.sequencer(),
            s.crtc(),
            s.graphics(),
            s.attribute(),
            s.attributeDataNext(),
            s.dac(),
            s.dispi(),
            s.s3Crtc(),
            s.s3Sequencer(),
            s.latches(),
            new VgaState.MemoryState(new int[] {1024}, new byte[4096]));
    assertThrows(BadStateException.class, () -> vga.restore(outside));
  }

  @Test
  void crtcAnswersWhereMiscellaneousOutputSays() {
    Adapter adapter = new Adapter();
    adapter.ports.write8(0x3C2, 0x00);
    adapter.indexed(0x3B4, 0x0E, 0x12);
    assertEquals(0x12, adapter.indexed(0x3B4, 0x0E));
    assertEquals(0xFF, adapter.indexed(0x3D4, 0x0E));
    adapter.ports.write8(0x3C2, 0x01);
    assertEquals(0x12, adapter.indexed(0x3D4, 0x0E));
    assertEquals(0xFF, adapter.indexed(0x3B4, 0x0E));
    assertEquals(0x01, adapter.ports.read8(0x3CC));
  }

  @Test
  void printerPortsAreLeftAlone() {
    Adapter adapter = new Adapter();
    boolean[] unclaimed = new boolean[1];
    adapter.ports.onUnclaimed((port, write) -> unclaimed[0] = true);
    adapter.ports.read8(0x3BC);
    assertTrue(unclaimed[0]);
  }

  @Test
  void protectedTimingRegistersKeepAllButLineCompare() {
    Adapter adapter = new Adapter();
    adapter.setMode(3);
    assertEquals(0x80, adapter.indexed(0x3D4, 0x11) & 0x80, "mode 3 protects CR0 to CR7");
    adapter.indexed(0x3D4, 0x00, 0x11);
    adapter.indexed(0x3D4, 0x07, 0x00);
    assertEquals(0x5F, adapter.indexed(0x3D4, 0x00));
    assertEquals(0x0F, adapter.indexed(0x3D4, 0x07));
    adapter.indexed(0x3D4, 0x08, 0x05);
    assertEquals(0x05, adapter.indexed(0x3D4, 0x08));
    adapter.indexed(0x3D4, 0x11, 0x0E);
    adapter.indexed(0x3D4, 0x00, 0x11);
    assertEquals(0x11, adapter.indexed(0x3D4, 0x00));
  }

  @Test
  void attributeFlipFlopIsResetByStatusRead() {
    Adapter adapter = new Adapter();
    adapter.setMode(3);
    adapter.ports.read8(0x3DA);
    adapter.ports.write8(0x3C0, 0x05);
    adapter.ports.read8(0x3DA);
    adapter.ports.write8(0x3C0, 0x07);
    adapter.ports.write8(0x3C0, 0x2B);
    assertEquals(0x07, adapter.ports.read8(0x3C0));
    assertEquals(0x2B, adapter.ports.read8(0x3C1));
    assertEquals(0x00, adapter.indexed(0x3D4, 0x24));
    adapter.ports.write8(0x3C0, 0x20);
    assertEquals(0x80, adapter.indexed(0x3D4, 0x24));
    assertEquals(0x20, adapter.indexed(0x3D4, 0x26));
  }

  @Test
  void dacStepsThroughPartsAndEntries() {
    Adapter adapter = new Adapter();
    adapter.ports.write8(0x3C8, 0xFF);
    for (int value : new int[] {1, 2, 0xC3, 4, 5, 6}) {
      adapter.ports.write8(0x3C9, value);
    }
    assertEquals(0, adapter.ports.read8(0x3C7));
    assertEquals(1, adapter.ports.read8(0x3C8), "the index wraps and goes on");
    adapter.ports.write8(0x3C7, 0xFF);
    assertEquals(3, adapter.ports.read8(0x3C7));
    for (int value : new int[] {1, 2, 3, 4, 5, 6}) {
      assertEquals(value, adapter.ports.read8(0x3C9));
    }
    adapter.ports.write8(0x3C6, 0x0F);
    assertEquals(0x0F, adapter.ports.read8(0x3C6));
  }

  @Test
  void retraceComesAsOftenAsTheModeSays() {
    for (int[] modeAndMillihertz :
        new int[][] {{3, 70_087}, {0x12, 59_940}, {0x13, 70_086}, {0x10, 70_086}}) {
      Adapter adapter = new Adapter();
      adapter.setMode(modeAndMillihertz[0]);
      int retraces = 0;
      boolean before = false;
      long end = 2_000_000_000L;
      for (long now = 0; now < end; now += 20_000) {
        adapter.clock.advanceTo(now);
        int status = adapter.ports.read8(0x3DA);
        boolean retrace = (status & 8) != 0;
        assertTrue(!retrace || (status & 1) != 0, "nothing is displayed in retrace");
        if (retrace && !before) {
          retraces++;
        }
        before = retrace;
      }
      assertEquals(modeAndMillihertz[1] * 2 / 1000.0, retraces, 1.0);
    }
  }

  @Test
  void displayEnableFollowsEachLine() {
    Adapter adapter = new Adapter();
    adapter.setMode(3);
    // 900 dots a line at 28.322 MHz are 31,777 ns, 720 of them displayed: 25,422 ns.
    adapter.clock.advanceTo(10_000);
    assertEquals(0, adapter.ports.read8(0x3DA) & 1);
    adapter.clock.advanceTo(26_000);
    assertEquals(1, adapter.ports.read8(0x3DA) & 1);
    adapter.clock.advanceTo(32_000);
    assertEquals(0, adapter.ports.read8(0x3DA) & 1);
  }

  @Test
  void changeCountMovesWithMemoryRegistersAndBlinking() {
    Adapter adapter = new Adapter();
    adapter.setMode(3);
    long first = adapter.vga.changeCount();
    assertEquals(first, adapter.vga.changeCount());
    adapter.window.write8(0x1_8000, 'x');
    long second = adapter.vga.changeCount();
    assertNotEquals(first, second);
    adapter.ports.write8(0x3C6, 0x0F);
    long third = adapter.vga.changeCount();
    assertNotEquals(second, third);
    adapter.clock.advanceTo(200_000_000);
    assertNotEquals(third, adapter.vga.changeCount());
  }

  @Test
  void disabledSubsystemDecodesNoMemory() {
    Adapter adapter = new Adapter();
    adapter.setMode(3);
    adapter.window.write8(0x1_8000, 0x41);
    adapter.ports.write8(0x3C3, 0);
    assertEquals(0xFF, adapter.window.read8(0x1_8000));
    adapter.ports.write8(0x3C3, 1);
    assertEquals(0x41, adapter.window.read8(0x1_8000));
  }

  @Test
  void s3RegistersHaveLocks() {
    Adapter adapter = new Adapter();
    adapter.ports.write8(0x3C2, 1);
    assertEquals(0xE1, adapter.indexed(0x3D4, 0x30));
    assertEquals(0x88, adapter.indexed(0x3D4, 0x2D));
    assertEquals(0x11, adapter.indexed(0x3D4, 0x2E));
    assertEquals(0, adapter.indexed(0x3D4, 0x2F) & 0x40);
    assertEquals(0, adapter.indexed(0x3D4, 0x36) >> 5, "4 MiB");
    adapter.indexed(0x3D4, 0x35, 0x0F);
    assertEquals(0, adapter.indexed(0x3D4, 0x35), "locked");
    adapter.indexed(0x3D4, 0x38, 0x48);
    adapter.indexed(0x3D4, 0x35, 0x0F);
    assertEquals(0x0F, adapter.indexed(0x3D4, 0x35));
    adapter.indexed(0x3D4, 0x58, 0x13);
    assertEquals(0, adapter.indexed(0x3D4, 0x58), "locked");
    adapter.indexed(0x3D4, 0x39, 0xA5);
    adapter.indexed(0x3D4, 0x58, 0x13);
    assertEquals(0x13, adapter.indexed(0x3D4, 0x58));
    adapter.indexed(0x3D4, 0x30, 0);
    assertEquals(0xE1, adapter.indexed(0x3D4, 0x30), "read-only");
    adapter.indexed(0x3C4, 0x15, 0x42);
    assertEquals(0, adapter.indexed(0x3C4, 0x15), "locked");
    adapter.indexed(0x3C4, 0x08, 0x06);
    adapter.indexed(0x3C4, 0x15, 0x42);
    assertEquals(0x42, adapter.indexed(0x3C4, 0x15));
  }

  @Test
  void afterResetNothingIsShown() {
    Adapter adapter = new Adapter();
    assertFalse(adapter.vga.textScreen().isPresent());
    for (int pixel : adapter.vga.render().pixels()) {
      assertEquals(0, pixel);
    }
  }
}
