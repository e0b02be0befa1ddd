package troupe.board.firmware;

import java.util.List;
import java.util.UUID;

/**
 * What the firmware is told of the PC it is built for.
 *
 * @param memoryBytes RAM, a multiple of 4,096
 * @param bootOrder what to start from, first choice first
 * @param uuid the system UUID in the SMBIOS tables
 * @param serialNumber the system serial number in the SMBIOS tables
 */
public record FirmwareSettings(
    long memoryBytes, List<BootDevice> bootOrder, UUID uuid, String serialNumber) {
  public FirmwareSettings {
    if (memoryBytes > (PciSetup.MEMORY_WINDOW & 0xFFFFFFFFL)) {
      throw new IllegalArgumentException(
          "RAM of %d bytes reaches into the PCI window".formatted(memoryBytes));
    }
    bootOrder = List.copyOf(bootOrder);
  }
}
