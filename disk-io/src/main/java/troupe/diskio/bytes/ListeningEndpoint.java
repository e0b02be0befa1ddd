package troupe.diskio.bytes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A server that takes one client after the other. */
final class ListeningEndpoint extends OpenEndpoint {
  private final ServerSocketChannel server;

  /** The socket's file, removed on closing, or null. */
  private final Path file;

  private ListeningEndpoint(String description, ServerSocketChannel server, Path file) {
    super(description);
    this.server = server;
    this.file = file;
  }

  static ListeningEndpoint tcp(String host, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(address);
      int bound = ((InetSocketAddress) server.getLocalAddress()).getPort();
      return new ListeningEndpoint("tcp-listen:" + host + ":" + bound, server, null);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  static ListeningEndpoint unix(Path path) throws IOException {
    String description = "unix:" + path;
    removeStale(description, path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      return new ListeningEndpoint(description, server, path);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** A socket that nobody listens at any more was left by a process that was killed. */
  private static void removeStale(String description, Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean socket =
        !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
            && !Files.isSymbolicLink(path);
    if (!socket) {
      throw new EndpointException(description, "exists already and is not a socket");
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new EndpointException(description, "is in use by another program");
    } catch (EndpointException e) {
      throw e;
    } catch (IOException e) {
      Files.delete(path);
    }
  }

  @Override
  ByteLine next() throws IOException {
    return new SocketLine(server.accept());
  }

  @Override
  public void close() throws IOException {
    boolean wasOpen = server.isOpen();
    server.close();
    if (wasOpen && file != null) {
      Files.deleteIfExists(file);
    }
  }
}
