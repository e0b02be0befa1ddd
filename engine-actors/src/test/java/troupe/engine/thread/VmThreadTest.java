package troupe.engine.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class VmThreadTest {
  private static String allowed() throws Exception {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .findFirst()
        .orElseThrow()
        .split("\\s+")[1];
  }

  @Test
  void aThreadRunsWhereItIsBoundTo() throws Exception {
    VmThread thread = new VmThread("bound");
    try {
      String before = thread.submit(VmThreadTest::allowed).get(10, TimeUnit.SECONDS);
      int first = Integer.parseInt(before.split("[-,]")[0]);
      BitSet all = thread.submit(ThreadAffinity::current).get(10, TimeUnit.SECONDS).orElseThrow();
      BitSet cpus = new BitSet();
      cpus.set(first);
      thread.bind(cpus);
      assertEquals(
          String.valueOf(first), thread.submit(VmThreadTest::allowed).get(10, TimeUnit.SECONDS));
      assertEquals(
          Optional.of(cpus), thread.submit(ThreadAffinity::current).get(10, TimeUnit.SECONDS));
      thread.bind(all);
      assertEquals(before, thread.submit(VmThreadTest::allowed).get(10, TimeUnit.SECONDS));
    } finally {
      thread.shutdownNow();
    }
  }

  /** Not for longer than it may, and not when there is work. */
  @Test
  void lingersUntilThereIsWork() throws Exception {
    VmThread thread = new VmThread("lingering");
    try {
      long millis = 200;
      assertTrue(thread.submit(() -> lingered(thread, millis)).get(10, TimeUnit.SECONDS) >= millis);
      CountDownLatch lingers = new CountDownLatch(1);
      Future<Long> lingered =
          thread.submit(
              () -> {
                lingers.countDown();
                return lingered(thread, TimeUnit.MINUTES.toMillis(10));
              });
      lingers.await();
      assertEquals(1, thread.submit(() -> 1).get(10, TimeUnit.SECONDS));
      assertTrue(lingered.isDone());
    } finally {
      thread.shutdownNow();
    }
  }

  /** How long it did, in milliseconds. */
  private static long lingered(VmThread thread, long mostMillis) {
    long begin = System.nanoTime();
    thread.lingerForWork(TimeUnit.MILLISECONDS.toNanos(mostMillis));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }
}
