package troupe.client.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.pekko.stream.javadsl.Sink;
import troupe.client.AccessKey;
import troupe.client.ServerAddress;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmInfo;

/**
 * Consolidation: departmental servers share a host under weights and a cap, all at work; the kernel
 * of one is made to crash, and the others go on with what is theirs.
 *
 * <p>Arguments: KERNEL INITRD [SECONDS [SERVER KEY]].
 */
public final class Consolidation {
  private static final List<String> NAMES = List.of("sales", "payroll", "archive", "crasher");
  private static final List<Map<String, String>> RESOURCES =
      List.of(
          Map.of("cpu.weight", "400"),
          Map.of("cpu.weight", "200"),
          Map.of("cpu.weight", "100", "cpu.maximum", "10"),
          Map.of("cpu.weight", "100"));

  /** Sums, each of which must come out the same. */
  private static final String WORK =
      "while :; do s=$(seq 1 1000 | md5sum); echo \"sum ${s%% *}\"; done &";

  /** A prompt may be before the first one. */
  private static final Pattern SUM = Pattern.compile("sum [0-9a-f]{32}");

  private Consolidation() {}

  /** Ends with status 1 if a server was disturbed. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: Consolidation KERNEL INITRD [SECONDS [SERVER KEY]]");
      System.exit(1);
    }
    String kernel = Path.of(args[0]).toAbsolutePath().toString();
    String initrd = Path.of(args[1]).toAbsolutePath().toString();
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 30;
    ServerAddress server = args.length > 3 ? ServerAddress.parse(args[3]) : ServerAddress.LOCAL;
    Path key = args.length > 4 ? Path.of(args[4]) : AccessKey.defaultFile();
    try (TroupeClient troupe = TroupeClient.connect(server, key)) {
      troupe
          .events(TroupeClient.await(troupe.host()).latestEvent())
          .runWith(
              Sink.foreach(
                  event ->
                      System.out.printf(
                          "%s: %s%n", event.vm(), event.text().lines().findFirst().orElse(""))),
              troupe.system());
      List<Guest> servers = new ArrayList<>();
      for (int i = 0; i < NAMES.size(); i++) {
        Guest guest = Guest.prepare(troupe, NAMES.get(i), kernel, initrd);
        TroupeClient.await(troupe.set(NAMES.get(i), RESOURCES.get(i)));
        servers.add(guest);
        guest.turnOn();
      }
      for (Guest guest : servers) {
        guest.awaitUp(1);
        guest.type(WORK);
      }
      measure("all at work", servers, seconds);
      servers.getLast().type("echo c >/proc/sysrq-trigger");
      measure("one has crashed", servers, seconds);
      boolean good = true;
      for (Guest guest : servers.subList(0, servers.size() - 1)) {
        guest.await(SUM);
        List<String> sums = SUM.matcher(guest.said()).results().map(MatchResult::group).toList();
        boolean same = !sums.isEmpty() && sums.stream().distinct().count() == 1;
        System.out.printf(
            "%s: %d sums, %s%n",
            guest.name(), sums.size(), same ? "all the same" : "NOT all the same");
        good &= same;
      }
      for (Guest guest : servers) {
        guest.remove();
      }
      if (!good) {
        System.exit(1);
      }
    }
  }

  private static void measure(String what, List<Guest> servers, int seconds) throws Exception {
    List<VmInfo> before = new ArrayList<>();
    for (Guest guest : servers) {
      before.add(guest.info());
    }
    long start = System.nanoTime();
    Thread.sleep(seconds * 1000L);
    System.out.println(what + ":");
    for (int i = 0; i < servers.size(); i++) {
      VmInfo now = servers.get(i).info();
      System.out.printf(
          "  %-8s weight %3d, maximum %3d%%: %5.1f%% of a CPU%n",
          now.name(),
          now.cpu().weight(),
          now.cpu().maximum(),
          (now.cpu().usedSeconds() - before.get(i).cpu().usedSeconds())
              * 100e9
              / (System.nanoTime() - start));
    }
  }
}
