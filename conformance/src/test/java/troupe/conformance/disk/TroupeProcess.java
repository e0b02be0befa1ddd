package troupe.conformance.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import troupe.conformance.guest.Guests;

/**
 * A {@code troupe run}, or a {@code troupe serve} with one VM, as a process of its own that the
 * test watches and ends. In its folder are what it says ({@code messages.txt}), what the guest says
 * on COM1 ({@code com1.log}) and a daemon's saved states ({@code states}).
 */
public final class TroupeProcess implements AutoCloseable {
  private static final int LONGEST_STOP_SECONDS = 180;
  private static final String COM1 = "com1.log";
  private static final String DEPLOYMENT = "troupe.conf";

  private final Path folder;
  private final Process process;

  private TroupeProcess(Path folder, String... words) throws IOException {
    this.folder = folder;
    List<String> command = new ArrayList<>(List.of(words));
    command.addFirst(Guests.ROOT.resolve("troupe").toString());
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("messages.txt").toFile())
            .start();
  }

  /** A PC in the foreground. */
  static TroupeProcess run(Path folder, String... options) throws IOException {
    // What an earlier run left there is not to be taken for this one's.
    Files.deleteIfExists(folder.resolve(COM1));
    List<String> words = new ArrayList<>(List.of("run", "--serial", "file:" + COM1));
    words.addAll(List.of(options));
    return new TroupeProcess(folder, words.toArray(String[]::new));
  }

  /**
   * A daemon with the VM "guest".
   *
   * @param host settings of the host, in HOCON
   * @param vm what the VM has besides COM1, in HOCON
   */
  static TroupeProcess serve(Path folder, String host, String vm) throws IOException {
    return serve(
        folder,
        """
        troupe {
          host { saved-states = "states", machines = "machines", %s }
          api.enabled = false
          virtual-machines { guest {
            serial { 1 { file = "%s" } }
            %s
          } }
        }
        """
            .formatted(host, COM1, vm));
  }

  /** A daemon with that deployment, in HOCON. */
  public static TroupeProcess serve(Path folder, String deployment) throws IOException {
    Files.writeString(folder.resolve(DEPLOYMENT), deployment);
    return new TroupeProcess(folder, "serve", "--config", DEPLOYMENT);
  }

  /** The VM that writes records: on the system disk, and in places of the other one. */
  static TroupeProcess writingRecords(Path folder, String host, Path system, Path data)
      throws IOException {
    return serve(
        folder,
        host,
        """
        memory = 96 MiB
        kernel = "%s", initrd = "%s"
        append = "root=/dev/sda1 init=/usr/local/sbin/records-init console=ttyS0,115200"
        ide { 0-0 { disk = "%s" }, 0-1 { disk = "%s" } }
        on-host-start = always
        on-host-stop = save
        """
            .formatted(
                InstalledSystem.GUESTS.file("debian", "vmlinuz"),
                InstalledSystem.GUESTS.file("debian", "initrd.gz"),
                system,
                data));
  }

  public String messages() throws IOException {
    return Files.readString(folder.resolve("messages.txt"));
  }

  /** What the guest has said on COM1, in a daemon's folder over all daemons that had it. */
  static String serial(Path folder) throws IOException {
    Path file = folder.resolve(COM1);
    return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
  }

  void awaitSerial(int from, String text, int seconds) throws IOException, InterruptedException {
    await(() -> serial(folder).indexOf(text, from) >= 0, text, seconds);
  }

  public void awaitMessage(String text, int seconds) throws IOException, InterruptedException {
    await(() -> messages().contains(text), text, seconds);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(Condition condition, String what, int seconds)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.holds()) {
      String serial = serial(folder);
      String report =
          "%n--- messages%n%s%n--- COM1%n%s"
              .formatted(messages(), serial.substring(Math.max(0, serial.length() - 2000)));
      assertTrue(process.isAlive(), () -> "ended before \"" + what + "\"" + report);
      assertTrue(System.nanoTime() < end, () -> "waited in vain for \"" + what + "\"" + report);
      Thread.sleep(5);
    }
  }

  /** As SIGKILL does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** As SIGTERM does: what is configured for the host's stop is done. */
  public void stop() throws IOException, InterruptedException {
    process.destroy();
    boolean ended = process.waitFor(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
    String messages = messages();
    assertTrue(ended, () -> "does not stop: " + messages);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
