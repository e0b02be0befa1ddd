package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.MemoryBlockPort;
import troupe.devices.state.ChipContractTest;

class BusMasterIdeTest extends ChipContractTest<BusMasterIde.State, BusMasterIde> {
  private static final int TABLE = 0x1000;
  private static final int DATA = 0x2_0000;
  private static final DriveIdentity IDENTITY = new DriveIdentity("M", "S", "1");

  private final byte[] memory = new byte[1 << 20];
  private final byte[] content = new byte[4096 * 512];
  private final byte[] cd = new byte[100 * 2048];
  private boolean level;
  private BusMasterIde busMaster;
  private IdeHost host;

  BusMasterIdeTest() {
    new Random(5).nextBytes(content);
    new Random(6).nextBytes(cd);
    connect(new MemoryBlockPort(content, 512, false));
  }

  private void connect(BlockPort port) {
    AtaDisk disk = new AtaDisk(port, IDENTITY, DiskGeometry.ofSectors(port.sectors()));
    AtapiCdRom cdRom = new AtapiCdRom(new MemoryBlockPort(cd, 2048, true), IDENTITY, () -> {});
    host = new IdeHost(new IdeChannel(high -> level = high, disk, cdRom));
    busMaster = new BusMasterIde(ram(), host.channel, new IdeChannel(Wire.NONE, null, null));
    busMaster.setEnabled(true);
  }

  private BusMaster ram() {
    return new BusMaster() {
      @Override
      public void read(int address, byte[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
          int at = address + i;
          target[offset + i] = at >= 0 && at < memory.length ? memory[at] : -1;
        }
      }

      @Override
      public void write(int address, byte[] source, int offset, int length) {
        for (int i = 0; i < length; i++) {
          int at = address + i;
          if (at >= 0 && at < memory.length) {
            memory[at] = source[offset + i];
          }
        }
      }
    };
  }

  /** Address and length pairs; the last one ends the table. */
  private void table(int... regions) {
    for (int i = 0; i < regions.length; i += 2) {
      ram().write32(TABLE + 4 * i, regions[i]);
      int end = i == regions.length - 2 ? 0x8000_0000 : 0;
      ram().write32(TABLE + 4 * i + 4, regions[i + 1] & 0xFFFF | end);
    }
    busMaster.write32(4, TABLE);
  }

  private void start(boolean toMemory) {
    busMaster.write8(2, 0x06);
    busMaster.write8(0, toMemory ? 8 : 0);
    busMaster.write8(0, (toMemory ? 8 : 0) | 1);
  }

  @Test
  void readScattersOverRegions() {
    table(DATA, 1024, DATA + 0x3000, 510, DATA + 0x8002, 2);
    host.command(0xC8, 0, 7, 3);
    assertFalse(level, "nothing moves before the start");
    start(true);
    assertTrue(level);
    assertEquals(0x04, busMaster.read8(2) & 7);
    host.assertDone();
    byte[] got = new byte[3 * 512];
    System.arraycopy(memory, DATA, got, 0, 1024);
    System.arraycopy(memory, DATA + 0x3000, got, 1024, 510);
    System.arraycopy(memory, DATA + 0x8002, got, 1534, 2);
    assertArrayEquals(Arrays.copyOfRange(content, 7 * 512, 10 * 512), got);
    busMaster.write8(2, 0x64);
    assertEquals(0x60, busMaster.read8(2));
    busMaster.write8(0, 0);
  }

  @Test
  void startBeforeTheCommand() {
    table(DATA, 512);
    start(true);
    assertEquals(1, busMaster.read8(2) & 7);
    host.command(0xC8, 0, 7, 1);
    assertEquals(4, busMaster.read8(2) & 7);
    assertArrayEquals(
        Arrays.copyOfRange(content, 7 * 512, 8 * 512),
        Arrays.copyOfRange(memory, DATA, DATA + 512));
  }

  @Test
  void largeWriteInSeveralChunks() {
    new Random(9).nextBytes(memory);
    table(0x4_0000, 0, 0x5_0000, 0, 0x6_0000, 0, 0x7_0000, 0, 0x8_0000, 0x8000);
    host.commandExt(0x35, 0, 1000, 0x4_8000 / 512);
    start(false);
    host.assertDone();
    assertEquals(4, busMaster.read8(2) & 7);
    assertArrayEquals(
        Arrays.copyOfRange(memory, 0x4_0000, 0x8_8000),
        Arrays.copyOfRange(content, 1000 * 512, 1000 * 512 + 0x4_8000));
  }

