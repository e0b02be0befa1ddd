package troupe.engine.vm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.scheduler.Entitlement;

/** Configurations for tests. */
public final class Configurations {
  private Configurations() {}

  /** A small VM; COM1 goes nowhere but can be watched. */
  public static VmConfiguration vm(String name) {
    return vm(name, true, new PortConnection.Nothing());
  }

  public static VmConfiguration vm(String name, boolean endAtReset, PortConnection com1) {
    return new VmConfiguration(
        name,
        16,
        VmConfiguration.DEFAULT_CPU_MODEL,
        Entitlement.DEFAULT,
        VmConfiguration.Board.I440BX,
        VmConfiguration.TimeSource.HOST,
        Optional.empty(),
        Optional.empty(),
        VmConfiguration.DEFAULT_BOOT_ORDER,
        Map.of(),
        Map.of(0, com1),
        Optional.empty(),
        Map.of(),
        OptionalInt.empty(),
        endAtReset,
        List.of(),
        VmConfiguration.HostStart.NEVER,
        VmConfiguration.HostStop.TURN_OFF,
        VmConfiguration.Undo.OFF);
  }
}
