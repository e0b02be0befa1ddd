package troupe.cli.disk;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.util.Locale;

/** Sizes as people write them. */
final class Sizes {
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

  private Sizes() {}

  /** Bytes of a text such as {@code 10GiB}, {@code 512 MiB} or {@code 1048576}. */
  static long parse(String option, String text) throws IOException {
    try {
      return ConfigValueFactory.fromAnyRef(text).atKey("size").getBytes("size");
    } catch (ConfigException e) {
      throw new IOException(option + " takes a size such as 10GiB, not " + text);
    }
  }

  static String text(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " bytes"
        : String.format(Locale.ROOT, "%.4g %s (%d bytes)", value, UNITS[unit], bytes);
  }
}
