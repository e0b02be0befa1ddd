package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.devices.bus.Wire;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.MemoryBlockPort;

class AtaDiskTest {
  private static final int SECTORS = 20 * 16 * 63;
  private static final DriveIdentity IDENTITY = new DriveIdentity("MODEL X", "S1", "1.0");

  private final byte[] content = new byte[SECTORS * 512];
  private int interrupts;
  private boolean level;
  private final Wire wire =
      high -> {
        if (high && !level) {
          interrupts++;
        }
        level = high;
      };
  private final IdeHost host = host(new MemoryBlockPort(content, 512, false));

  AtaDiskTest() {
    new Random(7).nextBytes(content);
  }

  private IdeHost host(BlockPort port) {
    AtaDisk disk = new AtaDisk(port, IDENTITY, DiskGeometry.ofSectors(SECTORS));
    return new IdeHost(new IdeChannel(wire, disk, null));
  }

  private byte[] sectors(int first, int count) {
    return Arrays.copyOfRange(content, first * 512, (first + count) * 512);
  }

  @Test
  void identify() {
    host.command(0xEC, 0, 0, 0);
    assertTrue(level);
    byte[] id = host.readBlocks(1, 256);
    assertFalse(level);
    host.assertDone();
    assertEquals(0x0040, IdeHost.word(id, 0));
    assertEquals(20, IdeHost.word(id, 1));
    assertEquals(16, IdeHost.word(id, 3));
    assertEquals(63, IdeHost.word(id, 6));
    assertEquals("MODEL X" + " ".repeat(33), IdeHost.text(id, 27, 46));
    assertEquals(SECTORS, IdeHost.word(id, 60) | IdeHost.word(id, 61) << 16);
    assertEquals(SECTORS, IdeHost.word(id, 100) | IdeHost.word(id, 101) << 16);
    assertEquals(0x4000, IdeHost.word(id, 83) & 0xC000, "word 83 is valid");
    assertTrue((IdeHost.word(id, 49) & 0x0300) == 0x0300, "LBA and DMA");
    int sum = 0;
    for (byte b : id) {
      sum += b;
    }
    assertEquals(0, sum & 0xFF);
  }

  @Test
  void readSectorsInterruptsOnceABlock() {
    host.command(0x20, 0, 5, 3);
    assertEquals(1, interrupts);
    assertArrayEquals(sectors(5, 3), host.readBlocks(3, 256));
    assertEquals(3, interrupts);
    host.assertDone();
    assertEquals(0, host.channel.read8(2));
    assertEquals(7, host.channel.read8(3));
  }

  @Test
  void readWith32BitAnd8BitAccesses() {
    host.command(0x20, 0, 9, 1);
    byte[] got = new byte[512];
    for (int i = 0; i < 256; i += 4) {
      int value = host.channel.read32(0);
      for (int j = 0; j < 4; j++) {
        got[i + j] = (byte) (value >>> 8 * j);
      }
    }
    for (int i = 256; i < 512; i++) {
      got[i] = (byte) host.channel.read8(0);
    }
    assertArrayEquals(sectors(9, 1), got);
    host.assertDone();
  }

  @Test
  void countZeroMeans256() {
    host.command(0x20, 0, 0, 0);
    assertArrayEquals(sectors(0, 256), host.readBlocks(256, 256));
    host.assertDone();
  }

  @Test
  void chs() {
    host.commandChs(0x20, 3, 5, 63, 2);
    int lba = (3 * 16 + 5) * 63 + 62;
    assertArrayEquals(sectors(lba, 2), host.readBlocks(2, 256));
    assertEquals(6, host.channel.read8(6) & 0xF);
    assertEquals(1, host.channel.read8(3));
    host.commandChs(0x20, 3, 5, 0, 1);
    host.assertFailed(0x10);
    host.commandChs(0x20, 3, 5, 64, 1);
    host.assertFailed(0x10);
  }

  @Test
  void initializeDeviceParametersChangesTheTranslation() {
    host.commandChs(0x91, 0, 7, 0, 32);
    host.assertDone();
    host.commandChs(0x20, 2, 7, 32, 1);
    assertArrayEquals(sectors((2 * 8 + 7) * 32 + 31, 1), host.readBlocks(1, 256));
    host.commandChs(0x20, 0, 8, 1, 1);
    host.assertFailed(0x10);
    host.command(0xEC, 0, 0, 0);
    byte[] id = host.readBlocks(1, 256);
    assertEquals(8, IdeHost.word(id, 55));
    assertEquals(32, IdeHost.word(id, 56));
    assertEquals(16, IdeHost.word(id, 3));
  }

