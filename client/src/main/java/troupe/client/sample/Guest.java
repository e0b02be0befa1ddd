package troupe.client.sample;

import com.typesafe.config.ConfigUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.pekko.stream.javadsl.Sink;
import troupe.client.RefusedException;
import troupe.client.TroupeClient;
import troupe.client.protocol.VmAction;
import troupe.client.protocol.VmInfo;
import troupe.client.protocol.VmState;

/** A Linux guest with a shell on its first serial port. */
final class Guest {
  private static final String UP = "TROUPE GUEST UP";
  private static final int LONGEST_BOOT = 900;

  private final TroupeClient troupe;
  private final String name;
  private final StringBuilder said = new StringBuilder();
  private int commands;

  private Guest(TroupeClient troupe, String name) {
    this.troupe = troupe;
    this.name = name;
  }

  /**
   * Makes the VM if it is not there, and listens to its serial port.
   *
   * @param initrd with a first program that prints "TROUPE GUEST UP" and starts a shell on ttyS0
   */
  static Guest prepare(TroupeClient troupe, String name, String kernel, String initrd)
      throws TimeoutException {
    boolean known =
        TroupeClient.await(troupe.vms()).stream().anyMatch(vm -> vm.name().equals(name));
    if (!known) {
      TroupeClient.await(
          troupe.create(
              name,
              """
              # Made by a sample program of Troupe.
              memory = 64 MiB
              kernel = %s
              initrd = %s
              append = "console=ttyS0,115200 quiet"
              serial { 1 { file = com1.log } }
              """
                  .formatted(ConfigUtil.quoteString(kernel), ConfigUtil.quoteString(initrd))));
    }
    Guest guest = new Guest(troupe, name);
    TroupeClient.await(troupe.serial(name, 0))
        .runWith(Sink.foreach(output -> guest.add(output.bytes())), troupe.system());
    return guest;
  }

  private synchronized void add(byte[] bytes) {
    said.append(new String(bytes, StandardCharsets.ISO_8859_1));
    notifyAll();
  }

  String name() {
    return name;
  }

  VmInfo info() throws TimeoutException {
    return TroupeClient.await(troupe.vm(name));
  }

  void control(VmAction action) throws TimeoutException {
    TroupeClient.await(troupe.control(name, action));
  }

  /** Turns it on if it is not on; the guest starts. */
  void turnOn() throws TimeoutException {
    if (info().state() != VmState.RUNNING) {
      control(VmAction.TURN_ON);
    }
  }

  void awaitUp(int times) throws TimeoutException, InterruptedException {
    awaitText(UP, times, LONGEST_BOOT);
  }

  /** Waits until the guest has said something that matches; how busy the host is, is unknown. */
  void await(Pattern what) throws TimeoutException, InterruptedException {
    await(what, 1, LONGEST_BOOT);
  }

  private void awaitText(String text, int times, int seconds)
      throws TimeoutException, InterruptedException {
    await(Pattern.compile(Pattern.quote(text)), times, seconds);
  }

  private synchronized void await(Pattern what, int times, int seconds)
      throws TimeoutException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (what.matcher(said).results().count() < times) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException(name + " has not said " + what);
      }
      wait(left);
    }
  }

  /** Types a line without waiting for what comes of it. */
  void type(String line) throws TimeoutException {
    TroupeClient.await(
        troupe.sendSerial(name, 0, (line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Runs a command in the guest's shell; what it printed. */
  String run(String command) throws TimeoutException, InterruptedException {
    String begin = "BEGIN" + ++commands + ":";
    String end = ":END" + commands;
    // The quotes keep the echo of the line from being taken for the output.
    type("echo \"BEG\"\"IN" + commands + ":$(" + command + "):E\"\"ND" + commands + "\"");
    awaitText(end, 1, LONGEST_BOOT);
    synchronized (this) {
      int from = said.lastIndexOf(begin) + begin.length();
      return said.substring(from, said.indexOf(end, from)).strip();
    }
  }

  /** All that the guest has said up to now. */
  synchronized String said() {
    return said.toString();
  }

  /** Turns it off and has the daemon forget it; a daemon that refuses has reasons. */
  void remove() throws TimeoutException {
    try {
      control(VmAction.TURN_OFF);
      control(VmAction.REMOVE);
    } catch (RefusedException e) {
      System.err.println(e.getMessage());
    }
  }
}
