package troupe.devices.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.BadStateException;
import troupe.devices.state.ChipContractTest;

class PciBusTest extends ChipContractTest<PciBus.State, PciBus> {
  private static final int ADDRESS = 0xCF8;
  private static final int DATA = 0xCFC;

  private final PortSpace ports = new PortSpace();
  private final MemoryWindows memory = new MemoryWindows();
  private final PciBus bus = new PciBus(ports, memory);
  private final Registers registers = new Registers();
  private final FrameBuffer frameBuffer = new FrameBuffer();
  private final List<Integer> told = new ArrayList<>();
  private final PciFunction bridge = new PciFunction(0x8086, 0x7110, 2, 0x060100);
  private final PciFunction card = new PciFunction(0x5333, 0x8811, 0x54, 0x030000);

  @Override
  protected PciBus create(TimerQueue clock) {
    return new PciBus(new PortSpace(), new MemoryWindows());
  }

  @Override
  protected void exercise(PciBus chip) {
    chip.write32(0, 0x8000_3810);
  }

  @Override
  protected PortDevice ports(PciBus chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return PciBus.PORT_COUNT;
  }

  @BeforeEach
  void wire() {
    ports.attach(PciBus.PORT, PciBus.PORT_COUNT, bus);
    card.memoryBar(0, 0x40_0000, frameBuffer).ioBar(1, 16, registers).interruptPin(1);
    card.register(0x40, 4, 0x1234_5678, 0x0000_FF0F);
    card.clearedByOnes(0x43, 1, 0x12).onWrite(0x40, 0x43, () -> told.add(card.read8(0x40)));
    bus.attach(7, 0, bridge);
    bus.attach(7, 3, new PciFunction(0x8086, 0x7113, 2, 0x068000));
    bus.attach(8, 0, card);
  }

  private void select(int device, int function, int register) {
    ports.write32(ADDRESS, 1 << 31 | device << 11 | function << 8 | register & 0xFC);
  }

  private int read(int device, int function, int register) {
    select(device, function, register);
    return ports.read32(DATA);
  }

  private void write(int device, int function, int register, int value) {
    select(device, function, register);
    ports.write32(DATA, value);
  }

  @Test
  void mechanismOneIsFoundAsLinuxLooksForIt() {
    ports.write8(0xCFB, 1);
    ports.write32(ADDRESS, 0x8000_0000);
    assertEquals(0x8000_0000, ports.read32(ADDRESS));
    assertEquals(0xFF, ports.read8(ADDRESS));
    assertEquals(0xFFFF, ports.read16(ADDRESS));
  }

  @Test
  void scanFindsTheFunctionsAndMasterAbortsElsewhere() {
    List<String> found = new ArrayList<>();
    for (int device = 0; device < 32; device++) {
      for (int function = 0; function < 8; function++) {
        int id = read(device, function, 0);
        if (id != -1) {
          found.add("%d.%d %08x".formatted(device, function, id));
        }
      }
    }
    assertEquals(List.of("7.0 71108086", "7.3 71138086", "8.0 88115333"), found);
    ports.write32(ADDRESS, 0x8001_3800);
    assertEquals(-1, ports.read32(DATA), "bus 1 is not there");
    ports.write32(ADDRESS, 0x0000_3800);
    assertEquals(-1, ports.read32(DATA), "not enabled");
  }

  @Test
  void functionZeroSaysWhetherThereAreMore() {
    assertEquals(0x80, read(7, 0, 0x0C) >>> 16 & 0xFF);
    assertEquals(0x00, read(8, 0, 0x0C) >>> 16 & 0xFF);
  }

  @Test
  void bytesAndWordsOfARegisterAreReached() {
    select(8, 0, 0x40);
    assertEquals(0x78, ports.read8(DATA));
    assertEquals(0x34, ports.read8(DATA + 2));
    assertEquals(0x1234, ports.read16(DATA + 2));
    ports.write8(DATA + 1, 0xAB);
    assertEquals(0x1234_AB78, ports.read32(DATA));
  }

  @Test
  void masksDecideWhatAWriteChanges() {
    write(8, 0, 0x40, 0);
    assertEquals(0x1234_0070, read(8, 0, 0x40));
    write(8, 0, 0x40, -1);
    assertEquals(0x0034_FF7F, read(8, 0, 0x40), "ones clear, ones set");
    assertEquals(List.of(0x70, 0x7F), told);
    write(8, 0, 0x00, 0);
    assertEquals(0x8811_5333, read(8, 0, 0));
  }

  @Test
  void sizingAsLinuxDoesIt() {
    write(8, 0, 0x10, -1);
    assertEquals(0xFFC0_0000, read(8, 0, 0x10));
    write(8, 0, 0x14, -1);
    assertEquals(0xFFFF_FFF1, read(8, 0, 0x14));
    write(8, 0, 0x18, -1);
    assertEquals(0, read(8, 0, 0x18), "no such window");
  }

  @Test
  void windowsFollowTheCommandRegisterAndTheAddress() {
    write(8, 0, 0x10, 0xE000_0000);
    write(8, 0, 0x14, 0xC001);
    assertTrue(memory.windows.isEmpty());
    assertEquals(0xFF, ports.read8(0xC005));
    write(8, 0, 0x04, 3);
    assertEquals(new MemoryWindows.Window(0xE000_0000, 0x40_0000), memory.windows.get(frameBuffer));
    assertEquals(5, ports.read8(0xC005));
    write(8, 0, 0x14, 0xC101);
    assertEquals(0xFF, ports.read8(0xC005));
    assertEquals(6, ports.read8(0xC106));
    write(8, 0, 0x04, 0);
    assertTrue(memory.windows.isEmpty());
    assertEquals(0xFF, ports.read8(0xC106));
  }

  @Test
  void restoreOpensTheWindowsAgain() throws BadStateException {
    write(8, 0, 0x14, 0xC001);
    write(8, 0, 0x04, 1);
    PciFunction.State saved = card.save();
    card.reset();
    assertEquals(0xFF, ports.read8(0xC005));
    card.restore(saved);
    assertEquals(5, ports.read8(0xC005));
    assertThrows(BadStateException.class, () -> card.restore(bridge.save()));
    assertThrows(BadStateException.class, () -> card.restore(new PciFunction.State(new byte[255])));
  }

  private static final class Registers implements PortDevice {
    @Override
    public int read8(int offset) {
      return offset;
    }

    @Override
    public void write8(int offset, int value) {}
  }

  private static final class FrameBuffer implements MemoryDevice {
    @Override
    public int read8(int offset) {
      return 0;
    }

    @Override
    public void write8(int offset, int value) {}
  }
}
