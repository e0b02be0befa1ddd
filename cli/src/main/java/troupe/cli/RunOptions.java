package troupe.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say how a run goes and what is to be left of it. */
final class RunOptions {
  @Option(names = "--script", paramLabel = "FILE", description = "Drives the guest line by line.")
  Path script;

  @Option(
      names = "--max-seconds",
      paramLabel = "N",
      description = "Ends the run with status 5 after that time.")
  Double maxSeconds;

  @Option(
      names = "--screenshot",
      paramLabel = "FILE.png",
      description = "Writes the last screen to a file.")
  Path screenshot;

  @Option(names = "--stats", paramLabel = "FILE.json", description = "Writes figures to a file.")
  Path stats;
}