  @Test
  void lba48ReadsBackHighOrderBytes() {
    host.commandExt(0x24, 0, 300, 600);
    assertArrayEquals(sectors(300, 600), host.readBlocks(600, 256));
    host.assertDone();
    host.commandExt(0x27, 0, 0, 0);
    host.assertDone();
    long max = host.channel.read8(3) | host.channel.read8(4) << 8 | host.channel.read8(5) << 16;
    assertEquals(SECTORS - 1, max);
    host.channel.control().write8(0, 0x80);
    assertEquals(0, host.channel.read8(3));
    host.channel.write8(2, 0x11);
    host.channel.write8(2, 0x22);
    assertEquals(0x22, host.channel.read8(2), "a command block write clears HOB");
    host.channel.control().write8(0, 0x80);
    assertEquals(0x11, host.channel.read8(2));
  }

  @Test
  void writeSectors() {
    byte[] data = new byte[600 * 512];
    new Random(3).nextBytes(data);
    host.commandExt(0x34, 0, 1000, 600);
    assertEquals(0, interrupts, "the first block is not announced by an interrupt");
    host.writeBlocks(data, 256);
    assertEquals(600, interrupts);
    host.assertDone();
    assertArrayEquals(data, sectors(1000, 600));
  }

  @Test
  void multiple() {
    host.command(0xC6, 0, 0, 8);
    host.assertDone();
    interrupts = 0;
    host.command(0xC4, 0, 50, 20);
    byte[] first = host.readBlocks(2, 8 * 256);
    byte[] rest = host.readBlocks(1, 4 * 256);
    assertArrayEquals(sectors(50, 16), first);
    assertArrayEquals(sectors(66, 4), rest);
    assertEquals(3, interrupts);
    host.assertDone();
    byte[] data = new byte[16 * 512];
    Arrays.fill(data, (byte) 0x5A);
    host.command(0xC5, 0, 70, 16);
    host.writeBlocks(data, 8 * 256);
    host.assertDone();
    assertArrayEquals(data, sectors(70, 16));
    host.command(0xC6, 0, 0, 3);
    host.assertFailed(0x04);
    host.command(0xC6, 0, 0, 0);
    host.assertDone();
    host.command(0xC4, 0, 50, 20);
    host.assertFailed(0x04);
  }

