package troupe.engine.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
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
      BitSet cpus = new BitSet();
      cpus.set(first);
      thread.bind(cpus);
      assertEquals(
          String.valueOf(first), thread.submit(VmThreadTest::allowed).get(10, TimeUnit.SECONDS));
    } finally {
      thread.shutdownNow();
    }
  }
}
