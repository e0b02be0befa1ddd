package troupe.cli.remote;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import troupe.cli.UsageException;
import troupe.client.TroupeClient;
import troupe.client.protocol.HostInfo;
import troupe.client.protocol.VmInfo;

/** {@code troupe top}: what VMs use, again and again. */
@Command(
    description = {
      "What each VM uses, in a table that is renewed until interrupted. Percents are of one CPU:",
      "CPU: what it used since the last look.",
      "GRANTED: what it gets if all VMs that are on want as much as they can get.",
      "WAITED: it wanted to run, and others did.   CAPPED: its maximum held it back.",
      "CODE: memory that the guest's decoded and translated code takes."
    },
    mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final double NANOS = 1e9;

  /**
   * What a VM did between two looks.
   *
   * @param cpuPercent of one host CPU, as the others
   */
  public record Line(
      String name,
      String state,
      double cpuPercent,
      double grantedPercent,
      double waitedPercent,
      double cappedPercent,
      int memoryMib,
      long codeBytes,
      double diskBytesReadPerSecond,
      double diskBytesWrittenPerSecond,
      int networkAdapters,
      double networkBytesReceivedPerSecond,
      double networkBytesSentPerSecond) {}

  @Mixin private Connection connection;

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "SECONDS",
      description = "Between two looks (default: ${DEFAULT-VALUE}).")
  private double delay = 2;

  @Option(
      names = {"-n", "--iterations"},
      paramLabel = "N",
      description = "Ends after N tables (default: goes on until interrupted).")
  private long iterations = Long.MAX_VALUE;

  @Override
  public Integer call() throws UsageException {
    if (!(delay >= 0.1 && delay <= 3600)) {
      throw new UsageException("--delay must be 0.1 to 3600");
    }
    boolean clears = !connection.json && System.console() != null && System.console().isTerminal();
    return connection.with(
        client -> {
          HostInfo host = TroupeClient.await(client.host());
          Map<String, VmInfo> before = new HashMap<>();
          TroupeClient.await(client.vms()).forEach(vm -> before.put(vm.name(), vm));
          long looked = System.nanoTime();
          for (long i = 0; i < iterations; i++) {
            Thread.sleep((long) (delay * 1000));
            List<VmInfo> vms = TroupeClient.await(client.vms());
            long now = System.nanoTime();
            List<Line> lines = new ArrayList<>();
            for (VmInfo vm : vms) {
              lines.add(line(before.getOrDefault(vm.name(), vm), vm, (now - looked) / NANOS));
            }
            if (connection.json) {
              System.out.println(Json.of(lines));
            } else {
              System.out.print((clears ? CLEAR : "") + text(host, lines) + "\n");
            }
            System.out.flush();
            before.clear();
            vms.forEach(vm -> before.put(vm.name(), vm));
            looked = now;
          }
        });
  }

  private static Line line(VmInfo before, VmInfo now, double seconds) {
    return new Line(
        now.name(),
        now.state().word(),
        rate(before.cpu().usedSeconds(), now.cpu().usedSeconds(), seconds) * 100,
        now.cpu().granted(),
        rate(before.cpu().waitedSeconds(), now.cpu().waitedSeconds(), seconds) * 100,
        rate(before.cpu().cappedSeconds(), now.cpu().cappedSeconds(), seconds) * 100,
        now.memoryMib(),
        now.code().bytes(),
        rate(before.disk().bytesRead(), now.disk().bytesRead(), seconds),
        rate(before.disk().bytesWritten(), now.disk().bytesWritten(), seconds),
        now.network().adapters(),
        rate(before.network().bytesReceived(), now.network().bytesReceived(), seconds),
        rate(before.network().bytesSent(), now.network().bytesSent(), seconds));
  }

  /** By second; what began anew since, with the VM, counts from there. */
  private static double rate(double before, double now, double seconds) {
    return (now >= before ? now - before : now) / seconds;
  }

  /** A VM without an adapter has no traffic that could be none. */
  private static String network(Line line, double bytesPerSecond) {
    return line.networkAdapters() == 0 ? "-" : Table.bytes(bytesPerSecond);
  }

  private static String text(HostInfo host, List<Line> lines) {
    double used = lines.stream().mapToDouble(Line::cpuPercent).sum();
    Table table =
        new Table()
            .row(
                "NAME",
                "STATE",
                "CPU",
                "GRANTED",
                "WAITED",
                "CAPPED",
                "MEMORY",
                "CODE",
                "READ/s",
                "WRITTEN/s",
                "RECEIVED/s",
                "SENT/s");
    for (Line line : lines) {
      table.row(
          line.name(),
          line.state(),
          Table.number(line.cpuPercent()) + "%",
          Table.number(line.grantedPercent()) + "%",
          Table.number(line.waitedPercent()) + "%",
          Table.number(line.cappedPercent()) + "%",
          line.memoryMib() + " MiB",
          Table.bytes(line.codeBytes()),
          Table.bytes(line.diskBytesReadPerSecond()),
          Table.bytes(line.diskBytesWrittenPerSecond()),
          network(line, line.networkBytesReceivedPerSecond()),
          network(line, line.networkBytesSentPerSecond()));
    }
    return "%d VMs use %s%% of %d CPUs%n%s%n"
        .formatted(lines.size(), Table.number(used), host.cpus(), String.join("\n", table.lines()));
  }
}
