package troupe.diskio.bytes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connected socket, TCP or Unix domain. */
final class SocketLine implements ByteLine {
  private static final int CONNECT_MILLIS = 5000;

  private final SocketChannel channel;

  SocketLine(SocketChannel channel) {
    this.channel = channel;
  }

  static SocketLine connect(String host, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, CONNECT_MILLIS);
      return new SocketLine(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public int read(byte[] target) throws IOException {
    return channel.read(ByteBuffer.wrap(target));
  }

  @Override
  public void write(byte[] source) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(source);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
