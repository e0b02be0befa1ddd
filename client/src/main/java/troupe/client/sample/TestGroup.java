package troupe.client.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import troupe.client.AccessKey;
import troupe.client.ServerAddress;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmAction;

/**
 * Test and development: a group of VMs is made, started and prepared, a test is run on each, and
 * all are reset, after which nothing of the test is left.
 *
 * <p>Arguments: KERNEL INITRD [COUNT [SERVER KEY]].
 */
public final class TestGroup {
  private TestGroup() {}

  /** Ends with status 1 if a guest was not as it should be. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: TestGroup KERNEL INITRD [COUNT [SERVER KEY]]");
      System.exit(1);
    }
    String kernel = Path.of(args[0]).toAbsolutePath().toString();
    String initrd = Path.of(args[1]).toAbsolutePath().toString();
    int count = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    ServerAddress server = args.length > 3 ? ServerAddress.parse(args[3]) : ServerAddress.LOCAL;
    Path key = args.length > 4 ? Path.of(args[4]) : AccessKey.defaultFile();
    try (TroupeClient troupe = TroupeClient.connect(server, key)) {
      List<Guest> group = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        group.add(Guest.prepare(troupe, "test-" + i, kernel, initrd));
      }
      for (Guest guest : group) {
        guest.turnOn();
      }
      boolean good = true;
      for (Guest guest : group) {
        guest.awaitUp(1);
        guest.run("mkdir -p /srv && echo prepared " + guest.name() + " >/srv/state");
        String state = guest.run("cat /srv/state");
        System.out.println(guest.name() + ": " + state);
        good &= state.equals("prepared " + guest.name());
      }
      for (Guest guest : group) {
        guest.control(VmAction.RESET);
      }
      for (Guest guest : group) {
        guest.awaitUp(2);
        String state = guest.run("cat /srv/state 2>/dev/null || echo fresh");
        System.out.println(guest.name() + " after the reset: " + state);
        good &= state.equals("fresh");
      }
      for (Guest guest : group) {
        guest.remove();
      }
      System.out.println(good ? "all as it should be" : "NOT as it should be");
      if (!good) {
        System.exit(1);
      }
    }
  }
}
