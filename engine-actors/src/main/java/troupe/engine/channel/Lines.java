package troupe.engine.channel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import troupe.engine.configuration.PortConnection;

/** Opens lines. All errors are {@link IOException}s whose message is one line for people. */
public final class Lines {
  private final Optional<Supplier<Line>> terminal;

  /**
   * @param terminal makes the line to the terminal that the command runs on, if there is one
   */
  public Lines(Optional<Supplier<Line>> terminal) {
    this.terminal = terminal;
  }

  public Line open(PortConnection connection) throws IOException {
    return switch (connection) {
      case PortConnection.Stdio _ ->
          terminal.orElseThrow(() -> new IOException("a daemon's VM has no stdio")).get();
      case PortConnection.Nothing _ -> new NoLine();
      case PortConnection.ToFile(Path file, boolean append) -> new FileLine(file, append);
      case PortConnection.Tcp(String host, int port) -> {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
          InetSocketAddress address = new InetSocketAddress(host, port);
          if (address.isUnresolved()) {
            throw new IOException("unknown host");
          }
          server.bind(address, 1);
          yield new ServerLine(server, () -> {});
        } catch (IOException e) {
          server.close();
          throw new IOException(
              "cannot listen at tcp:%s:%d: %s".formatted(host, port, e.getMessage()), e);
        }
      }
      case PortConnection.Unix(Path socket) -> {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          if (Files.exists(socket) && !Files.isRegularFile(socket) && !Files.isDirectory(socket)) {
            // Left behind by a run that was killed; bind would refuse it.
            Files.delete(socket);
          }
          server.bind(UnixDomainSocketAddress.of(socket), 1);
          yield new ServerLine(server, () -> Files.deleteIfExists(socket));
        } catch (IOException e) {
          server.close();
          throw new IOException(
              "cannot listen at unix:%s: %s".formatted(socket, e.getMessage()), e);
        }
      }
    };
  }

  private static final class NoLine implements Line {
    @Override
    public int read(byte[] target) {
      return -1;
    }

    @Override
    public void write(byte[] bytes) {}

    @Override
    public void close() {}
  }
}
