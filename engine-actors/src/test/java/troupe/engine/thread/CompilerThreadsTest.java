package troupe.engine.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class CompilerThreadsTest {
  /** Where proc_pid_stat(5) has the nice value, counted from what comes after the name. */
  private static final int NICE_FIELD = 16;

  private static List<Integer> nices() throws IOException {
    List<Integer> found = new ArrayList<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(CompilerThreads.TASKS, CompilerThreads::isOne)) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        found.add(Integer.parseInt(fields[NICE_FIELD]));
      }
    }
    return found;
  }

  @Test
  void itsThreadsGiveWay() throws IOException {
    CompilerThreads.giveWayToGuests();
    List<Integer> nices = nices();
    assertFalse(nices.isEmpty());
    nices.forEach(nice -> assertEquals(CompilerThreads.NICE, nice));
  }
}
