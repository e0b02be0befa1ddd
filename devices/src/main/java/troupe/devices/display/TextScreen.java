package troupe.devices.display;

import java.util.List;

/**
 * What a screen in text mode says.
 *
 * @param columns characters of a line
 * @param lines top to bottom, each {@code columns} long, blanks included
 * @param cursorColumn from 0; -1 if no cursor is on the screen
 * @param cursorRow from 0; -1 if no cursor is on the screen
 */
public record TextScreen(int columns, List<String> lines, int cursorColumn, int cursorRow) {
  public TextScreen {
    lines = List.copyOf(lines);
  }

  /** Whether {@code text} stands in one of the lines. */
  public boolean contains(String text) {
    return lines.stream().anyMatch(line -> line.contains(text));
  }

  /** All lines without trailing blanks, each ended by a line feed. */
  public String text() {
    StringBuilder all = new StringBuilder();
    for (String line : lines) {
      all.append(line.stripTrailing()).append('\n');
    }
    return all.toString();
  }
}
