package troupe.devices.piix4;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.pci.MemoryWindows;
import troupe.devices.pci.PciBus;
import troupe.devices.state.ChipContractTest;

class IsaBridgeTest extends ChipContractTest<IsaBridge.State, IsaBridge> {
  private final TreeSet<Integer> asserted = new TreeSet<>();

  @Override
  protected IsaBridge create(TimerQueue clock) {
    List<Wire> irqs = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      int irq = i;
      irqs.add(high -> note(irq, high));
    }
    return new IsaBridge(IsaBridge.Model.PIIX4, irqs);
  }

  private void note(int irq, boolean high) {
    if (high) {
      asserted.add(irq);
    } else {
      asserted.remove(irq);
    }
  }

  @Override
  protected void exercise(IsaBridge chip) {
    route(chip, 0x0B8A_0980);
  }

  private static void route(IsaBridge chip, int pirqrc) {
    PciBus bus = new PciBus(new PortSpace(), new MemoryWindows());
    bus.attach(7, 0, chip.function());
    bus.write32(0, 0x8000_3860);
    bus.write32(4, pirqrc);
  }

  @Override
  protected PortDevice ports(IsaBridge chip) {
    return null;
  }

  @Override
  protected int portCount() {
    return 0;
  }

  @Test
  void sharedLinesReachTheRoutedIrq() {
    IsaBridge bridge = create(clock);
    Wire nine = bridge.intx(9, 1);
    Wire thirteen = bridge.intx(13, 1);
    assertEquals(0, IsaBridge.pirq(9, 1));
    nine.set(true);
    assertEquals(List.of(), List.copyOf(asserted), "disabled after reset");
    route(bridge, 0x8080_800A);
    assertEquals(List.of(10), List.copyOf(asserted));
    thirteen.set(true);
    nine.set(false);
    assertEquals(List.of(10), List.copyOf(asserted), "the other still asserts");
    route(bridge, 0x8080_800B);
    assertEquals(List.of(11), List.copyOf(asserted));
    route(bridge, 0x8080_8008);
    assertEquals(List.of(), List.copyOf(asserted), "IRQ 8 cannot be used");
    route(bridge, 0x8080_800B);
    thirteen.set(false);
    assertEquals(List.of(), List.copyOf(asserted));
  }

  @Test
  void pinsRotateWithTheSlot() {
    assertEquals(0, IsaBridge.pirq(1, 1));
    assertEquals(3, IsaBridge.pirq(1, 4));
    assertEquals(1, IsaBridge.pirq(2, 1));
    assertEquals(3, IsaBridge.pirq(8, 1));
  }
}
