package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.devices.bus.Wire;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.MemoryBlockPort;

class AtapiCdRomTest {
  private static final int SECTORS = 400;
  private static final int NO_MEDIUM = 0x02_3A_01;
  private static final int TRAY_OPEN = 0x02_3A_02;
  private static final int CHANGED = 0x06_28_00;
  private static final int RESET = 0x06_29_00;
  private static final int INVALID_FIELD = 0x05_24_00;

  private final byte[] content = new byte[SECTORS * 2048];
  private int trayMoves;
  private AtapiCdRom drive;
  private IdeHost host;

  @BeforeEach
  void connect() {
    new Random(4).nextBytes(content);
    connect(new MemoryBlockPort(content, 2048, true));
    assertNull(packet(0x00));
    assertEquals(RESET, host.requestSense(0));
    assertNotNull(packet(0x00));
  }

  private void connect(BlockPort medium) {
    drive = new AtapiCdRom(medium, new DriveIdentity("CD DRIVE", "S1", "1.0"), () -> trayMoves++);
    host = new IdeHost(new IdeChannel(Wire.NONE, drive, null));
  }

  private byte[] packet(int... packet) {
    return host.packet(0, 0xFFFE, packet);
  }

  private byte[] sectors(int first, int count) {
    return Arrays.copyOfRange(content, first * 2048, (first + count) * 2048);
  }

  private void failsWith(int sense, int... packet) {
    assertNull(packet(packet));
    assertEquals(sense >>> 16, host.error() >>> 4);
    assertEquals(sense, host.requestSense(0));
  }

  @Test
  void identifyAndInquiry() {
    host.command(0xA1, 0, 0, 0);
    byte[] id = host.readBlocks(1, 256);
    assertEquals(0x85C0, IdeHost.word(id, 0));
    assertEquals("CD DRIVE", IdeHost.text(id, 27, 46).trim());
    byte[] inquiry = packet(0x12, 0, 0, 0, 36);
    assertEquals(36, inquiry.length);
    assertEquals(5, inquiry[0]);
    assertEquals((byte) 0x80, inquiry[1]);
    assertEquals(5, packet(0x12, 0, 0, 0, 5).length);
    failsWith(INVALID_FIELD, 0x12, 1, 0x80, 0, 36);
  }

  @Test
  void capacityAndReads() {
    byte[] capacity = packet(0x25);
    assertArrayEquals(new byte[] {0, 0, 1, (byte) 0x8F, 0, 0, 8, 0}, capacity);
    assertArrayEquals(sectors(5, 3), packet(0x28, 0, 0, 0, 0, 5, 0, 0, 3));
    assertArrayEquals(sectors(0, 400), packet(0xA8, 0, 0, 0, 0, 0, 0, 0, 1, 0x90));
    assertArrayEquals(sectors(9, 2), packet(0xBE, 0, 0, 0, 0, 9, 0, 0, 2, 0x10));
    assertEquals(0, packet(0x28, 0, 0, 0, 0, 5, 0, 0, 0).length);
    failsWith(0x05_21_00, 0x28, 0, 0, 0, 1, 0x8F, 0, 0, 2);
    failsWith(0x05_21_00, 0xA8, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 512, 2047, 2048, 3000, 0x8000, 0xF800, 0xFFFF, 0})
  void byteCountLimits(int limit) {
    assertArrayEquals(sectors(5, 40), host.packet(0, limit, 0x28, 0, 0, 0, 0, 5, 0, 0, 40));
  }

  @Test
  void rawSectors() {
    byte[] raw = packet(0xBE, 0, 0, 0, 0, 9, 0, 0, 2, 0xF8);
    assertEquals(2 * 2352, raw.length);
    assertArrayEquals(sectors(10, 1), Arrays.copyOfRange(raw, 2352 + 16, 2352 + 16 + 2048));
    assertArrayEquals(
        new byte[] {0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 2, 0x10, 1},
        Arrays.copyOfRange(raw, 2352, 2352 + 16));
  }

  @Test
  void tableOfContents() {
    byte[] toc = packet(0x43, 0, 0, 0, 0, 0, 0, 1, 0);
    assertArrayEquals(
        new byte[] {
          0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, (byte) 0xAA, 0, 0, 0, 1, (byte) 0x90
        },
        toc);
    byte[] msf = packet(0x43, 2, 0, 0, 0, 0, 0xAA, 0, 12);
    assertArrayEquals(new byte[] {0, 10, 1, 1, 0, 0x14, (byte) 0xAA, 0, 0, 0, 7, 25}, msf);
    byte[] session = packet(0x43, 0, 1, 0, 0, 0, 0, 0, 12);
    assertArrayEquals(new byte[] {0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0}, session);
    assertEquals(48, packet(0x43, 2, 2, 0, 0, 0, 0, 1, 0).length);
    failsWith(INVALID_FIELD, 0x43, 0, 0, 0, 0, 0, 2, 0, 12);
    failsWith(INVALID_FIELD, 0x43, 0, 5, 0, 0, 0, 0, 0, 12);
  }

  @Test
  void modePages() {
    byte[] capabilities = packet(0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 128);
    assertEquals(28, capabilities.length);
    assertEquals(26, capabilities[1]);
    assertEquals(0x2A, capabilities[8]);
    assertEquals(24, packet(0x1A, 0, 0x2A, 0, 128).length);
    int all = packet(0x5A, 0, 0x3F, 0, 0, 0, 0, 1, 0).length;
    assertEquals(8 + 8 + 16 + 12 + 20, all);
    failsWith(INVALID_FIELD, 0x5A, 0, 0x08, 0, 0, 0, 0, 0, 128);
    failsWith(0x05_39_00, 0x5A, 0, 0xEA, 0, 0, 0, 0, 0, 128);
  }

