package troupe.diskio.bytes;

import static org.junit.jupiter.api.Assertions.*;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteEndpointTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "stdio",
        "file:a/b.log",
        "tcp:example.org:7000",
        "tcp-listen:127.0.0.1:0",
        "unix:/tmp/x"
      })
  void understood(String text) throws EndpointException {
    assertEquals(text, ByteEndpoint.parse(text).describe());
  }

  @Test
  void defaultsAndBrackets() throws EndpointException {
    assertEquals(new ByteEndpoint.TcpListen("127.0.0.1", 99), ByteEndpoint.parse("tcp-listen:99"));
    assertEquals(new ByteEndpoint.TcpConnect("::1", 99), ByteEndpoint.parse("tcp:[::1]:99"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "com1",
        "null:",
        "stdio:x",
        "file:",
        "unix",
        "tcp:",
        "tcp:host",
        "tcp:1",
        "tcp:h:x",
        "tcp:h:65536",
        "tcp-listen:h:-1",
        "tcp-listen:"
      })
  void refused(String text) {
    EndpointException e = assertThrows(EndpointException.class, () -> ByteEndpoint.parse(text));
    assertEquals(1, e.getMessage().lines().count());
    assertTrue(e.getMessage().startsWith(text + ": "), e.getMessage());
  }

  private static EndpointException cannotOpen(ByteEndpoint endpoint) {
    EndpointException e =
        assertThrows(
            EndpointException.class,
            () -> endpoint.open(InputStream.nullInputStream(), OutputStream.nullOutputStream()));
    assertEquals(1, e.getMessage().lines().count());
    return e;
  }

  @Test
  void openingErrors() throws Exception {
    Path none = folder.resolve("none/a.log");
    assertEquals(
        "file:" + none + ": no such folder",
        cannotOpen(new ByteEndpoint.ToFile(none)).getMessage());
    assertNotNull(cannotOpen(new ByteEndpoint.ToFile(folder)).getMessage());
    Path file = Files.writeString(folder.resolve("plain"), "x");
    assertTrue(cannotOpen(new ByteEndpoint.UnixListen(file)).getMessage().contains("not a socket"));
    assertEquals("x", Files.readString(file));
    try (OpenEndpoint first = new ByteEndpoint.TcpListen("127.0.0.1", 0).open(null, null)) {
      ByteEndpoint same = ByteEndpoint.parse(first.description());
      assertTrue(cannotOpen(same).getMessage().startsWith(first.description()));
    }
  }

  @Test
  void staleUnixSocketIsReplacedAndALiveOneIsNot() throws Exception {
    Path socket = folder.resolve("s");
    try (var leftover =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      leftover.bind(java.net.UnixDomainSocketAddress.of(socket));
      assertTrue(cannotOpen(new ByteEndpoint.UnixListen(socket)).getMessage().contains("in use"));
    }
    assertTrue(Files.exists(socket));
    new ByteEndpoint.UnixListen(socket).open(null, null).close();
    assertFalse(Files.exists(socket));
  }
}
