package troupe.conformance.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.stream.javadsl.Sink;
import troupe.client.ServerAddress;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmState;
import troupe.conformance.disk.TroupeProcess;

/** A {@code troupe serve} with one VM in a process of its own, and a client that is connected. */
final class DaemonRun implements AutoCloseable {
  private static final int MOST_ATTEMPTS = 5;
  private static final int LONGEST_START_SECONDS = 300;

  private final TroupeProcess process;
  private final TroupeClient client;
  private final String vm;

  /**
   * @param folder where the daemon's files are: the next one finds there what this one saves
   * @param vm name of the VM
   * @param configuration the VM's, in HOCON
   */
  DaemonRun(Path folder, String vm, String configuration) throws Exception {
    this.vm = vm;
    int port = freePort();
    Path key = folder.resolve("access.p12");
    process =
        TroupeProcess.serve(
            folder,
            """
            troupe {
              host { saved-states = "states", machines = "machines" }
              api { port = %d, key = "%s" }
              virtual-machines { %s { %s } }
            }
            """
                .formatted(port, key, vm, configuration));
    try {
      process.awaitMessage("clients reach it", LONGEST_START_SECONDS);
      client = connect(new ServerAddress("127.0.0.1", port), key);
    } catch (Exception | Error e) {
      process.close();
      throw e;
    }
  }

  /** A daemon that has just begun on a busy host may not answer the first hello in time. */
  private static TroupeClient connect(ServerAddress server, Path key) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return TroupeClient.connect(server, key);
      } catch (IOException e) {
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** Has the console hear what the guest says on COM1 from now on. */
  void attach(SerialConsole console) throws TimeoutException {
    TroupeClient.await(client.serial(vm, 0))
        .runWith(Sink.foreach(output -> console.add(output.bytes())), client.system());
  }

  void control(VmAction action) throws TimeoutException {
    TroupeClient.await(client.control(vm, action));
  }

  VmState state() throws TimeoutException {
    return TroupeClient.await(client.vm(vm)).state();
  }

  void type(String line) throws TimeoutException {
    TroupeClient.await(
        client.sendSerial(vm, 0, (line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** What the daemon has said. */
  String messages() throws IOException {
    return process.messages();
  }

  /** Ends the daemon as SIGTERM does. */
  void stop() throws IOException, InterruptedException {
    client.close();
    process.stop();
  }

  @Override
  public void close() throws InterruptedException {
    client.close();
    process.close();
  }
}
