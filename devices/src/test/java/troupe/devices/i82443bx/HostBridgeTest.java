package troupe.devices.i82443bx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.clock.TimerQueue;
import troupe.devices.pci.MemoryWindows;
import troupe.devices.pci.PciBus;
import troupe.devices.state.ChipContractTest;

class HostBridgeTest extends ChipContractTest<HostBridge.State, HostBridge> {
  private final TreeMap<Integer, String> shadows = new TreeMap<>();
  private final PciBus bus = new PciBus(new PortSpace(), new MemoryWindows());

  @Override
  protected HostBridge create(TimerQueue clock) {
    HostBridge bridge =
        new HostBridge(
            HostBridge.Model.I82443BX,
            128,
            (base, length, read, write) ->
                shadows.put(
                    base, "%x %s%s".formatted(length, read ? "R" : "-", write ? "W" : "-")));
    return bridge;
  }

  @Override
  protected void exercise(HostBridge chip) {
    PciBus own = new PciBus(new PortSpace(), new MemoryWindows());
    own.attach(0, 0, chip.function());
    own.write32(0, 0x8000_0058);
    own.write32(4, 0x3130_3000);
  }

  @Override
  protected PortDevice ports(HostBridge chip) {
    return null;
  }

  @Override
  protected int portCount() {
    return 0;
  }

  private void write8(int register, int value) {
    bus.write32(0, 0x8000_0000 | register & 0xFC);
    bus.write8(4 + (register & 3), value);
  }

  private int read8(int register) {
    bus.write32(0, 0x8000_0000 | register & 0xFC);
    return bus.read8(4 + (register & 3));
  }

  @Test
  void programmableAttributeMap() {
    bus.attach(0, 0, create(clock).function());
    assertEquals("10000 --", shadows.get(0xF0000));
    write8(0x59, 0x30);
    assertEquals("10000 RW", shadows.get(0xF0000));
    write8(0x59, 0x10);
    assertEquals("10000 R-", shadows.get(0xF0000));
    write8(0x5A, 0x21);
    assertEquals("4000 R-", shadows.get(0xC0000));
    assertEquals("4000 -W", shadows.get(0xC4000));
    write8(0x5F, 0x33);
    assertEquals("4000 RW", shadows.get(0xE8000));
    assertEquals("4000 RW", shadows.get(0xEC000));
    assertEquals(0x33, read8(0x5F));
    assertNull(shadows.get(0xF4000));
  }

  @Test
  void videoMemoryIsCoveredWhileSmramIsOpen() {
    bus.attach(0, 0, create(clock).function());
    assertEquals("20000 --", shadows.get(0xA0000));
    write8(0x72, 0x4A);
    assertEquals("20000 RW", shadows.get(0xA0000));
    write8(0x72, 0x0A);
    assertEquals("20000 --", shadows.get(0xA0000));
  }

  @Test
  void rowBoundariesTellTheMemory() {
    bus.attach(0, 0, create(clock).function());
    assertEquals(128 / 8, read8(0x67));
  }
}
