package troupe.conformance.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Other people's systems on floppy disks, from the folder {@code systems} in the one that
 * TROUPE_SUITES names; {@code docs/conformance.md} says which. Those that are not there are
 * skipped.
 */
@Tag("guest")
class SystemsTest {
  enum Floppy {
    FREEDOS("freedos722.img", "freedos"),
    MSDOS_EMM386("msdos.img", "msdos-emm386"),
    MSDOS_UMBPCI("msdos.img", "msdos-umbpci"),
    OPENBSD("openbsd.img", "openbsd"),
    KOLIBRI("kolibri.img", "graphics"),
    WINDOWS_1("windows101.img", "graphics");

    final String image;
    final String script;

    Floppy(String image, String script) {
      this.image = image;
      this.script = script;
    }
  }

  @ParameterizedTest
  @EnumSource
  void runs(Floppy system) throws Exception {
    run(TroupeRun.Engine.USUAL, system);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void runsTranslated(Floppy system) throws Exception {
    run(TroupeRun.Engine.TRANSLATOR, system);
  }

  private static void run(TroupeRun.Engine engine, Floppy system) throws Exception {
    String folder = System.getenv("TROUPE_SUITES");
    Assumptions.assumeTrue(folder != null, "TROUPE_SUITES is not set");
    Path image = Path.of(folder, "systems", system.image);
    Assumptions.assumeTrue(Files.exists(image), () -> "no " + image);
    TroupeRun run = new TroupeRun(engine, "system-" + system.name().toLowerCase(Locale.ROOT));
    Path copy = Files.copy(image, run.folder().resolve("floppy.img"));
    run.with("--memory", "64", "--fda", copy.toString())
        .script(system.script)
        .within(480)
        .hasStatus(TroupeRun.ENDED)
        .shows("end.png", 20);
  }
}