  @Test
  void configurationAndInformation() {
    byte[] configuration = packet(0x46, 0, 0, 0, 0, 0, 0, 1, 0);
    assertEquals(configuration.length - 4, configuration[3]);
    assertEquals(8, configuration[7], "CD-ROM profile");
    assertEquals(34, packet(0x51, 0, 0, 0, 0, 0, 0, 0, 34).length);
    assertEquals(36, packet(0x52, 1, 0, 0, 0, 1, 0, 0, 36).length);
    assertEquals(8, packet(0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8).length);
    failsWith(0x05_30_02, 0xAD, 0, 0, 0, 0, 0, 0, 0, 8, 0);
    failsWith(0x05_20_00, 0x2A);
  }

  @Test
  void lockAndEject() {
    packet(0x1E, 0, 0, 0, 1);
    assertTrue(drive.locked());
    failsWith(0x05_53_02, 0x1B, 0, 0, 0, 2);
    assertFalse(drive.eject());
    byte[] event = packet(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8);
    assertArrayEquals(new byte[] {0, 6, 4, 0x10, 1, 2, 0, 0}, event);
    packet(0x1E);
    packet(0x1B, 0, 0, 0, 2);
    assertEquals(1, trayMoves);
    assertTrue(drive.trayOpen());
    failsWith(TRAY_OPEN, 0x00);
    event = packet(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8);
    assertEquals(3, event[4]);
    assertEquals(1, event[5]);
    packet(0x1B, 0, 0, 0, 3);
    assertEquals(2, trayMoves);
    failsWith(CHANGED, 0x00);
    assertNotNull(packet(0x00));
  }

  @Test
  void mediumChange() {
    assertTrue(drive.eject());
    failsWith(NO_MEDIUM, 0x00);
    failsWith(NO_MEDIUM, 0x25);
    assertEquals(36, packet(0x12, 0, 0, 0, 36).length);
    byte[] other = new byte[10 * 2048];
    Arrays.fill(other, (byte) 7);
    drive.insert(new MemoryBlockPort(other, 2048, true));
    byte[] event = packet(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8);
    assertEquals(2, event[4]);
    failsWith(CHANGED, 0x28, 0, 0, 0, 0, 0, 0, 0, 1);
    assertEquals(7, packet(0x28, 0, 0, 0, 0, 0, 0, 0, 1)[0]);
    assertEquals(9, packet(0x25)[3]);
    assertThrows(
        IllegalArgumentException.class, () -> drive.insert(new MemoryBlockPort(other, 512, true)));
  }

  @Test
  void mediumTakenAwayDuringARead() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 2048, true));
    connect(port);
    packet(0x00);
    host.sendPacket(0, 0, 2048, 0x28, 0, 0, 0, 0, 5, 0, 0, 1);
    assertEquals(0x80, host.altStatus() & 0x80);
    drive.remove();
    assertEquals(0x51, host.status());
    assertEquals(NO_MEDIUM, host.requestSense(0));
    byte[] late = packet(0x12, 0, 0, 0, 36);
    port.release();
    assertEquals(5, late[0]);
    assertEquals(0x50, host.status());
    assertTrue(host.channel.idle());
  }

  @Test
  void hostReadError() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 2048, true));
    connect(port);
    packet(0x00);
    port.result = BlockPort.Result.FAILED;
    host.sendPacket(0, 0, 2048, 0x28, 0, 0, 0, 0, 5, 0, 0, 1);
    port.release();
    assertEquals(0x51, host.status());
    assertEquals(0x03_11_00, host.requestSense(0));
    assertEquals(0, host.requestSense(0));
  }

  @Test
  void deviceResetWhileBusy() {
    HeldBlockPort port = new HeldBlockPort(new MemoryBlockPort(content, 2048, true));
    connect(port);
    packet(0x00);
    host.sendPacket(0, 0, 2048, 0x28, 0, 0, 0, 0, 5, 0, 0, 1);
    host.channel.write8(7, 0x08);
    assertEquals(0x80, host.altStatus());
    port.release();
    assertEquals(0x00, host.altStatus());
    assertEquals(0xEB, host.channel.read8(5));
  }

  @Test
  void dvdStructures() {
    BlockPort dvd =
        new BlockPort() {
          @Override
          public int sectorSize() {
            return 2048;
          }

          @Override
          public long sectors() {
            return 2_000_000;
          }

          @Override
          public boolean readOnly() {
            return true;
          }

          @Override
          public void read(long s, int n, byte[] t, int o, Completion c) {
            c.done(Result.OK);
          }

          @Override
          public void write(long s, int n, byte[] t, int o, Completion c) {
            c.done(Result.WRITE_PROTECTED);
          }

          @Override
          public void flush(Completion c) {
            c.done(Result.OK);
          }
        };
    connect(dvd);
    packet(0x00);
    byte[] physical = packet(0xAD, 0, 0, 0, 0, 0, 0, 0, 8, 4);
    assertEquals(2052, physical.length);
    assertEquals(8, packet(0xAD, 0, 0, 0, 0, 0, 0, 1, 0, 8).length);
    assertEquals(0x10, packet(0x46, 0, 0, 0, 0, 0, 0, 0, 8)[7]);
  }
}
