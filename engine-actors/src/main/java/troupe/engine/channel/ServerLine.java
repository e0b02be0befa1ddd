package troupe.engine.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A socket of the host that one client at a time may connect to. What the guest sends while nobody
 * is connected is kept, the latest {@link #BACKLOG} bytes of it, and given to the next client: who
 * connects late still sees the guest's last messages. A client that does not read stops the guest's
 * port, as a real line with flow control does.
 */
final class ServerLine implements Line {
  static final int BACKLOG = 1 << 16;

  /** What is to be done with the socket's name at the end. */
  @FunctionalInterface
  interface AtClose {
    void run() throws IOException;
  }

  private final ServerSocketChannel server;
  private final AtClose atClose;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final byte[] backlog = new byte[BACKLOG];
  private int backlogStart;
  private int backlogLength;
  private SocketChannel client;
  private boolean writing;

  ServerLine(ServerSocketChannel server, AtClose atClose) {
    this.server = server;
    this.atClose = atClose;
  }

  @Override
  public int read(byte[] target) throws IOException {
    while (server.isOpen()) {
      SocketChannel connected = client();
      if (connected == null) {
        accept();
        continue;
      }
      try {
        int count = connected.read(ByteBuffer.wrap(target));
        if (count > 0) {
          return count;
        }
      } catch (IOException e) {
        // The client went away without a word.
      }
      drop(connected);
    }
    return -1;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    SocketChannel connected = beginWrite(bytes);
    if (connected == null) {
      return;
    }
    try {
      send(connected, ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      drop(connected);
    } finally {
      endWrite();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    SocketChannel connected = client();
    if (connected != null) {
      drop(connected);
    }
    atClose.run();
  }

  private void accept() throws IOException {
    SocketChannel connected;
    try {
      connected = server.accept();
    } catch (IOException e) {
      if (server.isOpen()) {
        throw e;
      }
      return;
    }
    byte[] missed = admit(connected);
    try {
      send(connected, ByteBuffer.wrap(missed));
    } catch (IOException e) {
      drop(connected);
    } finally {
      endWrite();
    }
  }

  /**
   * Makes {@code connected} the client, and gives the backlog that it is to get before anything
   * else, as a write that has begun.
   */
  private byte[] admit(SocketChannel connected) throws IOException {
    lock.lock();
    try {
      awaitNoWrite();
      byte[] missed = new byte[backlogLength];
      for (int i = 0; i < backlogLength; i++) {
        missed[i] = backlog[(backlogStart + i) % BACKLOG];
      }
      client = connected;
      writing = true;
      if (!server.isOpen()) {
        // Closed in between; whoever did that has not seen this client.
        connected.close();
      }
      return missed;
    } finally {
      lock.unlock();
    }
  }

  private void awaitNoWrite() {
    while (writing) {
      idle.awaitUninterruptibly();
    }
  }

  private SocketChannel client() {
    lock.lock();
    try {
      return client;
    } finally {
      lock.unlock();
    }
  }

  /** The client to write to, or null after {@code bytes} went to the backlog. */
  private SocketChannel beginWrite(byte[] bytes) {
    lock.lock();
    try {
      awaitNoWrite();
      if (client == null) {
        for (byte b : bytes) {
          backlog[(backlogStart + backlogLength) % BACKLOG] = b;
          if (backlogLength < BACKLOG) {
            backlogLength++;
          } else {
            backlogStart = (backlogStart + 1) % BACKLOG;
          }
        }
      } else {
        // It has got the backlog. One that leaves before there is more, as who only looks whether
        // somebody listens here, leaves it to the next.
        backlogLength = 0;
        writing = true;
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  private void endWrite() {
    lock.lock();
    try {
      writing = false;
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void send(SocketChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private void drop(SocketChannel gone) throws IOException {
    lock.lock();
    try {
      if (client == gone) {
        client = null;
      }
    } finally {
      lock.unlock();
    }
    gone.close();
  }
}
