package troupe.diskio.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where on the host the bytes of a serial or parallel port go to and come from. */
public sealed interface ByteEndpoint {
  /** Forms that {@link #parse} understands, for help texts. */
  String FORMS = "null, stdio, file:PATH, tcp:HOST:PORT, tcp-listen:[HOST:]PORT, unix:PATH";

  /** Swallows what the guest sends, sends nothing. */
  record Null() implements ByteEndpoint {}

  /** The standard streams of this process. */
  record Stdio() implements ByteEndpoint {}

  /** A file, started anew, that receives what the guest sends. */
  record ToFile(Path path) implements ByteEndpoint {}

  /** Connects to a TCP server when opened. */
  record TcpConnect(String host, int port) implements ByteEndpoint {}

  /** A TCP server, for one client at a time. Port 0 lets the host choose. */
  record TcpListen(String host, int port) implements ByteEndpoint {}

  /** A Unix domain socket that listens, for one client at a time. */
  record UnixListen(Path path) implements ByteEndpoint {}

  /**
   * Understands one of {@link #FORMS}.
   *
   * @throws EndpointException saying what is wrong
   */
  static ByteEndpoint parse(String text) throws EndpointException {
    if (text.equals("null")) {
      return new Null();
    }
    if (text.equals("stdio")) {
      return new Stdio();
    }
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    return switch (kind) {
      case "file" -> new ToFile(path(text, rest));
      case "unix" -> new UnixListen(path(text, rest));
      case "tcp" -> new TcpConnect(host(text, rest), port(text, rest));
      case "tcp-listen" ->
          new TcpListen(rest.indexOf(':') < 0 ? "127.0.0.1" : host(text, rest), port(text, rest));
      default -> throw new EndpointException(text, "is none of " + FORMS);
    };
  }

  private static Path path(String text, String rest) throws EndpointException {
    try {
      if (!rest.isEmpty()) {
        return Path.of(rest);
      }
    } catch (InvalidPathException e) {
      throw new EndpointException(text, e.getReason());
    }
    throw new EndpointException(text, "a path must follow the colon");
  }

  private static String host(String text, String rest) throws EndpointException {
    int colon = rest.lastIndexOf(':');
    String host = colon < 0 ? "" : rest.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty()) {
      throw new EndpointException(text, "HOST:PORT must follow the first colon");
    }
    return host;
  }

  private static int port(String text, String rest) throws EndpointException {
    String digits = rest.substring(rest.lastIndexOf(':') + 1);
    try {
      int port = Integer.parseInt(digits);
      if (port >= 0 && port <= 0xFFFF) {
        return port;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new EndpointException(text, "the port must be a number from 0 to 65535");
  }

  /**
   * Opens it: the file is made, the server listens, the client is connected.
   *
   * @param input what {@link Stdio} reads, usually {@code System.in}
   * @param output what {@link Stdio} writes; neither is ever closed
   * @throws EndpointException if it cannot be opened
   */
  default OpenEndpoint open(InputStream input, OutputStream output) throws EndpointException {
    try {
      return switch (this) {
        case Null n -> OpenEndpoint.single("null", new OneWayLine(OutputStream.nullOutputStream()));
        case Stdio s -> OpenEndpoint.single("stdio", new StreamLine(input, output));
        case ToFile f ->
            OpenEndpoint.single(
                "file:" + f.path, new OneWayLine(java.nio.file.Files.newOutputStream(f.path)));
        case TcpConnect t -> OpenEndpoint.single(toString(t), SocketLine.connect(t.host, t.port));
        case TcpListen t -> ListeningEndpoint.tcp(t.host, t.port);
        case UnixListen u -> ListeningEndpoint.unix(u.path);
      };
    } catch (EndpointException e) {
      throw e;
    } catch (IOException e) {
      throw new EndpointException(describe(), e);
    }
  }

  private static String toString(TcpConnect t) {
    return "tcp:" + t.host + ":" + t.port;
  }

  /** In the form that {@link #parse} understands. */
  default String describe() {
    return switch (this) {
      case Null n -> "null";
      case Stdio s -> "stdio";
      case ToFile f -> "file:" + f.path;
      case TcpConnect t -> toString(t);
      case TcpListen t -> "tcp-listen:" + t.host + ":" + t.port;
      case UnixListen u -> "unix:" + u.path;
    };
  }
}
