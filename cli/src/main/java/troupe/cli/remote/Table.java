package troupe.cli.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text in columns: the first is to the left, the others to the right. */
final class Table {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private final List<String[]> rows = new ArrayList<>();

  Table row(String... cells) {
    rows.add(cells);
    return this;
  }

  List<String> lines() {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String format = (i < 2 ? "%-" : "%") + Math.max(1, widths[i]) + "s";
        line.append(i == 0 ? "" : "  ").append(format.formatted(row[i]));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Bytes with a unit, such as 1.5 MiB. */
  static String bytes(double value) {
    double scaled = value;
    int unit = 0;
    while (scaled >= 1000 && unit < UNITS.length - 1) {
      scaled /= 1024;
      unit++;
    }
    return unit == 0 ? "%.0f B".formatted(scaled) : number(scaled) + " " + UNITS[unit];
  }
}
