package troupe.diskio.bytes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.diskio.bytes.ByteChannel.Close;
import troupe.diskio.bytes.ByteChannel.Command;
import troupe.diskio.bytes.ByteChannel.Connected;
import troupe.diskio.bytes.ByteChannel.Disconnected;
import troupe.diskio.bytes.ByteChannel.Event;
import troupe.diskio.bytes.ByteChannel.MoreInput;
import troupe.diskio.bytes.ByteChannel.Received;
import troupe.diskio.bytes.ByteChannel.Write;
import troupe.diskio.bytes.ByteChannel.Written;

class ByteChannelTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  @TempDir Path folder;
  private final TestProbe<Event> owner = KIT.createTestProbe(Event.class);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private ActorRef<Command> channel(OpenEndpoint endpoint) {
    return KIT.spawn(ByteChannel.create(endpoint, owner.getRef()));
  }

  private void stopped(ActorRef<Command> channel) {
    channel.tell(new Close());
    owner.expectTerminated(channel, Duration.ofSeconds(3));
  }

  private void send(ActorRef<Command> channel, String text) {
    channel.tell(new Write(text.getBytes(US_ASCII)));
    owner.expectMessageClass(Written.class);
  }

  private String received() {
    return new String(owner.expectMessageClass(Received.class).bytes(), US_ASCII);
  }

  private static String read(SocketChannel from, int length) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && from.read(buffer) >= 0) {}
    return new String(buffer.array(), 0, buffer.position(), US_ASCII);
  }

  private static void write(SocketChannel to, String text) throws Exception {
    to.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
  }

  @Test
  void fileKeepsTheLastWriteBeforeClose() throws Exception {
    Path file = Files.writeString(folder.resolve("com1.log"), "what was there before");
    ActorRef<Command> channel = channel(new ByteEndpoint.ToFile(file).open(null, null));
    owner.expectMessageClass(Connected.class);
    send(channel, "boot ");
    channel.tell(new Write("login:".getBytes(US_ASCII)));
    stopped(channel);
    assertEquals("boot login:", Files.readString(file));
  }

  @Test
  void stdioStaysWhenInputEnds() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ActorRef<Command> channel =
        channel(
            new ByteEndpoint.Stdio()
                .open(new ByteArrayInputStream("root\n".getBytes(US_ASCII)), output));
    owner.expectMessageClass(Connected.class);
    assertEquals("root\n", received());
    channel.tell(new MoreInput());
    send(channel, "# ");
    stopped(channel);
    assertEquals("# ", output.toString(US_ASCII));
  }

  @Test
  void unixSocketTakesOneClientAfterTheOther() throws Exception {
    Path socket = folder.resolve("s");
    ActorRef<Command> channel = channel(new ByteEndpoint.UnixListen(socket).open(null, null));
    send(channel, "nobody hears");
    for (String name : new String[] {"one", "two"}) {
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        owner.expectMessageClass(Connected.class);
        send(channel, "hello " + name);
        assertEquals("hello " + name, read(client, 9));
        write(client, name);
        assertEquals(name, received());
        channel.tell(new MoreInput());
      }
      assertEquals("", owner.expectMessageClass(Disconnected.class).reason());
    }
    stopped(channel);
    assertFalse(Files.exists(socket));
  }

  @Test
  void tcpClientAndServer() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress("127.0.0.1", 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      ActorRef<Command> channel =
          channel(ByteEndpoint.parse("tcp:127.0.0.1:" + port).open(null, null));
      try (SocketChannel peer = server.accept()) {
        owner.expectMessageClass(Connected.class);
        send(channel, "ping");
        assertEquals("ping", read(peer, 4));
        write(peer, "pong");
        assertEquals("pong", received());
        channel.tell(new MoreInput());
      }
      owner.expectMessageClass(Disconnected.class);
      send(channel, "swallowed");
      stopped(channel);
    }
  }

  @Test
  void nothingMoreIsSentToAnOwnerWithoutRoom() throws Exception {
    OpenEndpoint endpoint = ByteEndpoint.parse("tcp-listen:0").open(null, null);
    ActorRef<Command> channel = channel(endpoint);
    int port = Integer.parseInt(endpoint.description().replaceAll(".*:", ""));
    try (SocketChannel client = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
      owner.expectMessageClass(Connected.class);
      byte[] much = new byte[20_000];
      client.write(ByteBuffer.wrap(much));
      int got = owner.expectMessageClass(Received.class).bytes().length;
      assertTrue(got <= ByteChannel.MOST_BYTES);
      owner.expectNoMessage(Duration.ofMillis(100));
      while (got < much.length) {
        channel.tell(new MoreInput());
        got += owner.expectMessageClass(Received.class).bytes().length;
      }
      assertEquals(much.length, got);
    }
    stopped(channel);
  }

  @Test
  void closesThoughThePeerNeverReads() throws Exception {
    OpenEndpoint endpoint = ByteEndpoint.parse("tcp-listen:0").open(null, null);
    ActorRef<Command> channel = channel(endpoint);
    int port = Integer.parseInt(endpoint.description().replaceAll(".*:", ""));
    try (SocketChannel client = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
      owner.expectMessageClass(Connected.class);
      channel.tell(new Write(new byte[32 << 20]));
      stopped(channel);
      assertTrue(client.isOpen());
    }
  }
}
