package troupe.conformance.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.board.Machine;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.pc.Translation;
import troupe.engine.vm.Answer;
import troupe.engine.vm.VirtualMachine;
import troupe.processor.translator.RegionStore;
import troupe.scheduler.Usage;

/**
 * What idle Linux guests cost. One is started and saved; all go on from copies of that state, which
 * takes less time than to start each.
 */
@Timeout(3600)
class IdleLinuxTest {
  private static final int GUESTS = Integer.getInteger("troupe.idle", 3);
  private static final int MEMORY = 64;

  /** What the host counts for each guest, MiB. */
  private static final long ADMITTED = MEMORY + (Machine.MOST_HEAP_BYTES >> 20);

  /** And once for all of them. */
  private static final long SHARED =
      RegionStore.heapBytes(RegionStore.Limits.DEFAULT.maxBytes()) >> 20;

  private static final int MOST_RESIDENT = MEMORY + 48;
  private static final int SECONDS = 20;

  /** Percent. All of them together leave room on one CPU of two. */
  private static final double MOST_CPU = 5;

  @TempDir Path directory;
  private final RegionStore translation = Translation.inBackground();

  private VmConfiguration guest(String name) {
    return LinuxGuest.configuration(
        name, MEMORY, "console=ttyS0,115200", directory.resolve(name + ".log"), Map.of());
  }

  /** Resident memory of this process, MiB. */
  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("long")
  void manyIdleGuestsAreCheap() throws Exception {
    try (EngineRun run = new EngineRun(directory, 2, SHARED + ADMITTED, translation)) {
      SerialConsole console = new SerialConsole();
      ActorRef<VirtualMachine.Command> first = run.create(guest("first"));
      console.attach(run, first, "first");
      assertEquals(Answer.DONE, run.turnOn(first));
      console.await(0, "TROUPE GUEST UP", 1200);
      Thread.sleep(2000);
      assertEquals(Answer.DONE, run.engine().ask(first, VirtualMachine.Save::new));
    }
    System.gc();
    long before = resident();
    Path states = directory.resolve("states");
    try (EngineRun run = new EngineRun(directory, 2, SHARED + GUESTS * ADMITTED, translation)) {
      List<ActorRef<VirtualMachine.Command>> vms = new ArrayList<>();
      for (int i = 0; i < GUESTS; i++) {
        Files.copy(states.resolve("first.state"), states.resolve("idle" + i + ".state"));
        ActorRef<VirtualMachine.Command> vm = run.create(guest("idle" + i));
        assertEquals(Answer.DONE, run.turnOn(vm));
        vms.add(vm);
      }
      Thread.sleep(10_000);
      List<Usage> begin = vms.stream().map(vm -> run.status(vm).usage()).toList();
      long start = System.nanoTime();
      Thread.sleep(SECONDS * 1000L);
      double most = 0;
      double sum = 0;
      for (int i = 0; i < GUESTS; i++) {
        double percent =
            (run.status(vms.get(i)).usage().used() - begin.get(i).used())
                * 100.0
                / (System.nanoTime() - start);
        most = Math.max(most, percent);
        sum += percent;
      }
      long each = (resident() - before) / GUESTS;
      System.out.printf(
          "%d idle Linux guests of %d MiB: %d MiB resident each (%d in all); CPU %.2f %% each, %.2f at"
              + " most%n",
          GUESTS, MEMORY, each, resident(), sum / GUESTS, most);
      assertTrue(resident() / GUESTS < MOST_RESIDENT || GUESTS < 10, "resident " + resident());
      // Halted, it costs nothing; but this kernel wakes 250 times a second, idle or not.
      assertTrue(most < MOST_CPU, "CPU " + most);
    }
  }
}
