package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.TimerQueue;
import troupe.devices.outside.MemoryBlockPort;
import troupe.devices.state.ChipContractTest;

class IdeChannelTest extends ChipContractTest<IdeChannel.State, IdeChannel> {
  private static final DriveIdentity IDENTITY = new DriveIdentity("M", "S", "1");

  private static AtaDisk disk() {
    MemoryBlockPort port = new MemoryBlockPort(new byte[4096 * 512], 512, false);
    return new AtaDisk(port, IDENTITY, DiskGeometry.ofSectors(port.sectors()));
  }

  private static AtapiCdRom cdRom() {
    return new AtapiCdRom(
        new MemoryBlockPort(new byte[400 * 2048], 2048, true), IDENTITY, () -> {});
  }

  private static IdeHost host(IdeDrive device0, IdeDrive device1) {
    return new IdeHost(new IdeChannel(Wire.NONE, device0, device1));
  }

  @Override
  protected IdeChannel create(TimerQueue clock) {
    return new IdeChannel(Wire.NONE, disk(), cdRom());
  }

  @Override
  protected void exercise(IdeChannel chip) {
    IdeHost host = new IdeHost(chip);
    host.packet(1, 0xFFFE, 0);
    host.sendPacket(1, 0, 512, 0x28, 0, 0, 0, 0, 3, 0, 0, 2);
    chip.read16(0);
    host.select(0);
    host.setFeatures(0, 3, 0x42);
    host.commandExt(0x34, 0, 77, 300);
    for (int i = 0; i < 1000; i++) {
      chip.write16(0, i);
    }
    chip.control().write8(0, 0x02);
  }

  @Override
  protected PortDevice ports(IdeChannel chip) {
    return new PortDevice() {
      @Override
      public int read8(int offset) {
        return offset == 8 ? chip.control().read8(0) : chip.read8(offset);
      }

      @Override
      public void write8(int offset, int value) {
        if (offset == 8) {
          chip.control().write8(0, value);
        } else {
          chip.write8(offset, value);
        }
      }

      @Override
      public int read16(int offset) {
        return offset == 0 ? chip.read16(0) : PortDevice.super.read16(offset);
      }

      @Override
      public void write16(int offset, int value) {
        if (offset == 0) {
          chip.write16(0, value);
        }
      }
    };
  }

  @Override
  protected int portCount() {
    return 9;
  }

  @Override
  protected void goOn(IdeChannel chip, TimerQueue clock) {
    for (int i = 0; i < 300 * 256 - 1000; i++) {
      chip.write16(0, i);
    }
    chip.write8(6, 0xB0);
    for (int i = 0; i < 2047; i++) {
      chip.read16(0);
    }
    super.goOn(chip, clock);
  }

  @Test
  void emptyChannelReadsZero() {
    IdeHost host = host(null, null);
    for (int drive = 0; drive < 2; drive++) {
      host.select(drive);
      for (int register = 0; register < 8; register++) {
        assertEquals(0, host.channel.read8(register));
      }
      assertEquals(0, host.altStatus());
    }
    host.command(0xEC, 0, 0, 0);
    host.command(0x90, 0, 0, 0);
    assertEquals(0, host.status());
  }

  /** libata's presence test: write 55h, AAh and read them back. */
  private static boolean present(IdeHost host, int drive) {
    host.channel.write8(6, 0xA0 | drive << 4);
    host.channel.write8(2, 0x55);
    host.channel.write8(3, 0xAA);
    host.channel.write8(2, 0xAA);
    host.channel.write8(3, 0x55);
    host.channel.write8(2, 0x55);
    host.channel.write8(3, 0xAA);
    return host.channel.read8(2) == 0x55 && host.channel.read8(3) == 0xAA;
  }

  private static void softReset(IdeHost host) {
    host.channel.control().write8(0, 0x08);
    host.channel.control().write8(0, 0x0C);
    host.channel.control().write8(0, 0x08);
  }

