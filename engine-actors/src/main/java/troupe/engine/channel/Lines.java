package troupe.engine.channel;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import troupe.engine.configuration.PortConnection;

/** Opens lines. All errors are {@link IOException}s whose message is one line for people. */
public final class Lines {
  /** Bits of a file's mode that tell its type, and those of a socket. [POSIX] sys/stat.h */
  private static final int FILE_TYPE = 0xF000;

  private static final int SOCKET = 0xC000;

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
        try {
          yield unix(socket);
        } catch (IOException e) {
          throw new IOException("cannot listen at unix:%s: %s".formatted(socket, Reasons.of(e)), e);
        }
      }
    };
  }

  private static Line unix(Path socket) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      if (!isSocket(socket)) {
        throw new IOException("the file is there already, and is no socket");
      }
      if (isListenedAt(address)) {
        throw new IOException("another virtual machine or program listens there");
      }
      // Left behind by a run that was killed; bind would refuse it.
      Files.deleteIfExists(socket);
    }
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(address, 1);
      return new ServerLine(server, () -> Files.deleteIfExists(socket));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private static boolean isSocket(Path file) throws IOException {
    int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }

  private static boolean isListenedAt(UnixDomainSocketAddress address) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // A listener with as many callers waiting as it allows lets a blocking call wait as well.
      probe.configureBlocking(false);
      probe.connect(address);
      return true;
    } catch (ConnectException e) {
      return false;
    }
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
