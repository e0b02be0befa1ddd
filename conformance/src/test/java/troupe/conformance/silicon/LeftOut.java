package troupe.conformance.silicon;

import java.util.Map;

/** Rows that cannot run as a user-mode program of the host, or whose result is the host's own. */
final class LeftOut {
  private static final Map<String, String> BY_MNEMONIC =
      Map.ofEntries(
          Map.entry("CALLF", "needs descriptors of its own: test386, kvm-unit-tests"),
          Map.entry("JMPF", "needs descriptors of its own: test386, kvm-unit-tests"),
          Map.entry("RETF", "needs descriptors of its own: test386, kvm-unit-tests"),
          Map.entry("IRET", "needs descriptors of its own: test386, kvm-unit-tests"),
          Map.entry("INT3", "is the end mark of every case"),
          Map.entry("INT", "enters the host's kernel"),
          Map.entry("INTO", "enters the host's kernel"),
          Map.entry("INT1", "enters the host's kernel"),
          Map.entry("SYSENTER", "enters the host's kernel"),
          Map.entry("CPUID", "the host's identity"),
          Map.entry("RDTSC", "the host's clock"),
          Map.entry("RDPMC", "the host's counters"),
          Map.entry("LDS", "loads the host's selectors"),
          Map.entry("LES", "loads the host's selectors"),
          Map.entry("LSS", "loads the host's selectors"),
          Map.entry("LFS", "loads the host's selectors"),
          Map.entry("LGS", "loads the host's selectors"),
          Map.entry("LAR", "shows the host's descriptors"),
          Map.entry("LSL", "shows the host's descriptors"),
          Map.entry("VERR", "shows the host's descriptors"),
          Map.entry("VERW", "shows the host's descriptors"),
          Map.entry("SLDT", "the host's kernel may emulate it"),
          Map.entry("STR", "the host's kernel may emulate it"),
          Map.entry("SGDT", "the host's kernel may emulate it"),
          Map.entry("SIDT", "the host's kernel may emulate it"),
          Map.entry("SMSW", "the host's kernel may emulate it"),
          Map.entry("IN", "port permission is the host's"),
          Map.entry("OUT", "port permission is the host's"),
          Map.entry("INS", "port permission is the host's"),
          Map.entry("OUTS", "port permission is the host's"));

  private LeftOut() {}

  /** Why a row has no vectors, or null if it has. */
  static String reason(Row row) {
    if (row.has("priv0")) {
      return "privileged: tests of the processor's own";
    }
    boolean segmentOperand = row.operands().stream().anyMatch(o -> o.matches("[CDEFGS]S|Sw"));
    if (segmentOperand) {
      return "shows or loads the host's selectors";
    }
    return BY_MNEMONIC.get(row.mnemonic());
  }
}