  @Test
  void pastTheEnd() {
    host.command(0x20, 0, SECTORS, 1);
    host.assertFailed(0x10);
    host.command(0x30, 0, SECTORS - 1, 2);
    host.assertFailed(0x10);
    int bad = host.channel.read8(3) | host.channel.read8(4) << 8 | host.channel.read8(5) << 16;
    assertEquals(SECTORS, bad);
    host.commandExt(0x24, 0, 1L << 47, 1);
    host.assertFailed(0x10);
    host.command(0x40, 0, SECTORS - 1, 1);
    host.assertDone();
    host.command(0x70, 0, SECTORS, 1);
    host.assertFailed(0x10);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x08, 0xA0, 0xA1, 0x50, 0xFE, 0x60, 0xB0})
  void commandsThatADiskDoesNotHave(int command) {
    host.command(command, 0, 0, 0);
    host.assertFailed(0x04);
    assertTrue(interrupts > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x10, 0x1F, 0x94, 0xE0, 0xE1, 0xE2, 0xE3, 0xE7, 0xEA, 0x95, 0x96, 0x97})
  void commandsWithoutData(int command) {
    host.command(command, 0, 0, 0);
    assertTrue(level);
    host.assertDone();
  }

  @Test
  void powerModes() {
    host.command(0xE5, 0, 0, 0);
    host.assertDone();
    assertEquals(0xFF, host.channel.read8(2));
    host.command(0xE0, 0, 0, 0);
    host.command(0xE5, 0, 0, 0);
    assertEquals(0x00, host.channel.read8(2));
    host.command(0x20, 0, 0, 1);
    host.readBlocks(1, 256);
    host.command(0x98, 0, 0, 0);
    assertEquals(0xFF, host.channel.read8(2));
    host.command(0xE6, 0, 0, 0);
    host.assertDone();
    interrupts = 0;
    host.command(0xEC, 0, 0, 0);
    assertEquals(0, interrupts, "asleep");
    host.channel.control().write8(0, 4);
    host.channel.control().write8(0, 0);
    host.command(0xEC, 0, 0, 0);
    assertEquals(1, interrupts);
  }

  @Test
  void transferModesShowInIdentify() {
    host.setFeatures(0, 3, 0x42);
    host.assertDone();
    host.command(0xEC, 0, 0, 0);
    byte[] id = host.readBlocks(1, 256);
    assertEquals(0x043F, IdeHost.word(id, 88));
    assertEquals(0x0007, IdeHost.word(id, 63));
    host.setFeatures(0, 3, 0x21);
    host.command(0xEC, 0, 0, 0);
    assertEquals(0x0207, IdeHost.word(host.readBlocks(1, 256), 63));
    host.setFeatures(0, 3, 0x46);
    host.assertFailed(0x04);
    host.setFeatures(0, 0x82, 0);
    host.assertDone();
    host.command(0xEC, 0, 0, 0);
    assertEquals(0, IdeHost.word(host.readBlocks(1, 256), 85) & 0x20);
  }

  @Test
  void smart() {
    host.channel.write8(1, 0xDA);
    host.command(0xB0, 0, 0xC24F00, 0);
    host.assertDone();
    assertEquals(0xC24F, host.channel.read8(5) << 8 | host.channel.read8(4));
    host.channel.write8(1, 0xD0);
    host.command(0xB0, 0, 0xC24F00, 0);
    byte[] data = host.readBlocks(1, 256);
    int sum = 0;
    for (byte b : data) {
      sum += b;
    }
    assertEquals(0, sum & 0xFF);
    host.assertDone();
  }

  @Test
  void readOnlyDiskRefusesWrites() {
    IdeHost readOnly = host(new MemoryBlockPort(content, 512, true));
    readOnly.command(0x30, 0, 0, 1);
    readOnly.assertFailed(0x44);
  }

  @Test
  void busyUntilThePortCompletes() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 512, false));
    IdeHost slow = host(port);
    slow.command(0x20, 0, 5, 1);
    assertTrue((slow.altStatus() & 0x80) != 0);
    assertFalse(slow.channel.idle());
    assertThrows(IllegalStateException.class, slow.channel::save);
    slow.command(0xEC, 0, 0, 0);
    assertEquals(0, interrupts, "a command to a busy drive is ignored");
    port.release();
    assertEquals(1, interrupts);
    assertArrayEquals(sectors(5, 1), slow.readBlocks(1, 256));
    assertTrue(slow.channel.idle());
  }

  @Test
  void resetDuringATransferIgnoresItsLateCompletion() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 512, false));
    IdeHost slow = host(port);
    slow.command(0x20, 0, 5, 1);
    slow.channel.control().write8(0, 4);
    assertEquals(0x80, slow.altStatus());
    slow.channel.control().write8(0, 0);
    assertEquals(0x80, slow.altStatus(), "busy as long as the port has the buffer");
    slow.command(0x20, 0, 200, 1);
    port.release();
    assertEquals(0, interrupts);
    assertEquals(0x50, slow.altStatus());
    assertEquals(1, slow.channel.read8(3), "signature");
    slow.command(0x20, 0, 100, 1);
    port.release();
    assertArrayEquals(sectors(100, 1), slow.readBlocks(1, 256));
  }

  @Test
  void hostErrors() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 512, false));
    IdeHost slow = host(port);
    port.result = BlockPort.Result.FAILED;
    slow.command(0x20, 0, 5, 1);
    port.release();
    slow.assertFailed(0x40);
    slow.command(0x30, 0, 5, 1);
    slow.writeBlocks(new byte[512], 256);
    port.release();
    slow.assertFailed(0x04);
    slow.command(0xE7, 0, 0, 0);
    port.release();
    slow.assertFailed(0x04);
  }

  @Test
  void withoutWriteCacheAWriteCompletesAfterAFlush() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 512, false));
    IdeHost slow = host(port);
    slow.setFeatures(0, 0x82, 0);
    port.release();
    slow.command(0x30, 0, 5, 1);
    slow.writeBlocks(new byte[512], 256);
    port.release();
    assertTrue((slow.altStatus() & 0x80) != 0);
    port.release();
    slow.assertDone();
    assertEquals(java.util.List.of("flush", "write 5 1", "flush"), port.calls);
  }

  @Test
  void largestDiskKeepsItsLimits() {
    BlockPort huge =
        new BlockPort() {
          @Override
          public int sectorSize() {
            return 512;
          }

          @Override
          public long sectors() {
            return 268_435_456L + 5;
          }

          @Override
          public boolean readOnly() {
            return false;
          }

          @Override
          public void read(long s, int n, byte[] t, int o, Completion c) {
            t[o] = (byte) s;
            c.done(Result.OK);
          }

          @Override
          public void write(long s, int n, byte[] t, int o, Completion c) {
            c.done(Result.OK);
          }

          @Override
          public void flush(Completion c) {
            c.done(Result.OK);
          }
        };
    AtaDisk disk = new AtaDisk(huge, IDENTITY, DiskGeometry.ofSectors(huge.sectors()));
    IdeHost h = new IdeHost(new IdeChannel(Wire.NONE, disk, null));
    h.command(0xEC, 0, 0, 0);
    byte[] id = h.readBlocks(1, 256);
    assertEquals(16383, IdeHost.word(id, 1));
    assertEquals(0x0FFF_FFFF, IdeHost.word(id, 60) | IdeHost.word(id, 61) << 16);
    assertEquals(0x1000_0005, IdeHost.word(id, 100) | IdeHost.word(id, 101) << 16);
    h.commandExt(0x24, 0, 0x1000_0004L, 1);
    assertEquals(4, h.readBlocks(1, 256)[0]);
    h.commandExt(0x24, 0, 0x1000_0005L, 1);
    h.assertFailed(0x10);
  }
}
