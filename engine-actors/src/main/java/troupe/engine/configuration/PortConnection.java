package troupe.engine.configuration;

import java.nio.file.Path;
import java.util.OptionalInt;

/** What a serial or parallel port is connected to on the host. */
public sealed interface PortConnection {
  /** The terminal that the command runs on. */
  record Stdio() implements PortConnection {}

  /** Nothing: output is dropped. */
  record Nothing() implements PortConnection {}

  /** Output goes to a file, which is emptied first unless {@code append}. */
  record ToFile(Path file, boolean append) implements PortConnection {}

  /** A TCP port of the host that one client at a time connects to. */
  record Tcp(String host, int port) implements PortConnection {}

  /** A Unix-domain socket of the host that one client at a time connects to. */
  record Unix(Path socket) implements PortConnection {}

  /** The same for a PC that goes on: what it has said before stays. */
  default PortConnection continued() {
    return this instanceof ToFile(Path file, boolean _) ? new ToFile(file, true) : this;
  }

  /**
   * Reads the form of the command line: stdio, null, file:PATH, tcp:HOST:PORT or unix:PATH.
   *
   * @throws IllegalArgumentException says what is wrong with {@code text}
   */
  static PortConnection parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    return switch (kind) {
      case "stdio" -> bare(text, new Stdio());
      case "null" -> bare(text, new Nothing());
      case "file" -> new ToFile(path(text, rest), false);
      case "unix" -> new Unix(path(text, rest));
      case "tcp" -> tcp(rest);
      default ->
          throw new IllegalArgumentException(
              "\"%s\" is none of stdio, null, file:PATH, tcp:HOST:PORT, unix:PATH".formatted(text));
    };
  }

  /** Reads HOST:PORT. */
  static Tcp tcp(String text) {
    int colon = text.lastIndexOf(':');
    OptionalInt port = colon < 1 ? OptionalInt.empty() : portNumber(text.substring(colon + 1));
    if (port.isEmpty()) {
      throw new IllegalArgumentException("\"%s\" is not HOST:PORT".formatted(text));
    }
    return new Tcp(text.substring(0, colon), port.getAsInt());
  }

  private static OptionalInt portNumber(String text) {
    try {
      int port = Integer.parseInt(text);
      return port >= 0 && port <= 0xFFFF ? OptionalInt.of(port) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private static PortConnection bare(String text, PortConnection connection) {
    if (text.indexOf(':') >= 0) {
      throw new IllegalArgumentException("\"%s\" takes nothing after the name".formatted(text));
    }
    return connection;
  }

  private static Path path(String text, String rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException("\"%s\" names no file".formatted(text));
    }
    return Path.of(rest);
  }
}
