package troupe.cli.script;

import java.util.List;

/**
 * A script that has been read.
 *
 * @param name of its file, for messages
 */
public record Script(String name, List<Line> lines) {
  /**
   * One step.
   *
   * @param number of the line in the file, from 1
   * @param source the line as written
   */
  public record Line(int number, String source, Step step) {}

  public Script {
    lines = List.copyOf(lines);
  }
}
