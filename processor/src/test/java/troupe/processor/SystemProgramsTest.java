package troupe.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.RegionStore;

/** Runs the self-checking programs of src/test/asm, written from the SDM. Needs nasm. */
class SystemProgramsTest {
  private static final Path SOURCES = Path.of("src/test/asm");
  private static final int LOAD_ADDRESS = 0x8000;
  private static final int PASSED = 0xF0;
  private static final int FAILED = 0xF1;
  private static final long BUDGET = 10_000_000;

  @TempDir Path folder;

  /** What the program reported. */
  private static final class Bench extends TestBus {
    String outcome = "nothing reported";

    @Override
    public void write8(int port, int value) {
      if (port == PASSED) {
        outcome = "passed";
      }
    }

    @Override
    public void write32(int port, int value) {
      if (port == FAILED) {
        outcome = "failed at %x".formatted(value);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"paging", "debug", "code", "syscall", "segments", "v86", "near"})
  void passes(String name) throws IOException, InterruptedException {
    passes(name, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"paging", "debug", "code", "syscall", "segments", "v86", "near"})
  void passesTranslated(String name) throws IOException, InterruptedException {
    passes(name, new RegionStore(RegionStore.Limits.EVERYTHING, Runnable::run));
  }

  private void passes(String name, RegionStore translation)
      throws IOException, InterruptedException {
    byte[] program = assemble(name);
    PhysicalMemory memory = new PhysicalMemory(16 << 20);
    memory.write(LOAD_ADDRESS, program, 0, program.length);
    Bench bench = new Bench();
    Processor c =
        new Processor(CpuModel.DEFAULT, memory, bench, new TestSurroundings(), translation);
    c.segments.setReal(Processor.CS, 0);
    c.eip = LOAD_ADDRESS;
    c.run(BUDGET);
    assertEquals("passed", bench.outcome, () -> name + ".asm ended at\n" + c.describe());
    assertEquals(translation != null, c.translation().regions() > 0);
  }

  private byte[] assemble(String name) throws IOException, InterruptedException {
    Path binary = folder.resolve(name + ".bin");
    Process nasm =
        new ProcessBuilder("nasm", "-f", "bin", "-o", binary.toString(), name + ".asm")
            .directory(new File(SOURCES.toString()))
            .inheritIO()
            .start();
    assertEquals(true, nasm.waitFor(30, TimeUnit.SECONDS), "nasm does not end");
    assertEquals(0, nasm.exitValue(), "nasm fails on " + name + ".asm");
    return Files.readAllBytes(binary);
  }
}
