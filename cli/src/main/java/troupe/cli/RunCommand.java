package troupe.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import troupe.engine.pc.KernelFile;

/** {@code troupe run}: one PC in the foreground, no daemon. */
@Command(
    description = "Runs one PC in the foreground.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "With --serial stdio on a terminal, Ctrl-] ends the run; all other keys go to the guest.",
      "Exit status: 0 the guest powered off, or reset under --no-reboot, or the script said quit;",
      "1 usage or configuration; 3 a script's wait timed out; 4 the guest triple-faulted under",
      "--no-reboot, or its machine failed; 5 --max-seconds passed."
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private PcOptions pc;
  @Mixin private RunOptions options;

  /** Begins to read the kernel that the words of the command name, before they are parsed. */
  static void readKernelAhead(List<String> words) {
    kernel(words).ifPresent(KernelFile::readAhead);
  }

  /** The file that the words of the command name as kernel, before they are parsed. */
  static Optional<Path> kernel(List<String> words) {
    for (int n = 1; n < words.size() && words.getFirst().equals("run"); n++) {
      if (words.get(n).startsWith("--kernel=")) {
        return Optional.of(Path.of(words.get(n).substring("--kernel=".length())));
      }
      if (words.get(n - 1).equals("--kernel")) {
        return Optional.of(Path.of(words.get(n)));
      }
    }
    return Optional.empty();
  }

  @Override
  public Integer call() throws Exception {
    return new OneRun(pc, options, new Machines(pc.engine)).run();
  }
}
