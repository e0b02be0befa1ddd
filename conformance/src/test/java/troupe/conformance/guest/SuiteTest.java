package troupe.conformance.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Third-party suites from the folder that TROUPE_SUITES names, built beforehand as {@code
 * docs/conformance.md} says. Without it they are skipped.
 */
@Tag("guest")
@Execution(ExecutionMode.CONCURRENT)
class SuiteTest {
  private static Path image(String name) {
    String folder = System.getenv("TROUPE_SUITES");
    Assumptions.assumeTrue(folder != null, "TROUPE_SUITES is not set");
    Path image = Path.of(folder, name);
    Assumptions.assumeTrue(Files.exists(image), () -> "no " + image);
    return image;
  }

  @ParameterizedTest
  @EnumSource
  void test386(TroupeRun.Engine engine) throws Exception {
    Path image = image("test386.bin");
    Path reference = image("test386-EE-reference.txt");
    TroupeRun run = new TroupeRun(engine, "test386");
    run.with("--memory", "16", "--bios", image.toString())
        .with("--port-log", "0x190=post.bin", "--port-log", "0xe9=results.txt")
        .exactly(engine == TroupeRun.Engine.TRANSLATOR ? 120 : 60)
        .hasStatus(TroupeRun.TIME_IS_UP);
    byte[] posts = Files.readAllBytes(run.folder().resolve("post.bin"));
    assertEquals((byte) 0xFF, posts[posts.length - 1], "the last POST code");
    assertArrayEquals(
        Files.readAllBytes(reference), Files.readAllBytes(run.folder().resolve("results.txt")));
  }

  /** The test's {@code main} returned 0: the exit port gets (0 << 1) | 1. */
  private static final int PASSED = 1;

  /** Those that apply to one 686 processor. */
  enum KvmUnitTest {
    REALMODE,
    CMPXCHG8B,
    SETJMP,
    SIEVE,
    TASKSWITCH,
    TASKSWITCH2,
    UMIP,
    SMPTEST;

    String file() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void kvmUnitTestsUsually(KvmUnitTest test) throws Exception {
    passes(TroupeRun.Engine.USUAL, test.file());
  }

  @ParameterizedTest
  @EnumSource
  void kvmUnitTestsTranslated(KvmUnitTest test) throws Exception {
    passes(TroupeRun.Engine.TRANSLATOR, test.file());
  }

  private static void passes(TroupeRun.Engine engine, String name) throws Exception {
    Path image = image("kvm-unit-tests/" + name + ".flat");
    Path environment = image("kvm-unit-tests/env");
    TroupeRun run =
        new TroupeRun(engine, "kvm-" + name)
            .with("--memory", "128", "--kernel", image.toString())
            .with("--initrd", environment.toString(), "--exit-port", "0xf4", "--no-reboot")
            .transcript()
            .within(600);
    String transcript = run.serial();
    if (name.equals("taskswitch2")) {
      // Two of its cases send themselves interrupts through a local APIC.
      Matcher failed = Pattern.compile("(?m)^FAIL: (.*)$").matcher(transcript);
      while (failed.find()) {
        assertTrue(failed.group(1).matches("(NMI|IRQ) external"), failed.group());
      }
      assertTrue(transcript.contains("SUMMARY: 13 tests"), transcript);
      return;
    }
    // A run that could not begin has the same status.
    assertFalse(transcript.isEmpty(), run.messages());
    run.hasStatus(PASSED);
    assertFalse(transcript.contains("FAIL"), transcript);
  }
}
