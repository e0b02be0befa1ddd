package troupe.devices.dma;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class DmaPairTest extends ChipContractTest<DmaPair.State, DmaPair> {
  private final byte[] memory = new byte[1 << 24];

  private final BusMaster bus =
      new BusMaster() {
        @Override
        public void read(int address, byte[] target, int offset, int length) {
          System.arraycopy(memory, address, target, offset, length);
        }

        @Override
        public void write(int address, byte[] source, int offset, int length) {
          System.arraycopy(source, offset, memory, address, length);
        }
      };

  @Override
  protected DmaPair create(TimerQueue clock) {
    return new DmaPair(bus);
  }

  @Override
  protected void exercise(DmaPair chip) {
    chip.pagePorts().write8(1, 0x12);
    chip.pagePorts().write8(0, 0x55);
    chip.bytePorts().write8(0, 1);
    chip.bytePorts().write8(11, 0x46);
    chip.bytePorts().write8(4, 0x10);
    chip.bytePorts().write8(4, 0x20);
    chip.bytePorts().write8(5, 3);
    chip.bytePorts().write8(5, 0);
    chip.bytePorts().write8(10, 2);
    chip.channel(2).toMemory(new byte[8], 0, 8);
    chip.wordPorts().write8(0x16, 0x59);
    chip.wordPorts().write8(0x1C, 0);
  }

  @Override
  protected PortDevice ports(DmaPair chip) {
    return new PortDevice() {
      @Override
      public int read8(int offset) {
        return offset < 16
            ? chip.bytePorts().read8(offset)
            : offset < 32
                ? chip.pagePorts().read8(offset - 16)
                : chip.wordPorts().read8(offset - 32);
      }

      @Override
      public void write8(int offset, int value) {
        if (offset < 16) {
          chip.bytePorts().write8(offset, value);
        } else if (offset < 32) {
          chip.pagePorts().write8(offset - 16, value);
        } else {
          chip.wordPorts().write8(offset - 32, value);
        }
        if (value % 11 == 0) {
          chip.channel(2).toMemory(new byte[512], 0, 512);
          chip.channel(6).fromMemory(new byte[512], 0, 512);
        }
      }
    };
  }

  @Override
  protected int portCount() {
    return 64;
  }

  private final DmaPair dma = create(clock);
  private final PortDevice bytes = dma.bytePorts();

  /** Programs channel 2 as a floppy driver does. */
  private void programFloppy(int mode, int address, int length) {
    bytes.write8(10, 6);
    bytes.write8(12, 0);
    bytes.write8(11, mode);
    bytes.write8(4, address);
    bytes.write8(4, address >> 8);
    dma.pagePorts().write8(1, address >> 16);
    bytes.write8(5, length - 1);
    bytes.write8(5, length - 1 >> 8);
    bytes.write8(10, 2);
  }

  private static byte[] pattern(int length) {
    byte[] data = new byte[length];
    for (int i = 0; i < length; i++) {
      data[i] = (byte) (i * 7 + 1);
    }
    return data;
  }

  @Test
  void floppyReadIntoMemory() {
    programFloppy(0x46, 0x12_3450, 1024);
    byte[] data = pattern(512);
    assertEquals(512, dma.channel(2).toMemory(data, 0, 512));
    assertFalse(dma.channel(2).terminalCount());
    assertEquals(0, bytes.read8(8) & 4);
    assertEquals(512, dma.channel(2).toMemory(data, 0, 512));
    assertTrue(dma.channel(2).terminalCount());
    assertArrayEquals(data, Arrays.copyOfRange(memory, 0x12_3450, 0x12_3650));
    assertArrayEquals(data, Arrays.copyOfRange(memory, 0x12_3650, 0x12_3850));
    assertEquals(4, bytes.read8(8) & 4);
    assertEquals(0, bytes.read8(8) & 4, "reading clears");
    assertFalse(dma.channel(2).ready(), "masked at terminal count");
    assertEquals(0xFF, bytes.read8(5));
    assertEquals(0xFF, bytes.read8(5));
    assertEquals(0, dma.channel(2).toMemory(data, 0, 512));
  }

  @Test
  void transferStopsAtTerminalCount() {
    programFloppy(0x4A, 0x2000, 100);
    System.arraycopy(pattern(512), 0, memory, 0x2000, 512);
    byte[] data = new byte[512];
    assertEquals(100, dma.channel(2).fromMemory(data, 0, 512));
    assertTrue(dma.channel(2).terminalCount());
    assertArrayEquals(pattern(100), Arrays.copyOf(data, 100));
    assertEquals(0, data[100]);
  }

  @Test
  void addressWrapsWithinItsPage() {
    programFloppy(0x46, 0x3_FFF0, 32);
    dma.channel(2).toMemory(pattern(32), 0, 32);
    assertEquals(pattern(32)[15], memory[0x3_FFFF]);
    assertEquals(pattern(32)[16], memory[0x3_0000]);
    assertEquals(0, memory[0x4_0000]);
  }

  @Test
  void autoinitializationReloads() {
    programFloppy(0x56, 0x5000, 16);
    dma.channel(2).toMemory(pattern(16), 0, 16);
    assertTrue(dma.channel(2).terminalCount());
    assertTrue(dma.channel(2).ready());
    assertEquals(16, dma.channel(2).toMemory(pattern(32), 0, 32));
  }

  @Test
  void decrementGoesDown() {
    programFloppy(0x66, 0x6003, 4);
    dma.channel(2).toMemory(new byte[] {1, 2, 3, 4}, 0, 4);
    assertArrayEquals(new byte[] {4, 3, 2, 1}, Arrays.copyOfRange(memory, 0x6000, 0x6004));
  }

  @Test
  void verifyCountsWithoutWriting() {
    programFloppy(0x42, 0x7000, 512);
    assertEquals(512, dma.channel(2).toMemory(pattern(512), 0, 512));
    assertTrue(dma.channel(2).terminalCount());
    assertEquals(0, memory[0x7000]);
  }

  @Test
  void wrongDirectionMovesNothing() {
    programFloppy(0x46, 0x7000, 512);
    assertEquals(0, dma.channel(2).fromMemory(new byte[512], 0, 512));
  }

  @Test
  void wordChannelCountsWords() {
    PortDevice words = dma.wordPorts();
    words.write8(0x18, 0);
    words.write8(0x16, 0x45); // channel 5
    words.write8(0x04, 0x00);
    words.write8(0x04, 0x10); // word address 1000h: byte 2000h
    dma.pagePorts().write8(0xB, 0x03); // bit 0 has no effect
    words.write8(0x06, 7);
    words.write8(0x06, 0);
    words.write8(0x14, 1);
    assertEquals(16, dma.channel(5).toMemory(pattern(64), 0, 64));
    assertArrayEquals(pattern(16), Arrays.copyOfRange(memory, 0x2_2000, 0x2_2010));
    assertTrue(dma.channel(5).terminalCount());
    assertEquals(2, words.read8(0x10) & 0xF);
  }

  @Test
  void controllerDisableStopsAll() {
    programFloppy(0x46, 0x7000, 512);
    bytes.write8(8, 4);
    assertFalse(dma.channel(2).ready());
    bytes.write8(13, 0); // master clear
    assertEquals(0xFF, bytes.read8(15), "all masked");
    bytes.write8(14, 0);
    assertTrue(dma.channel(2).ready());
  }

  @Test
  void pageRegistersKeepWhatIsWritten() {
    for (int i = 0; i < 16; i++) {
      dma.pagePorts().write8(i, i + 100);
    }
    for (int i = 0; i < 16; i++) {
      assertEquals(i + 100, dma.pagePorts().read8(i));
    }
  }

  @Test
  void cascadeIsNoDeviceChannel() {
    assertThrows(IllegalArgumentException.class, () -> dma.channel(4));
  }
}
