package troupe.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.MemoryDevice;
import troupe.processor.memory.PhysicalMemory;

class MemoryMapTest {
  private final PhysicalMemory memory = new PhysicalMemory(16 << 20);
  private MemoryMap map;

  /** Answers with the low byte of the offset; counts writes. */
  private static final class Echo implements MemoryDevice {
    private int writes;

    @Override
    public int read8(int offset) {
      return offset & 0xFF;
    }

    @Override
    public void write8(int offset, int value) {
      writes++;
    }
  }

  private final Echo video = new Echo();

  @BeforeEach
  void make() {
    map = new MemoryMap(memory, video);
    byte[] rom = new byte[0x4_0000];
    Arrays.fill(rom, 0, 0x2_0000, (byte) 1);
    Arrays.fill(rom, 0x2_0000, 0x4_0000, (byte) 2);
    map.setSystemRom(rom);
  }

  @Test
  void ramVideoMemoryAndRom() {
    memory.write8(0x9_FFFF, 5);
    assertEquals(5, memory.read8(0x9_FFFF));
    assertEquals(0x34, memory.read8(0xA_1234));
    memory.write8(0xB_8000, 1);
    assertEquals(1, video.writes);
    assertEquals(0xFF, memory.read8(0xC_0000), "nothing there");
    assertEquals(2, memory.read8(0xE_0000));
    assertEquals(2, memory.read8(0xF_FFFF));
    assertEquals(1, memory.read8(0xFFFC_0000));
    assertEquals(2, memory.read8(0xFFFF_FFFF));
    assertEquals(0xFF, memory.read8(0xFFFB_FFFF));
    memory.write8(0xF_0000, 9);
    assertEquals(2, memory.read8(0xF_0000), "ROM");
    assertEquals(0, memory.read8(0xFF_FFFF));
    assertEquals(0xFF, memory.read8(0x100_0000), "past the end of RAM");
  }

  @Test
  void shadowing() {
    map.shadow(0xF_0000, 0x1_0000, false, true);
    memory.write8(0xF_0000, 9);
    assertEquals(2, memory.read8(0xF_0000), "reads still see the ROM");
    map.shadow(0xF_0000, 0x1_0000, true, false);
    assertEquals(9, memory.read8(0xF_0000));
    memory.write8(0xF_0000, 10);
    assertEquals(9, memory.read8(0xF_0000), "write protected");
    map.shadow(0xA_0000, 0x2_0000, true, true);
    memory.write8(0xA_0000, 7);
    assertEquals(7, memory.read8(0xA_0000), "open SMRAM");
    assertEquals(0, video.writes);
  }

  @Test
  void windowsComeAndGo() {
    Echo card = new Echo();
    map.map(card, 0xE000_0000, 0x40_0000);
    assertEquals(0x10, memory.read8(0xE03F_FF10));
    assertEquals(0xFF, memory.read8(0xE040_0000));
    assertEquals(0x0302_0100, memory.read32(0xE000_0000));
    Echo small = new Echo();
    map.map(small, 0xE040_0080, 0x80);
    assertEquals(0xFF, memory.read8(0xE040_0000), "beside a small window");
    assertEquals(0x01, memory.read8(0xE040_0081));
    assertEquals(0xFF, memory.read8(0xE040_0100));
    map.unmap(card);
    assertEquals(0xFF, memory.read8(0xE000_0010));
    assertEquals(0x01, memory.read8(0xE040_0081));
  }

  @Test
  void ramAndRomWinOverWindows() {
    Echo card = new Echo();
    map.map(card, 0x80_0000, 0x100_0000);
    assertEquals(0, memory.read8(0x80_0010));
    assertEquals(0x10, memory.read8(0x100_0010));
    map.unmap(card);
    map.map(card, 0xFF80_0000, 0x80_0000);
    assertEquals(0x10, memory.read8(0xFF80_0010));
    assertEquals(2, memory.read8(0xFFFF_FFF0));
  }
}
