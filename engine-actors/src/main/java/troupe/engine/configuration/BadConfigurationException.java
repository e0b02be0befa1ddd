package troupe.engine.configuration;

import com.typesafe.config.ConfigOrigin;

/** A configuration that cannot be used. The message is one line: file, line and reason. */
public final class BadConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadConfigurationException(String reason) {
    super(reason);
  }

  BadConfigurationException(ConfigOrigin place, String reason) {
    super(describe(place) + ": " + reason);
  }

  private static String describe(ConfigOrigin place) {
    String file = place.filename() == null ? place.description() : place.filename();
    return place.filename() != null && place.lineNumber() > 0
        ? file + ":" + place.lineNumber()
        : file;
  }
}
