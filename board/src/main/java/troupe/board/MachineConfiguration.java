package troupe.board;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import troupe.board.firmware.BootDevice;
import troupe.devices.outside.ByteSink;
import troupe.processor.CpuModel;

/**
 * What a PC is built from.
 *
 * @param memoryMib RAM in MiB, {@link #LEAST_MEMORY} to {@link #GREATEST_MEMORY}
 * @param bios image that replaces Troupe's own firmware, a multiple of 64 KiB
 * @param videoBios image that replaces Troupe's own video BIOS
 * @param drives slots that are not there are empty
 * @param serial by number of the port, 0 is COM1; ports that are not there send to nobody
 * @param rtcStart time of the real-time clock at power-on, in seconds since 1970
 * @param bootOrder first choice first
 * @param portLogs sinks that get each byte that the guest writes to an I/O port
 * @param exitPort I/O port whose write ends the run
 * @param uuid the system's, in its SMBIOS tables
 * @param serialNumber the system's, in its SMBIOS tables
 */
public record MachineConfiguration(
    int memoryMib,
    CpuModel cpu,
    BoardModel board,
    ClockMode clock,
    Optional<byte[]> bios,
    Optional<byte[]> videoBios,
    Map<DriveSlot, Drive> drives,
    Map<Integer, ByteSink> serial,
    ByteSink parallel,
    long rtcStart,
    List<BootDevice> bootOrder,
    Optional<DirectBoot> kernel,
    Map<Integer, ByteSink> portLogs,
    OptionalInt exitPort,
    UUID uuid,
    String serialNumber) {
  public static final int LEAST_MEMORY = 4;
  public static final int GREATEST_MEMORY = 3712;

  private static final int BIOS_UNIT = 0x1_0000;
  private static final int GREATEST_BIOS = 0x10_0000;
  private static final int GREATEST_VIDEO_BIOS = 0x1_0000;

  public MachineConfiguration {
    if (memoryMib < LEAST_MEMORY || memoryMib > GREATEST_MEMORY) {
      throw new IllegalArgumentException(
          "memory must be %d to %d MiB, not %d"
              .formatted(LEAST_MEMORY, GREATEST_MEMORY, memoryMib));
    }
    if (bios.isPresent()) {
      int length = bios.get().length;
      if (length == 0 || length % BIOS_UNIT != 0 || length > GREATEST_BIOS) {
        throw new IllegalArgumentException(
            "a BIOS image has a multiple of 64 KiB up to 1 MiB, not " + length + " bytes");
      }
      if (kernel.isPresent()) {
        throw new IllegalArgumentException("a kernel is started by Troupe's own BIOS only");
      }
    }
    if (videoBios.isPresent() && videoBios.get().length > GREATEST_VIDEO_BIOS) {
      throw new IllegalArgumentException(
          "a video BIOS image has up to 64 KiB, not " + videoBios.get().length + " bytes");
    }
    drives.forEach(
        (slot, drive) -> {
          boolean floppySlot = slot == DriveSlot.FLOPPY_A || slot == DriveSlot.FLOPPY_B;
          if (floppySlot != drive instanceof Drive.Floppy) {
            throw new IllegalArgumentException("no such drive fits into " + slot);
          }
        });
    drives = Map.copyOf(drives);
    serial = Map.copyOf(serial);
    bootOrder = List.copyOf(bootOrder);
    portLogs = Map.copyOf(portLogs);
  }
}
