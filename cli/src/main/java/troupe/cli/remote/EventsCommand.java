package troupe.cli.remote;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.apache.pekko.stream.javadsl.Sink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import troupe.cli.UsageException;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmEvent;

/** {@code troupe events}: what happened to the VMs of a daemon. */
@Command(
    description = {
      "What happened to VMs; the daemon keeps the latest 1000 events.",
      "Each has a number, which the lines begin with."
    },
    mixinStandardHelpOptions = true)
public final class EventsCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  @Mixin private Connection connection;

  @Option(
      names = {"-f", "--follow"},
      description = "And all that happens from now on, until interrupted or the daemon ends.")
  private boolean follow;

  @Option(
      names = "--after",
      paramLabel = "NUMBER",
      description = "Only those after the event of this number.")
  private long after;

  @Override
  public Integer call() throws UsageException {
    return connection.with(
        client -> {
          if (follow) {
            client
                .events(after)
                .runWith(Sink.foreach(this::print), client.system())
                .handle((_, _) -> null)
                .toCompletableFuture()
                .join();
            return;
          }
          long latest = TroupeClient.await(client.host()).latestEvent();
          if (latest > after) {
            TroupeClient.await(
                client
                    .events(after)
                    .takeWhile(event -> event.number() < latest, true)
                    .runWith(Sink.foreach(this::print), client.system()));
          }
        });
  }

  private void print(VmEvent event) {
    if (connection.json) {
      System.out.println(Json.of(event));
    } else {
      System.out.printf(
          "%4d  %s  %s: %s%n",
          event.number(), TIME.format(Instant.ofEpochMilli(event.at())), event.vm(), event.text());
    }
    System.out.flush();
  }
}
