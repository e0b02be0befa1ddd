package troupe.processor.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import troupe.processor.Processor;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.RegionStore;

/** A short run of the fuzzer, and what longer ones have found ({@code conformance/fuzz}). */
class FuzzTest {
  private static final Path REPRODUCERS = Path.of("src/test/reproducers");
  private static final int PROGRAMS = Integer.getInteger("troupe.fuzz.programs", 60);

  @Test
  void randomProgramsDoTheSameTranslated() {
    Set<Mode> modes = EnumSet.noneOf(Mode.class);
    long instructions = 0;
    long regions = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      FuzzProgram program = ProgramMaker.make(seed);
      Fuzz.Outcome outcome = Fuzz.run(program);
      long number = seed;
      assertEquals(Optional.empty(), outcome.difference(), () -> "seed " + number);
      modes.add(program.mode());
      instructions += outcome.instructions();
      regions += outcome.regions();
    }
    assertEquals(EnumSet.allOf(Mode.class), modes);
    assertTrue(instructions > 100L * PROGRAMS, "instructions compared: " + instructions);
    assertTrue(regions > 2L * PROGRAMS, "regions that ran: " + regions);
  }

  static List<Path> reproducers() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(REPRODUCERS, "*.txt")) {
      found.forEach(files::add);
    }
    Collections.sort(files);
    return files;
  }

  @ParameterizedTest
  @MethodSource("reproducers")
  void whatOnceDifferedIsTheSame(Path file) throws IOException {
    FuzzProgram program = FuzzProgram.parse(Files.readAllLines(file));
    assertEquals(Optional.empty(), Fuzz.run(program).difference());
  }

  @Test
  void programsAreTheSameAsText() {
    FuzzProgram program = ProgramMaker.make(3);
    assertEquals(program.text(), FuzzProgram.parse(program.text().lines().toList()).text());
  }

  /** A comparison that compares nothing would find nothing. */
  @Test
  void lockStepSeesADifference() {
    FuzzProgram program = ProgramMaker.make(0);
    FuzzImage image = new FuzzImage(program);
    LockStep.Image spoiled =
        new LockStep.Image() {
          private int started;

          @Override
          public long bytes() {
            return image.bytes();
          }

          @Override
          public void fill(PhysicalMemory memory, PhysicalMemory.Device device) {
            image.fill(memory, device);
          }

          @Override
          public void start(Processor processor) {
            image.start(processor);
            if (++started == 2) {
              processor.simd.xmm[7] ^= 1;
            }
          }
        };
    RegionStore store = new RegionStore(RegionStore.Limits.EVERYTHING, Runnable::run);
    String difference = new LockStep(store, spoiled, 0x20).run(1).orElse("");
    assertTrue(difference.contains("xmm[7]"), difference);
  }
}
