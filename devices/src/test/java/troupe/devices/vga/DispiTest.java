package troupe.devices.vga;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import troupe.devices.display.Frame;

class DispiTest {
  private final Adapter adapter = new Adapter();

  @Test
  void saysWhoItIsAndWhatItCan() {
    assertEquals(0xB0C5, adapter.dispi(Dispi.ID));
    adapter.dispi(Dispi.ID, 0xB0C4);
    assertEquals(0xB0C4, adapter.dispi(Dispi.ID));
    adapter.dispi(Dispi.ID, 0x1234);
    assertEquals(0xB0C4, adapter.dispi(Dispi.ID));
    assertEquals(64, adapter.dispi(Dispi.VIDEO_MEMORY_64K));
    adapter.dispi(Dispi.ENABLE, Dispi.GET_CAPABILITIES);
    assertEquals(2560, adapter.dispi(Dispi.XRES));
    assertEquals(1600, adapter.dispi(Dispi.YRES));
    assertEquals(32, adapter.dispi(Dispi.BPP));
    assertEquals(0, adapter.dispi(99));
  }

  @Test
  void dataRegisterAnswersAtTheAlignedPortToo() {
    adapter.ports.write16(0x1CE, Dispi.ID);
    assertEquals(0xB0C5, adapter.ports.read16(0x1D0));
  }

  @Test
  void directColourModesShowWhatIsInTheFrameBuffer() {
    record Case(int bits, int bytes, int value, int colour) {}
    for (Case c :
        new Case[] {
          new Case(15, 2, 0x7C1F, 0xFF00FF),
          new Case(16, 2, 0x07E0, 0x00FF00),
          new Case(24, 3, 0x123456, 0x123456),
          new Case(32, 4, 0x00ABCDEF, 0xABCDEF)
        }) {
      adapter.dispiMode(640, 480, c.bits);
      int at = (100 * 640 + 7) * c.bytes;
      for (int i = 0; i < c.bytes; i++) {
        adapter.linear.write8(at + i, c.value >> 8 * i & 0xFF);
      }
      Frame frame = adapter.vga.render();
      assertEquals(640, frame.width());
      assertEquals(480, frame.height());
      assertEquals(c.colour, frame.pixel(7, 100), c.bits + " bits");
      assertEquals(0, frame.pixel(8, 100));
    }
  }

  @Test
  void eightBitModeUsesThePaletteInEitherWidth() {
    adapter.dispiMode(800, 600, 8);
    adapter.ports.write8(0x3C6, 0xFF);
    adapter.linear.write32(0, 0x0000_0005);
    adapter.ports.write8(0x3C8, 5);
    for (int part : new int[] {0x3F, 0x20, 0xFF}) {
      adapter.ports.write8(0x3C9, part);
    }
    assertEquals(0xFF82FF, adapter.vga.render().pixel(0, 0));
    adapter.dispi(Dispi.ENABLE, Dispi.ENABLED | Dispi.DAC_8_BITS);
    adapter.ports.write8(0x3C8, 5);
    for (int part : new int[] {0x3F, 0x20, 0xFE}) {
      adapter.ports.write8(0x3C9, part);
    }
    assertEquals(0x3F20FE, adapter.vga.render().pixel(0, 0));
  }

  @Test
  void banksAndFrameBufferAreTheSameMemory() {
    adapter.dispiMode(1024, 768, 8);
    adapter.dispi(Dispi.BANK, 3);
    adapter.window.write8(0x1234, 0xAB);
    adapter.window.write16(0x2000, 0xBEEF);
    adapter.window.write32(0x3000, 0xDEAD_F00D);
    assertEquals(0xAB, adapter.linear.read8(0x3_1234));
    assertEquals(0xBEEF, adapter.linear.read16(0x3_2000));
    assertEquals(0xDEAD_F00D, adapter.linear.read32(0x3_3000));
    adapter.linear.write32(0x3_4000, 0x0102_0304);
    assertEquals(0x0102_0304, adapter.window.read32(0x4000));
    assertEquals(0x0304, adapter.window.read16(0x4000));
    assertEquals(0x03, adapter.window.read8(0x4001));
  }

  @Test
  void virtualScreenScrolls() {
    adapter.dispiMode(640, 400, 16);
    adapter.dispi(Dispi.VIRTUAL_WIDTH, 1024);
    assertEquals(2048, adapter.dispi(Dispi.VIRTUAL_HEIGHT), "4 MiB over 2 KiB a line");
    adapter.linear.write16((50 * 1024 + 30) * 2, 0xF800);
    adapter.dispi(Dispi.X_OFFSET, 20);
    adapter.dispi(Dispi.Y_OFFSET, 45);
    assertEquals(0xFF0000, adapter.vga.render().pixel(10, 5));
  }

  @Test
  void enablingClearsMemoryUnlessToldNotTo() {
    adapter.dispiMode(640, 480, 32);
    adapter.linear.write32(0, 0x1234);
    adapter.dispi(Dispi.ENABLE, 0);
    adapter.dispi(Dispi.ENABLE, Dispi.ENABLED | Dispi.NO_CLEAR);
    assertEquals(0x1234, adapter.linear.read32(0));
    adapter.dispi(Dispi.ENABLE, 0);
    adapter.dispi(Dispi.ENABLE, Dispi.ENABLED);
    assertEquals(0, adapter.linear.read32(0));
  }

  @Test
  void planarModeShowsPlanes() {
    adapter.setMode(0x12);
    adapter.dispiMode(800, 600, 4);
    adapter.indexed(0x3C4, 2, 0x0F);
    adapter.indexed(0x3CE, 0, 0x04);
    adapter.indexed(0x3CE, 1, 0x0F);
    adapter.indexed(0x3CE, 8, 0x40);
    adapter.window.read8(100);
    adapter.window.write8(100, 0xFF);
    Frame frame = adapter.vga.render();
    assertEquals(800, frame.width());
    assertEquals(0xAA0000, frame.pixel(1, 1), "byte 100 is the start of line 1");
    assertEquals(0, frame.pixel(0, 1));
  }

  @Test
  void modesLargerThanMemoryAreCut() {
    adapter.dispiMode(2560, 1600, 32);
    Frame frame = adapter.vga.render();
    assertEquals(2560, frame.width());
    assertEquals(409, frame.height());
  }

  @Test
  void frameBufferWrapsAtItsEnd() {
    adapter.linear.write32(Vga.MEMORY_BYTES - 2, 0x1122_3344);
    assertEquals(0x3344, adapter.linear.read16(Vga.MEMORY_BYTES - 2));
    assertEquals(0x1122, adapter.linear.read16(0));
    assertEquals(0x1122_3344, adapter.linear.read32(Vga.MEMORY_BYTES - 2));
  }

  @Test
  void retraceGoesOnInModesWithoutTiming() {
    adapter.dispiMode(640, 480, 32);
    adapter.ports.write8(0x3C2, 1);
    boolean retrace = false;
    boolean display = false;
    for (int i = 0; i < 200; i++) {
      adapter.clock.advanceTo(i * 100_000L);
      int status = adapter.ports.read8(0x3DA);
      retrace |= (status & 8) != 0;
      display |= (status & 9) == 0;
    }
    assertTrue(retrace && display);
  }
}
