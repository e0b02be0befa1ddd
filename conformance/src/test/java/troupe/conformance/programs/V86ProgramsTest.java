package troupe.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The instruction tests of v86 (tests/nasm there), built beforehand as {@code docs/conformance.md}
 * says: programs for 32-bit protected mode, and what a real processor made of each. Skipped unless
 * the folder that TROUPE_SUITES names has them.
 */
@Tag("guest")
class V86ProgramsTest {
  private static final int SHOWN = 20;

  /**
   * Instructions that came after the 686 with SSE2: FISTTP, horizontal additions and subtractions,
   * MOVDDUP, MOVSLDUP and MOVSHDUP of SSE3, and POPCNT. Ours do not know them.
   */
  private static final Pattern LATER =
      Pattern.compile("gen_(660f7[cd]|f20f7[cd]|f20f12|f30f1[26]|f30fb8|d[bdf]_1)_.*");

  private static final String UNDEFINED = "exception 6 in place of -1";

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endAsOnARealProcessor(boolean translated) throws IOException {
    String folder = System.getenv("TROUPE_SUITES");
    Assumptions.assumeTrue(folder != null, "TROUPE_SUITES is not set");
    Path programs = Path.of(folder, "v86-nasm");
    Assumptions.assumeTrue(Files.isDirectory(programs), () -> "no " + programs);
    List<Path> fixtures = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(programs, "*.fixture")) {
      found.forEach(fixtures::add);
    }
    Collections.sort(fixtures);
    assertFalse(fixtures.isEmpty(), () -> "no programs in " + programs);
    List<String> wrong = new ArrayList<>();
    for (Path fixture : fixtures) {
      String name = fixture.getFileName().toString().replace(".fixture", "");
      byte[] program = Files.readAllBytes(programs.resolve(name + ".img"));
      List<String> differences =
          new V86Program(program, translated).differences(Files.readString(fixture));
      boolean later = LATER.matcher(name).matches();
      if (!differences.isEmpty() && !(later && differences.getFirst().startsWith(UNDEFINED))) {
        wrong.add(name + ": " + String.join(", ", differences));
      }
    }
    if (!wrong.isEmpty()) {
      fail(
          "%d of %d programs differ:%n%s"
              .formatted(
                  wrong.size(),
                  fixtures.size(),
                  String.join("\n", wrong.subList(0, Math.min(SHOWN, wrong.size())))));
    }
  }
}
