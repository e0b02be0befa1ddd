package troupe.cli.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;
import troupe.cli.UsageException;
import troupe.client.AccessKey;
import troupe.client.RefusedException;
import troupe.client.ServerAddress;
import troupe.client.TroupeClient;

/** Options that all commands have that talk to a daemon. */
final class Connection {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The daemon, troupe://HOST:PORT (default: the one of this host).")
  private String server = ServerAddress.LOCAL.toString();

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The daemon's access key, or a copy (default: ~/.troupe/access.p12).")
  private Path key = AccessKey.defaultFile();

  @Option(names = "--json", description = "JSON, for programs.")
  boolean json;

  /** What is done with a connection. */
  @FunctionalInterface
  interface Work {
    void run(TroupeClient client) throws TimeoutException, InterruptedException;
  }

  /** Connects, does it, closes the connection; whatever the daemon refuses is a usage error. */
  int with(Work work) throws UsageException {
    ServerAddress address;
    try {
      address = ServerAddress.parse(server);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage());
    }
    try (TroupeClient client = TroupeClient.connect(address, key)) {
      work.run(client);
      return 0;
    } catch (IOException | RefusedException e) {
      throw new UsageException(e.getMessage());
    } catch (TimeoutException e) {
      throw new UsageException(address + " does not answer in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
