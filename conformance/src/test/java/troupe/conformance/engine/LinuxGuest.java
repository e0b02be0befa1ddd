package troupe.conformance.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import troupe.conformance.guest.Guests;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.DriveSlot;
import troupe.scheduler.Entitlement;

/** The Debian guest under the engine. */
final class LinuxGuest {
  private LinuxGuest() {}

  /**
   * @param serial file that gets what COM1 says
   */
  static VmConfiguration configuration(
      String name,
      int memoryMib,
      String append,
      Path serial,
      Map<DriveSlot, VmConfiguration.Drive> drives) {
    Guests guests = new Guests();
    return new VmConfiguration(
        name,
        memoryMib,
        VmConfiguration.DEFAULT_CPU_MODEL,
        Entitlement.DEFAULT,
        VmConfiguration.Board.I440BX,
        VmConfiguration.TimeSource.HOST,
        Optional.empty(),
        Optional.of(
            new VmConfiguration.DirectBoot(
                Path.of(guests.file("debian", "vmlinuz")),
                Optional.of(Path.of(guests.file("debian", "initrd.gz"))),
                append)),
        VmConfiguration.DEFAULT_BOOT_ORDER,
        drives,
        Map.of(0, new PortConnection.ToFile(serial, true)),
        Optional.empty(),
        Map.of(),
        OptionalInt.empty(),
        false,
        List.of(),
        VmConfiguration.HostStart.NEVER,
        VmConfiguration.HostStop.TURN_OFF,
        VmConfiguration.Undo.OFF);
  }
}
