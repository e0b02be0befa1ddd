package troupe.engine.saved;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.processor.memory.GuestPage;

/** A process that saves again and again is killed: there is a whole state, the old or the new. */
@Timeout(600)
class KilledSaveTest {
  private static final int KILLS = Integer.getInteger("troupe.kills", 2);
  private static final int PAGES = 4096;

  @TempDir Path directory;

  /** Saves states number 1, 2, 3 …, each full of its number, and says so after each. */
  static final class Saver {
    private Saver() {}

    /** The file is the argument. */
    public static void main(String[] args) throws Exception {
      Path file = Path.of(args[0]);
      for (int number = 1; ; number++) {
        SavedStateFile.write(file, state(number));
        System.out.println(number);
      }
    }
  }

  private static SavedState state(int number) {
    byte[][] ram = new byte[PAGES][];
    Random random = new Random(number);
    for (int page = 0; page < PAGES; page++) {
      ram[page] = GuestPage.make();
      random.nextBytes(ram[page]);
    }
    return new SavedState(
        new SavedState.Header("vm", number, PAGES, List.of()), new byte[] {(byte) number}, ram);
  }

  @Test
  void thereIsAlwaysAWholeState() throws Exception {
    Path file = directory.resolve("vm.state");
    Random random = new Random(9);
    for (int kill = 0; kill < KILLS; kill++) {
      Path said = directory.resolve("said");
      Process saver =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Saver.class.getName(),
                  file.toString())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        long end = System.nanoTime() + 60_000_000_000L;
        while (Files.size(said) == 0 && saver.isAlive() && System.nanoTime() < end) {
          Thread.sleep(5);
        }
        Thread.sleep(random.nextInt(500));
      } finally {
        saver.destroyForcibly();
        saver.waitFor(10, TimeUnit.SECONDS);
      }
      List<String> lines = Files.readAllLines(said);
      assertTrue(!lines.isEmpty(), "nothing was saved");
      long last = lines.getLast().isEmpty() ? 0 : Long.parseLong(lines.getLast());
      SavedState found = SavedStateFile.read(file);
      long number = found.header().savedAt();
      assertTrue(number >= last && number <= last + 1, number + " after " + last);
      assertEquals((byte) number, found.machine()[0]);
      byte[][] right = state((int) number).ram();
      for (int page = 0; page < PAGES; page++) {
        int differs =
            Arrays.mismatch(right[page], 0, SavedState.PAGE, found.ram()[page], 0, SavedState.PAGE);
        assertEquals(-1, differs, "page " + page);
      }
      assertTrue(new File(file.toString()).isFile());
    }
  }
}