  @Test
  void tableLongerThanTheTransferStaysActive() {
    table(DATA, 4096);
    host.command(0xC8, 0, 0, 1);
    start(true);
    assertEquals(0x05, busMaster.read8(2) & 7);
    host.assertDone();
    busMaster.write8(0, 0);
    assertEquals(0x04, busMaster.read8(2) & 7);
  }

  @Test
  void tableShorterThanTheTransferLeavesTheDriveWaiting() {
    table(DATA, 512);
    host.command(0xC8, 0, 0, 2);
    start(true);
    assertEquals(0x00, busMaster.read8(2) & 7);
    assertFalse(level);
    assertTrue((host.altStatus() & 8) != 0);
    busMaster.write8(0, 0);
    host.channel.control().write8(0, 4);
    host.channel.control().write8(0, 0);
    assertEquals(0x50, host.status());
    table(DATA, 512);
    host.command(0xC8, 0, 3, 1);
    start(true);
    host.assertDone();
  }

  @Test
  void waitsForBusMasterEnable() {
    busMaster.setEnabled(false);
    table(DATA, 512);
    host.command(0xC8, 0, 0, 1);
    start(true);
    assertEquals(1, busMaster.read8(2) & 7);
    busMaster.setEnabled(true);
    assertEquals(4, busMaster.read8(2) & 7);
  }

  @Test
  void slowDiskCompletesLater() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 512, false));
    connect(port);
    table(DATA, 0, DATA + 0x1_0000, 0, DATA + 0x2_0000, 0x200);
    host.commandExt(0x25, 0, 0, 257);
    start(true);
    assertEquals(1, busMaster.read8(2) & 7);
    port.release();
    assertEquals(1, busMaster.read8(2) & 7);
    assertTrue((host.altStatus() & 0x80) != 0);
    port.release();
    assertEquals(4, busMaster.read8(2) & 7);
    assertEquals(java.util.List.of("read 0 256", "read 256 1"), port.calls);
    assertArrayEquals(
        Arrays.copyOf(content, 257 * 512), Arrays.copyOfRange(memory, DATA, DATA + 257 * 512));
  }

  @Test
  void packetDma() {
    host.packet(1, 0xFFFE, 0);
    table(DATA, 0, DATA + 0x1_0000, 0, DATA + 0x2_0000, 0x1_0000);
    host.sendPacket(1, 1, 0, 0x28, 0, 0, 0, 0, 3, 0, 0, 80);
    assertFalse(level);
    start(true);
    assertEquals(3, host.channel.read8(2) & 7);
    assertEquals(0x50, host.status());
    assertArrayEquals(
        Arrays.copyOfRange(cd, 3 * 2048, 83 * 2048),
        Arrays.copyOfRange(memory, DATA, DATA + 80 * 2048));
  }

  @Test
  void tableOutsideMemoryIsHarmless() {
    busMaster.write32(4, 0xFFFF_FFF8);
    assertEquals(0xFFFF_FFF8, busMaster.read32(4));
    host.command(0xC8, 0, 0, 256);
    start(true);
    assertTrue((host.altStatus() & 0x80) == 0);
  }

  @Override
  protected BusMasterIde create(TimerQueue clock) {
    IdeChannel primary =
        new IdeChannel(
            Wire.NONE,
            new AtaDisk(
                new MemoryBlockPort(content, 512, false), IDENTITY, DiskGeometry.ofSectors(4096)),
            null);
    return new BusMasterIde(ram(), primary, new IdeChannel(Wire.NONE, null, null));
  }

  @Override
  protected void exercise(BusMasterIde chip) {
    chip.setEnabled(true);
    chip.write32(4, TABLE);
    chip.write32(12, 0x1234_5678);
    chip.write8(2, 0x60);
    chip.write8(0, 9);
  }

  @Override
  protected PortDevice ports(BusMasterIde chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return BusMasterIde.PORTS;
  }
}
