package troupe.board;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import troupe.board.firmware.BootDevice;
import troupe.devices.outside.ByteSink;
import troupe.processor.CpuModel;

/** Configurations for tests, changed field by field. */
final class Configurations {
  int memoryMib = 16;
  ClockMode clock = ClockMode.INSTRUCTIONS;
  BoardModel board = BoardModel.I440BX;
  Optional<byte[]> bios = Optional.empty();
  Optional<DirectBoot> kernel = Optional.empty();
  final Map<DriveSlot, Drive> drives = new HashMap<>();
  final Map<Integer, ByteSink> serial = new HashMap<>();
  final Map<Integer, ByteSink> portLogs = new HashMap<>();
  OptionalInt exitPort = OptionalInt.empty();

  MachineConfiguration make() {
    return new MachineConfiguration(
        memoryMib,
        CpuModel.DEFAULT,
        board,
        clock,
        bios,
        Optional.empty(),
        drives,
        serial,
        ByteSink.NONE,
        1_100_000_000L,
        List.of(BootDevice.DISK),
        kernel,
        portLogs,
        exitPort,
        new UUID(1, 2),
        "1");
  }

  /** A PC that starts with {@code code}, in real mode at F000:E000, and host time standing. */
  static Machine running(Configurations configuration, int... code) {
    configuration.bios = Optional.of(rom(code));
    Machine machine = new Machine(configuration.make(), () -> 0, start -> null);
    machine.resume();
    return machine;
  }

  static byte[] rom(int... code) {
    byte[] rom = new byte[0x1_0000];
    for (int i = 0; i < code.length; i++) {
      rom[0xE000 + i] = (byte) code[i];
    }
    byte[] vector = {(byte) 0xEA, 0x00, (byte) 0xE0, 0x00, (byte) 0xF0};
    System.arraycopy(vector, 0, rom, 0xFFF0, vector.length);
    return rom;
  }
}
