package troupe.cli.disk;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;

/** Maps, lists, strings, numbers and booleans as JSON. */
final class Json {
  private static final ConfigRenderOptions OPTIONS =
      ConfigRenderOptions.concise().setFormatted(true).setJson(true);

  private Json() {}

  static String of(Map<String, Object> object) {
    return ConfigValueFactory.fromMap(object).render(OPTIONS).stripTrailing();
  }
}
