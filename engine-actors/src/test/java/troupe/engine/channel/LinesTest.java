package troupe.engine.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import troupe.engine.configuration.PortConnection;

@Timeout(30)
class LinesTest {
  private static final Lines LINES = new Lines(Optional.empty());

  @TempDir Path folder;

  private Line open(Path socket) throws IOException {
    return LINES.open(new PortConnection.Unix(socket));
  }

  private static byte[] read(SocketChannel from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && from.read(bytes) >= 0) {}
    return bytes.array();
  }

  /** What the channel's actor does: somebody has to accept callers. */
  private static void serve(Line line) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (line.read(new byte[100]) >= 0) {}
              } catch (IOException e) {
                // closed
              }
            });
  }

  @Test
  void aSocketThatSomebodyListensAtIsLeftToHim() throws Exception {
    Path socket = folder.resolve("com1");
    byte[] said = "before".getBytes(StandardCharsets.US_ASCII);
    try (Line first = open(socket)) {
      serve(first);
      first.write(said);
      IOException refusal = assertThrows(IOException.class, () -> open(socket));
      assertEquals(
          "cannot listen at unix:%s: another virtual machine or program listens there"
              .formatted(socket),
          refusal.getMessage());
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        assertArrayEquals(said, read(client, said.length), "the question took nothing away");
        IOException again = assertThrows(IOException.class, () -> open(socket));
        assertTrue(again.getMessage().contains("listens there"), again.getMessage());
      }
    }
  }

  @Test
  void aSocketThatNobodyListensAtIsReplaced() throws Exception {
    Path socket = folder.resolve("com1");
    ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    left.bind(UnixDomainSocketAddress.of(socket));
    left.close();
    assertTrue(Files.exists(socket), "a killed process leaves its socket");
    try (Line line = open(socket)) {
      serve(line);
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        line.write(new byte[] {7});
        assertArrayEquals(new byte[] {7}, read(client, 1));
      }
    }
    assertTrue(Files.notExists(socket), "removed at the end");
  }

  @Test
  void whatIsNoSocketIsNotTouched() throws Exception {
    Path file = Files.writeString(folder.resolve("com1"), "precious");
    IOException refusal = assertThrows(IOException.class, () -> open(file));
    assertTrue(refusal.getMessage().contains("is no socket"), refusal.getMessage());
    assertEquals("precious", Files.readString(file));
    Path fifo = folder.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    assertThrows(IOException.class, () -> open(fifo));
    assertTrue(Files.exists(fifo), "the pipe is still there");
  }

  @Test
  void aClientThatReadsNothingHoldsNoCloseUp() throws Exception {
    Path socket = folder.resolve("com1");
    Line line = open(socket);
    serve(line);
    for (int i = 0; i < 100; i++) {
      line.write(new byte[1 << 12]);
    }
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      Thread writer =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 1000; i++) {
                        line.write(new byte[1 << 12]);
                      }
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      read(client, 1 << 16);
      line.close();
      writer.join();
    }
  }
}
