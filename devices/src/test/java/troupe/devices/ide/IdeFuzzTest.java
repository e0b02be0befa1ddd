package troupe.devices.ide;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortSpace;
import troupe.devices.bus.Wire;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.MemoryBlockPort;
import troupe.devices.state.BadStateException;
import troupe.devices.state.StateCodec;

/** A guest, a host and a saved state that do anything: nothing throws, nothing is lost. */
class IdeFuzzTest {
  private static final int[] COMMANDS = {
    0x08, 0x20, 0x24, 0x25, 0x29, 0x30, 0x34, 0x35, 0x39, 0x3D, 0x40, 0x90, 0x91, 0xA0, 0xA1, 0xB0,
    0xC4, 0xC5, 0xC6, 0xC8, 0xCA, 0xE0, 0xE5, 0xE6, 0xE7, 0xEC, 0xEF, 0xF8
  };
  private static final int[] PACKETS = {
    0x00, 0x03, 0x12, 0x1A, 0x1B, 0x1E, 0x25, 0x28, 0x2B, 0x42, 0x43, 0x46, 0x4A, 0x51, 0x52, 0x5A,
    0xA8, 0xAD, 0xBD, 0xBE
  };

  private final HeldBlockPort disk =
      new HeldBlockPort(new MemoryBlockPort(new byte[700 * 512], 512, false));
  private final HeldBlockPort cd =
      new HeldBlockPort(new MemoryBlockPort(new byte[300 * 2048], 2048, true));
  private final byte[] memory = new byte[1 << 16];
  private final AtapiCdRom cdRom = new AtapiCdRom(cd, new DriveIdentity("C", "S", "1"), () -> {});
  private final IdeChannel channel =
      new IdeChannel(
          Wire.NONE,
          new AtaDisk(disk, new DriveIdentity("D", "S", "1"), DiskGeometry.ofSectors(700)),
          cdRom);
  private final BusMasterIde busMaster =
      new BusMasterIde(ram(), channel, new IdeChannel(Wire.NONE, null, null));

  private BusMaster ram() {
    return new BusMaster() {
      @Override
      public void read(int address, byte[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
          target[offset + i] = memory[address + i & 0xFFFF];
        }
      }

      @Override
      public void write(int address, byte[] source, int offset, int length) {
        for (int i = 0; i < length; i++) {
          memory[address + i & 0xFFFF] = source[offset + i];
        }
      }
    };
  }

  private void step(Random random, PortSpace ports) {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> {
        ports.write8(0x1F6, 0xA0 | random.nextInt(128));
        for (int i = 1; i < 6; i++) {
          int small = random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(3);
          ports.write8(0x1F0 + i, small);
        }
        ports.write8(0x1F7, COMMANDS[random.nextInt(COMMANDS.length)]);
      }
      case 3 -> {
        ports.write8(0x1F7, 0xA0);
        ports.write16(0x1F0, PACKETS[random.nextInt(PACKETS.length)] | random.nextInt(4) << 8);
        for (int i = 0; i < 5; i++) {
          ports.write16(0x1F0, random.nextInt(3) == 0 ? random.nextInt(1 << 16) : 0);
        }
      }
      case 4 -> ports.write8(0x1F0 + random.nextInt(8), random.nextInt(256));
      case 5 -> ports.write8(0x3F6, random.nextInt(8) == 0 ? random.nextInt(256) : 0);
      case 6 -> ports.read8(0x1F0 + random.nextInt(8));
      case 7, 8 -> {
        for (int i = random.nextInt(2000); i > 0; i--) {
          ports.read16(0x1F0);
        }
      }
      case 9, 10 -> {
        for (int i = random.nextInt(2000); i > 0; i--) {
          ports.write32(0x1F0, i);
        }
      }
      case 11 -> ports.write8(0xC000 + random.nextInt(16), random.nextInt(256));
      case 12 -> ports.write8(0xC000, random.nextInt(16));
      case 13 -> ports.read32(0xC000 + random.nextInt(13));
      case 14 -> memory[random.nextInt(memory.length)] = (byte) random.nextInt();
      case 15 -> {
        if (random.nextInt(10) == 0) {
          cdRom.insert(cd);
        } else if (random.nextInt(10) == 0) {
          cdRom.eject();
        }
      }
      case 16 -> {
        BlockPort.Result[] results = BlockPort.Result.values();
        int i = random.nextInt(20);
        disk.result = results[i < results.length ? i : 0];
        cd.result = disk.result;
      }
      default -> {
        if (!disk.held.isEmpty()) {
          disk.release();
        } else if (!cd.held.isEmpty()) {
          cd.release();
        }
      }
    }
  }

  private PortSpace ports() {
    PortSpace ports = new PortSpace();
    ports.attach(0x1F0, 8, channel);
    ports.attach(0x3F6, 1, channel.control());
    ports.attach(0xC000, 16, busMaster);
    return ports;
  }

  private void drain() {
    while (!disk.held.isEmpty() || !cd.held.isEmpty()) {
      (disk.held.isEmpty() ? cd : disk).release();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyGuestAndAnyHost(long seed) throws BadStateException {
    Random random = new Random(seed);
    PortSpace ports = ports();
    busMaster.setEnabled(true);
    for (int i = 0; i < 20_000; i++) {
      step(random, ports);
      assertTrue(disk.held.size() <= 1, "one transfer of a disk at a time");
      if (i % 500 == 0) {
        drain();
        assertTrue(channel.idle());
        byte[] state = StateCodec.encode(channel.save());
        channel.restore(StateCodec.decode(IdeChannel.State.class, state));
      }
    }
  }

  @Test
  void anySavedState() {
    Random random = new Random(3);
    PortSpace ports = ports();
    busMaster.setEnabled(true);
    int accepted = 0;
    for (int i = 0; i < 800; i++) {
      for (int j = 0; j < 10; j++) {
        step(random, ports);
      }
      drain();
      byte[] state = StateCodec.encode(channel.save());
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        state[random.nextInt(Math.min(state.length, 2500))] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        channel.restore(StateCodec.decode(IdeChannel.State.class, state));
        accepted++;
      } catch (BadStateException e) {
        // refused, as it should be; what was restored of it so far must do no harm
      }
    }
    assertTrue(accepted > 0);
  }
}
