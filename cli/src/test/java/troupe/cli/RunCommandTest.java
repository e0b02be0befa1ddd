package troupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "run --kernel a --hda b, a",
        "run --hda b --kernel=a, a",
        "run --kernel, -",
        "run --hda b, -",
        "serve --kernel a, -",
        "'', -"
      })
  void theKernelIsFoundAmongTheWords(String words, String kernel) {
    assertEquals(
        Optional.ofNullable(kernel).map(Path::of),
        RunCommand.kernel(words.isEmpty() ? List.of() : List.of(words.split(" "))));
  }
}
