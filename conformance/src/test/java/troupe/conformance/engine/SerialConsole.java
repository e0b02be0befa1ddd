package troupe.conformance.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.engine.vm.SerialOutput;
import troupe.engine.vm.VirtualMachine;

/** What a guest says on COM1, over the engines and daemons that it runs on. */
final class SerialConsole {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  /** Listens to a VM, before it is turned on, so that nothing is missed. */
  void attach(EngineRun run, ActorRef<VirtualMachine.Command> vm, String name) {
    ActorRef<SerialOutput> watcher =
        run.engine()
            .spawn(
                Behaviors.receiveMessage(
                    output -> {
                      add(output.bytes());
                      return Behaviors.same();
                    }),
                "console-" + name);
    vm.tell(new VirtualMachine.WatchSerial(0, watcher));
  }

  /** The guest has said this. */
  synchronized void add(byte[] bytes) {
    said.writeBytes(bytes);
    notifyAll();
  }

  synchronized String text() {
    return said.toString(StandardCharsets.ISO_8859_1);
  }

  synchronized int length() {
    return said.size();
  }

  /** Waits until the guest says something, from a position on. */
  synchronized void await(int from, String what, int seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (text().indexOf(what, from) < 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        String all = text();
        throw new AssertionError(
            "waited %d s for \"%s\"; the guest said, last:%n%s"
                .formatted(seconds, what, all.substring(Math.max(0, all.length() - 2000))));
      }
      wait(left);
    }
  }
}
