package troupe.conformance.silicon;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the instruction table that a user-mode program can run, executed by this host's own
 * processor and by ours from the same random states.
 */
class SiliconTest {
  private static final Path TABLE = Path.of("../processor/src/main/table");
  private static final Path SOURCE = Path.of("src/silicon/silicon.c");

  /** Cases of each row; {@code -Dtroupe.silicon.cases=N} runs more. */
  private static final int CASES = Integer.getInteger("troupe.silicon.cases", 300);

  /** As many for translated code, each of which takes a hundred times as long. */
  private static final int TRANSLATED_CASES = Integer.getInteger("troupe.silicon.translated", 6);

  /** {@code -Dtroupe.silicon.rows=REGEX} takes only rows whose text it is found in. */
  private static final Pattern ROWS =
      Pattern.compile(System.getProperty("troupe.silicon.rows", ""));

  private static final int SHOWN = 4;

  @TestFactory
  Stream<DynamicTest> interpreted() throws Exception {
    return rows(false, CASES);
  }

  @TestFactory
  Stream<DynamicTest> translated() throws Exception {
    return rows(true, TRANSLATED_CASES);
  }

  private static Stream<DynamicTest> rows(boolean translated, int count) throws Exception {
    Assumptions.assumeTrue(
        List.of("amd64", "x86_64", "i386").contains(System.getProperty("os.arch")),
        "this host's processor is no x86");
    Silicon silicon = new Silicon(SOURCE, Path.of("target/silicon"));
    OurProcessor ours = new OurProcessor(translated);
    return Row.readAll(TABLE).stream()
        .filter(row -> LeftOut.reason(row) == null && ROWS.matcher(row.text()).find())
        .map(row -> dynamicTest(row.text(), () -> check(row, count, silicon, ours)));
  }

  static void check(Row row, int count, Silicon silicon, OurProcessor ours) throws Exception {
    List<Case> cases = new CaseMaker(row).make(count);
    List<Result> expected = silicon.run(cases);
    int wrong = 0;
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Case c = cases.get(i);
      List<String> differences = Comparison.differences(c, expected.get(i), ours.run(c));
      if (!differences.isEmpty() && ++wrong <= SHOWN) {
        shown.add(describe(c) + "\n    " + String.join("\n    ", differences));
      }
    }
    if (wrong > 0) {
      fail("%d of %d cases differ:%n%s".formatted(wrong, cases.size(), String.join("\n", shown)));
    }
  }

  private static String describe(Case c) {
    Image b = c.before();
    int[] r = b.general();
    StringBuilder text = new StringBuilder("  " + c.bytes());
    String[] names = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    for (int i = 0; i < 8; i++) {
      text.append(" %s=%X".formatted(names[i], r[i]));
    }
    text.append(" flags=%X".formatted(b.eflags()));
    if (c.operandAddress() != 0) {
      int at = c.operandAddress() - Image.MEMORY;
      int end = Math.min(at + 16, Image.MEMORY_BYTES);
      text.append(" memory=").append(HexFormat.of().formatHex(b.memory(), at, end));
    }
    if (c.row().has("fpu") || c.row().has("mmx")) {
      text.append(
          " fcw=%X fsw=%X ftw=%X st0=%04X %016X st1=%04X %016X"
              .formatted(
                  b.fcw(),
                  b.fsw(),
                  b.tags(),
                  b.signExponent(0),
                  b.significand(0),
                  b.signExponent(1),
                  b.significand(1)));
    }
    if (c.row().has("sse") || c.row().has("sse2")) {
      text.append(" mxcsr=%X".formatted(b.mxcsr()));
      for (int i = 0; i < 8; i++) {
        text.append(
            " xmm%d=%016X%016X"
                .formatted(i, b.fx().getLong(168 + 16 * i), b.fx().getLong(160 + 16 * i)));
      }
    }
    return text.toString();
  }
}
