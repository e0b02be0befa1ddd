package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.Test;
import troupe.devices.bus.BusMaster;
import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.MemorySpace;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.outside.MemoryBlockPort;
import troupe.devices.pci.PciBus;
import troupe.devices.state.ChipContractTest;

class Piix4IdeTest extends ChipContractTest<Piix4Ide.State, Piix4Ide> {
  private static final MemorySpace NO_MEMORY =
      new MemorySpace() {
        @Override
        public void map(MemoryDevice device, int base, int length) {}

        @Override
        public void unmap(MemoryDevice device) {}
      };

  private final PortSpace ports = new PortSpace();
  private final PciBus bus = new PciBus(ports, NO_MEMORY);

  private static Piix4Ide ide(PortSpace ports) {
    MemoryBlockPort port = new MemoryBlockPort(new byte[4096 * 512], 512, false);
    AtaDisk disk =
        new AtaDisk(port, new DriveIdentity("M", "S", "1"), DiskGeometry.ofSectors(4096));
    BusMaster nowhere =
        new BusMaster() {
          @Override
          public void read(int address, byte[] target, int offset, int length) {}

          @Override
          public void write(int address, byte[] source, int offset, int length) {}
        };
    return new Piix4Ide(
        Piix4Ide.Model.PIIX4,
        nowhere,
        ports,
        new IdeChannel(Wire.NONE, disk, null),
        new IdeChannel(Wire.NONE, null, null));
  }

  private void configure(int register, int value) {
    bus.write32(0, 0x8000_0000 | 7 << 11 | 1 << 8 | register & 0xFC);
    bus.write16(4 + (register & 3), value);
  }

  private int configuration(int register) {
    bus.write32(0, 0x8000_0000 | 7 << 11 | 1 << 8 | register);
    return bus.read32(4);
  }

  @Test
  void firmwareOpensTheChannels() {
    bus.attach(7, 1, ide(ports).function());
    assertEquals(0x7111_8086, configuration(0));
    assertEquals(0x0101_8001, configuration(8));
    assertEquals(0xFF, ports.read8(0x1F7));
    configure(4, 5);
    assertEquals(0xFF, ports.read8(0x1F7));
    configure(0x40, 0x8000);
    configure(0x42, 0x8000);
    assertEquals(0x50, ports.read8(0x1F7));
    assertEquals(0x50, ports.read8(0x3F6));
    assertEquals(0x00, ports.read8(0x177));
    assertEquals(0x8000_8000, configuration(0x40));
    configure(0x20, 0xC001);
    assertEquals(0xC001, configuration(0x20));
    ports.write32(0xC004, 0x1234);
    assertEquals(0x1234, ports.read32(0xC004));
    configure(4, 4);
    assertEquals(0xFF, ports.read8(0x1F7));
    assertEquals(0xFF, ports.read8(0xC004));
  }

  @Override
  protected Piix4Ide create(TimerQueue clock) {
    return ide(new PortSpace());
  }

  @Override
  protected void exercise(Piix4Ide chip) {
    bus.attach(7, 1, chip.function());
    configure(4, 5);
    configure(0x40, 0x8000);
    new IdeHost(chip.primary()).command(0x20, 0, 5, 3);
  }

  @Override
  protected PortDevice ports(Piix4Ide chip) {
    return chip.primary();
  }

  @Override
  protected int portCount() {
    return 8;
  }
}
