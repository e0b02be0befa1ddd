package troupe.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a daemon is. Its own configuration must have the same name for its host. */
public record ServerAddress(String host, int port) {
  public static final int DEFAULT_PORT = 7531;

  /** The daemon of this host, as it is if nothing else is configured. */
  public static final ServerAddress LOCAL = new ServerAddress("127.0.0.1", DEFAULT_PORT);

  private static final Pattern FORM =
      Pattern.compile("(?:troupe://)?([A-Za-z0-9.-]+)(?::(\\d{1,5}))?/?");

  /**
   * Reads {@code [troupe://]HOST[:PORT]}.
   *
   * @throws IllegalArgumentException says what is wrong
   */
  public static ServerAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    int port =
        !matcher.matches()
            ? 0
            : matcher.group(2) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 0xFFFF) {
      throw new IllegalArgumentException("\"" + text + "\" is not troupe://HOST:PORT");
    }
    return new ServerAddress(matcher.group(1), port);
  }

  @Override
  public String toString() {
    return "troupe://" + host + ":" + port;
  }
}