  /** Signature as libata reads it after SRST: "ata", "atapi" or "none". */
  private static String classify(IdeHost host, int drive) {
    host.channel.write8(6, 0xA0 | drive << 4);
    int error = host.error();
    if (error != 1 && !(drive == 0 && error == 0x81)) {
      return "none";
    }
    int mid = host.channel.read8(4);
    int high = host.channel.read8(5);
    if (mid == 0x14 && high == 0xEB) {
      return "atapi";
    }
    return mid == 0 && high == 0 && host.altStatus() != 0 ? "ata" : "none";
  }

  @Test
  void libataFindsMasterDiskAndSlaveCdRom() {
    IdeHost host = host(disk(), cdRom());
    assertTrue(present(host, 0));
    assertTrue(present(host, 1));
    softReset(host);
    assertEquals("ata", classify(host, 0));
    assertEquals("atapi", classify(host, 1));
    host.select(1);
    host.channel.write8(7, 0xA1);
    byte[] id = host.readBlocks(1, 256);
    assertEquals(0x85C0, IdeHost.word(id, 0));
  }

  @Test
  void loneMasterCdRomHasNoPhantomSlave() {
    IdeHost host = host(cdRom(), null);
    assertTrue(present(host, 0));
    assertFalse(present(host, 1));
    softReset(host);
    assertEquals("atapi", classify(host, 0));
    assertEquals("none", classify(host, 1));
  }

  @Test
  void loneSlaveDisk() {
    IdeHost host = host(null, disk());
    assertFalse(present(host, 0));
    assertTrue(present(host, 1));
    softReset(host);
    assertEquals("none", classify(host, 0));
    assertEquals("ata", classify(host, 1));
    host.command(0xEC, 1, 0, 0);
    assertEquals(0x40, IdeHost.word(host.readBlocks(1, 256), 0));
  }

  @Test
  void identifyDeviceToACdRomAbortsWithItsSignature() {
    IdeHost host = host(cdRom(), null);
    host.command(0xEC, 0, 0x123456, 7);
    host.assertFailed(0x04);
    assertEquals(0x14, host.channel.read8(4));
    assertEquals(0xEB, host.channel.read8(5));
  }

  @Test
  void deviceResetOfTheSlaveKeepsItSelected() {
    IdeHost host = host(disk(), cdRom());
    host.command(0x08, 1, 0x123456, 7);
    assertEquals(0x00, host.status());
    assertEquals(0x10, host.channel.read8(6) & 0x10);
    assertEquals(0xEB14, host.channel.read8(5) << 8 | host.channel.read8(4));
  }

  @Test
  void diagnosticReachesBothAndSelectsDeviceZero() {
    boolean[] level = new boolean[1];
    IdeHost host = new IdeHost(new IdeChannel(high -> level[0] = high, disk(), cdRom()));
    host.select(1);
    host.channel.write8(7, 0x90);
    assertTrue(level[0]);
    assertEquals(0x50, host.status());
    assertEquals(1, host.error());
    assertEquals(0, host.channel.read8(6) & 0x10);
    host.select(1);
    assertEquals(0xEB14, host.channel.read8(5) << 8 | host.channel.read8(4));
  }

  @Test
  void interruptFollowsSelectionAndNien() {
    boolean[] level = new boolean[1];
    IdeHost host = new IdeHost(new IdeChannel(high -> level[0] = high, disk(), cdRom()));
    host.command(0xEC, 0, 0, 0);
    assertTrue(level[0]);
    host.select(1);
    assertFalse(level[0]);
    host.select(0);
    assertTrue(level[0]);
    host.channel.control().write8(0, 2);
    assertFalse(level[0]);
    host.channel.control().write8(0, 0);
    assertTrue(level[0]);
    host.altStatus();
    assertTrue(level[0]);
    host.status();
    assertFalse(level[0]);
  }

  @Test
  void stateOfAnotherSetOfDrivesIsRefused() {
    IdeChannel.State state = host(disk(), null).channel.save();
    for (IdeChannel other :
        new IdeChannel[] {
          host(null, null).channel, host(cdRom(), null).channel, host(disk(), disk()).channel
        }) {
      assertThrows(troupe.devices.state.BadStateException.class, () -> other.restore(state));
    }
  }
}
