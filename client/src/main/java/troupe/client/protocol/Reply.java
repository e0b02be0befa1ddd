package troupe.client.protocol;

import java.util.List;
import org.apache.pekko.stream.SourceRef;

/** What the daemon answers. */
public sealed interface Reply extends Message {
  record Done() implements Reply {}

  /** One line that says why not. */
  record Refused(String reason) implements Reply {}

  record Host(HostInfo host) implements Reply {}

  record Vms(List<VmInfo> vms) implements Reply {
    public Vms {
      vms = List.copyOf(vms);
    }
  }

  /** Events, sent as fast as the client takes them; those that it misses leave a gap. */
  record Events(SourceRef<VmEvent> events) implements Reply {}

  record Serial(SourceRef<SerialBytes> output) implements Reply {}
}
